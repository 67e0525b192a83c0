"""Schedules: the tables against plain products, the known numbers of the papers, and sentences for what does not fit."""

import math

import numpy as np
import pytest
import torch

from course_lib.dynamics import NoiseSchedule, cosine_schedule, linear_schedule, log_snr_schedule
from course_lib.inputs import InputError

SCHEDULES = {"linear": lambda T: linear_schedule(T), "rescaled": lambda T: linear_schedule(T, rescale=True),
             "cosine": cosine_schedule, "log snr": lambda T: log_snr_schedule(torch.linspace(8, -9, T))}


@pytest.mark.parametrize("make", SCHEDULES.values(), ids=SCHEDULES)
@pytest.mark.parametrize("num_steps", [1, 7, 400])
def test_tables_are_what_their_names_say(make, num_steps):
    schedule = make(num_steps)
    beta = schedule.beta.numpy()
    assert schedule.num_steps == num_steps == len(beta) and schedule.alpha_bar.dtype == torch.float64
    alpha_bar = np.array([np.prod(1 - beta[:t]) for t in range(num_steps + 1)])
    np.testing.assert_allclose(schedule.alpha_bar, alpha_bar, rtol=1e-10)
    np.testing.assert_allclose(schedule.noise_variance, 1 - alpha_bar, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(schedule.snr[1:], alpha_bar[1:] / (1 - alpha_bar[1:]), rtol=1e-9)
    assert schedule.snr[0] == math.inf and schedule.alpha_bar[0] == 1
    expected = beta * (1 - alpha_bar[:-1]) / (1 - alpha_bar[1:])
    np.testing.assert_allclose(schedule.posterior_variance[1:], expected, rtol=1e-9, atol=1e-18)
    assert (schedule.posterior_variance[:2] == 0).all() and (schedule.alpha_bar.diff() < 0).all()


def test_the_linear_schedule_is_that_of_its_paper():
    schedule = linear_schedule(1000)
    assert schedule.beta[0] == pytest.approx(1e-4) and schedule.beta[-1] == pytest.approx(0.02)
    assert float(schedule.alpha_bar[-1]) == pytest.approx(4.036e-5, rel=1e-3)
    assert float(linear_schedule(50).alpha_bar[-1]) == pytest.approx(0.603, abs=5e-4), "a short chain does not reach noise"


@pytest.mark.parametrize("num_steps", [1, 3, 50, 999, 1000, 2500])
def test_rescaling_keeps_the_last_alpha_bar(num_steps):
    """And the whole curve: at t/T the value is that of the long chain at 1000 t/T, where both have a step."""
    long, short = linear_schedule(1000), linear_schedule(num_steps, rescale=True)
    assert float(short.alpha_bar[-1]) == pytest.approx(float(long.alpha_bar[-1]), rel=1e-9)
    if 1000 % num_steps == 0:
        torch.testing.assert_close(short.alpha_bar, long.alpha_bar[:: 1000 // num_steps], rtol=1e-9, atol=0)


def test_the_cosine_schedule_is_a_squared_cosine_until_it_is_cut():
    schedule, place = cosine_schedule(1000), np.arange(1001) / 1000
    f = np.cos((place + 0.008) / 1.008 * np.pi / 2) ** 2
    np.testing.assert_allclose(schedule.alpha_bar[:-1], (f / f[0])[:-1], rtol=1e-8)
    assert float(schedule.beta[-1]) == 0.999 and float(schedule.alpha_bar[500]) == pytest.approx(0.4938, abs=2e-4)


def test_log_snr_is_met():
    wanted = torch.tensor([6.5, 2.0, 1.5, -3.0, -12.0], dtype=torch.float64)
    torch.testing.assert_close(log_snr_schedule(wanted).snr[1:].log(), wanted, rtol=1e-9, atol=1e-9)


def test_moving_keeps_the_numbers():
    schedule = cosine_schedule(20)
    single = schedule.to("cpu", torch.float32)
    assert single.alpha_bar.dtype == torch.float32 and torch.equal(single.beta, schedule.beta.float()) and single.num_steps == 20
    beta = torch.full((3,), 0.1)
    kept = NoiseSchedule(beta)
    beta.fill_(0.9)
    assert float(kept.beta[0]) == pytest.approx(0.1), "a schedule does not change with the tensor it came from"


@pytest.mark.parametrize("make, part", [
    (lambda: NoiseSchedule(torch.tensor([0.1, 1.0])), "1 of 2 that are not"),
    (lambda: NoiseSchedule(torch.tensor([0.1, float("nan")])), "above 0 and below 1"),
    (lambda: NoiseSchedule([0.1]), "floating tensor of shape"), (lambda: NoiseSchedule(torch.tensor([1, 2])), "floating tensor"),
    (lambda: linear_schedule(0), "num_steps"), (lambda: linear_schedule(5, beta_last=1.5), "above 0 and below 1"),
    (lambda: linear_schedule(5, -0.1), "beta_first"), (lambda: cosine_schedule(2.5), "num_steps"),
    (lambda: cosine_schedule(5, largest_beta=1.0), "largest_beta"), (lambda: log_snr_schedule(torch.tensor([1.0, 2.0])), "fall"),
    (lambda: cosine_schedule(5).require_times(0, 1), r"t in 1\.\.5"),
    (lambda: cosine_schedule(5).require_times(6, 1), r"t in 1\.\.5"),
    (lambda: cosine_schedule(5).require_times(torch.tensor([1, 6]), 2), r"got 1\.\.6"),
    (lambda: cosine_schedule(5).require_times(torch.tensor([1.0, 2.0]), 2), "int64 tensor"),
    (lambda: cosine_schedule(5).require_times(torch.tensor([[1], [2]]), 2), "int64 tensor of shape"),
    (lambda: cosine_schedule(5).require_times(True, 2), "whole number"),
])
def test_what_does_not_fit_is_one_sentence(make, part):
    with pytest.raises(InputError, match=part):
        make()
