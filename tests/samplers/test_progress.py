"""The bar counts, and tells speed, acceptance and time left from a clock that the tests hold."""

import pytest
import torch

from course_lib.randomness import make_generator
from course_lib.samplers import RandomWalkMetropolis, sample
from course_lib.samplers.progress import ProgressBar


class Clock:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def last_line(capsys):
    captured = capsys.readouterr()
    assert captured.err == ""  # a notebook with standard error is a failed one
    return captured.out.split("\r")[-1]


def test_speed_acceptance_and_time_left(clock, capsys):
    bar = ProgressBar(clock)
    bar(0, 1000)
    assert last_line(capsys) == "0 of 1000 steps"
    clock.seconds += 5
    bar(250, 1000, 0.2345)  # 50 steps a second: 750 more take 15 s
    line = last_line(capsys)
    assert line == f"250 of 1000 steps [{'#' * 6}{'.' * 18}] 50 steps/s, acceptance 0.23, 15 s left"
    clock.seconds += 10
    bar(1000, 1000, 0.5)
    line = last_line(capsys)
    assert line.startswith("1000 of 1000 steps [########################] 66.7 steps/s, acceptance 0.50, 15 s in all")
    assert line.endswith("\n")


def test_what_is_over_at_once_has_no_speed(clock, capsys):
    bar = ProgressBar(clock)
    bar(0, 10)
    clock.seconds += 1.9
    bar(10, 10, 0.5)
    assert last_line(capsys) == "10 of 10 steps\n"


def test_a_resumed_run_is_timed_from_where_it_went_on(clock, capsys):
    bar = ProgressBar(clock)
    bar(900, 1000)
    clock.seconds += 10
    bar(950, 1000)  # 50 steps in 10 s
    assert last_line(capsys).endswith("5 steps/s, 10 s left")


def test_a_shorter_line_wipes_the_longer_one(clock, capsys):
    bar = ProgressBar(clock)
    bar(0, 100_000)
    clock.seconds += 50_000
    bar(50_000, 100_000, 0.25)
    longer = last_line(capsys)
    assert longer.endswith("1 steps/s, acceptance 0.25, 13 h 53 min left")
    clock.seconds += 50_000 - 130
    bar(99_870, 100_000, 0.25)
    shorter = last_line(capsys)
    assert shorter.rstrip().endswith("2 min 10 s left") and len(shorter) >= len(longer)


def test_the_loop_tells_the_acceptance_after_warm_up(monkeypatch, capsys):
    """Half of the chains cannot move, so the bar shows half of what the others accept: here all of it."""
    seen = []
    monkeypatch.setattr("course_lib.samplers.loop.ProgressBar",
                        lambda: lambda done, total, acceptance: seen.append((done, total, acceptance)))

    def half_frozen(x):
        return torch.where((x[:, 0] > 0) & (x[:, 0] != 5), -torch.inf, 0 * x[:, 0])

    x = torch.tensor([[-1e6], [5.0]], dtype=torch.float64)
    run = sample(RandomWalkMetropolis(1e-3), half_frozen, x, 150, warmup=50, progress=True, generator=make_generator(0))
    assert run.acceptance_rate.tolist() == [1.0, 0.0]
    assert seen[0] == (0, 200, None) and all(rate is None for done, _, rate in seen if done <= 50)
    assert [rate for done, _, rate in seen if done > 50] == [0.5] * sum(done > 50 for done, _, _ in seen) and len(seen) > 90
