"""A run that was killed goes on bit for bit; a file that is not its checkpoint is refused, told why, and left alone."""

import errno
import io
import json
import math
import os
import pickle
import random
import zipfile
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pytest
import torch

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RandomWalkMetropolis, RunningMoments, UnadjustedLangevin, sample
from course_lib.samplers import checkpoint as checkpoint_module
from course_lib.samplers.checkpoint import read, write
from course_lib.samplers.identity import settings


def log_prob(x):
    return -(x**2).sum(-1) / 2 - x[:, 0] ** 4


X = torch.randn(4, 3, generator=make_generator(0))
SETTING = {"kernel": MALA(0.3), "log_prob": log_prob, "x": X, "num_steps": 23, "warmup": 6, "thin": 2}


class Killed(BaseException):
    """What kills the process, for this test."""


def run_of(path=None, every=5, seed=7, **changes):
    arguments = {**SETTING, **changes}
    saving = {} if path is None else {"checkpoint": path, "checkpoint_every": every}
    return sample(arguments.pop("kernel"), **arguments, **saving, generator=make_generator(seed))


def break_off(path, at, **changes):
    """A run that dies in step `at`."""
    steps = [0]

    def mortal(x):
        steps[0] += 1
        if steps[0] == at + 2:  # one call for init, one for the first move
            raise Killed
        return changes.get("log_prob", log_prob)(x)

    with pytest.raises(Killed):
        run_of(path, **{**changes, "log_prob": mortal})


def flat(tree):
    if isinstance(tree, tuple):
        return [leaf for part in tree for leaf in flat(part)]
    return [tree]


def assert_same_run(a, b):
    for mine, theirs in zip(flat(a), flat(b), strict=True):
        if isinstance(mine, torch.Tensor):  # bit for bit, also where a chain is NaN
            assert mine.dtype == theirs.dtype and mine.shape == theirs.shape and mine.stride() == theirs.stride()
            assert mine.numpy().tobytes() == theirs.numpy().tobytes()
        else:
            assert mine == theirs


@pytest.mark.parametrize("keep", ["positions", RunningMoments(), RunningMoments(8)], ids=["positions", "moments", "batches"])
@pytest.mark.parametrize("at", [1, 6, 7, 11, 17, 29])
def test_the_draws_are_those_of_an_unbroken_run(tmp_path, keep, at):
    whole = run_of(keep=keep)
    break_off(tmp_path / "run.npz", at, keep=keep)
    assert_same_run(run_of(tmp_path / "run.npz", keep=keep), whole)


@pytest.mark.parametrize("at", [3, 16, 28])
def test_so_they_are_for_every_kernel_of_the_table(tmp_path, kernel, at):
    assert_same_run(run_of(kernel=kernel), run_of(tmp_path / "whole.npz", kernel=kernel))
    break_off(tmp_path / "run.npz", at, kernel=kernel)
    assert_same_run(run_of(tmp_path / "run.npz", kernel=kernel), run_of(kernel=kernel))


def test_a_run_may_be_broken_off_again_and_again(tmp_path):
    path = tmp_path / "run.npz"
    for at in (12, 7, 4, 9):  # dies in step 12, 10 + 7, 15 + 4 and 15 + 9; the checkpoints are of steps 10, 15, 15, 20
        break_off(path, at)
    identity, tree = read(path)
    assert tree["done"] == 20 and tree["record"]["num_kept"] == 7
    assert_same_run(run_of(path), run_of())


def test_the_generator_goes_on_where_an_unbroken_run_leaves_it(tmp_path):
    unbroken, resumed, read_back = make_generator(7), make_generator(7), make_generator(7)
    run = partial(sample, SETTING["kernel"], log_prob, X, 20)
    run(generator=unbroken)
    break_off(tmp_path / "run.npz", 13, num_steps=20, warmup=0, thin=1)
    run(generator=resumed, checkpoint=tmp_path / "run.npz")
    run(generator=read_back, checkpoint=tmp_path / "run.npz")
    after = [torch.rand(3, generator=generator) for generator in (unbroken, resumed, read_back)]
    assert torch.equal(after[0], after[1]) and torch.equal(after[0], after[2])


def test_the_global_generator_is_kept_too(tmp_path):
    torch.manual_seed(5)
    whole = sample(MALA(0.3), log_prob, X, 20)
    after = torch.rand(2)
    torch.manual_seed(5)
    calls = []

    def stop(done, total):
        calls.append(done)
        if done == 13:
            raise Killed

    with pytest.raises(Killed):
        sample(MALA(0.3), log_prob, X, 20, progress=stop, checkpoint=tmp_path / "run.npz", checkpoint_every=4)
    torch.manual_seed(999)
    calls.clear()
    run = sample(MALA(0.3), log_prob, X, 20, progress=lambda done, total: calls.append(done), checkpoint=tmp_path / "run.npz")
    assert torch.equal(run.positions, whole.positions) and torch.equal(torch.rand(2), after)
    assert calls == list(range(12, 21))


def test_a_finished_run_is_read_back_without_a_step(tmp_path):
    whole = run_of(tmp_path / "run.npz")
    before = (tmp_path / "run.npz").read_bytes()
    calls = []

    def counted(x):
        calls.append(len(x))
        return log_prob(x)

    assert_same_run(run_of(tmp_path / "run.npz", log_prob=counted), whole)
    assert len(calls) == 2  # the start, and the first move that tells the density
    assert (tmp_path / "run.npz").read_bytes() == before


def test_how_often_it_is_written(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr("course_lib.samplers.loop.write", lambda path, identity, tree: written.append(tree["done"]))
    run_of(tmp_path / "run.npz", every=9)
    assert written == [9, 18, 27, 29]
    written.clear()
    run_of(tmp_path / "run.npz", every=None)
    assert written == [*range(3, 28, 3), 29]


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("moment", ["while it is written", "before it is flushed", "before it is moved", "after it is moved"])
def test_death_in_the_middle_of_writing_loses_nothing(tmp_path, monkeypatch, moment, number):
    """29 steps, one checkpoint every 5: six of them; the process dies in each, at four moments."""
    path, count = tmp_path / "run.npz", [0]
    name, module = {"while it is written": ("savez", np), "before it is flushed": ("fsync", os),
                    "before it is moved": ("replace", os), "after it is moved": ("_flush_folder", checkpoint_module)}[moment]
    real = getattr(module, name)

    def deadly(*arguments, **arrays):
        if name == "fsync" and not os.path.isfile(f"{path}.{os.getpid()}.tmp"):
            return real(*arguments)  # that of the folder
        count[0] += 1
        if count[0] < number:
            return real(*arguments, **arrays)
        if name == "savez":  # half of the file
            whole = io.BytesIO()
            real(whole, **arrays)
            arguments[0].write(whole.getvalue()[:len(whole.getvalue()) // 2])
            arguments[0].flush()
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, name, deadly)
        with pytest.raises(Killed):
            run_of(path)
    survived = number - (moment != "after it is moved")
    assert path.exists() == (survived > 0)
    if survived:
        assert read(path)[1]["done"] == min(5 * survived, 29)
    assert_same_run(run_of(path), run_of())
    assert os.listdir(tmp_path) == ["run.npz"]  # what was half-written is gone


def colder(x):
    return 2 * log_prob(x)


OTHER_RUNS = {
    "kernel": ({"kernel": RandomWalkMetropolis(0.3)}, r"of .*RandomWalkMetropolis\(step_size=0.3\), but got one of .*MALA"),
    "hyper-parameter": ({"kernel": MALA(0.30000000000000004)}, r"MALA\(step_size=0.30000000000000004\).*MALA\(step_size=0.3\)"),
    "chains": ({"x": X[:3]}, r"tensor of shape \(3, 3\).*but got.* of shape \(4, 3\)"),
    "dtype": ({"x": X.double()}, "a float64 tensor.*but got.*a float32"),
    "points": ({"x": X.flip(0)}, "the starting points"),
    "num_steps": ({"num_steps": 24}, "num_steps=24, warmup=6, thin=2, but got one of num_steps=23"),
    "warmup": ({"warmup": 5}, "warmup=5, thin=2, but got one of num_steps=23, warmup=6"),
    "thin": ({"thin": 1}, "thin=1, but got .*thin=2"),
    "keep": ({"keep": RunningMoments()}, r"keep=.*RunningMoments\(num_batches=64\), but got one of keep='positions'"),
    "seed": ({"seed": 8}, "a generator seeded with 8, but got one of a generator seeded with 7"),
    "density": ({"log_prob": colder}, "log_prob to be the density with which the run in .* began"),
    "density elsewhere": ({"log_prob": lambda x: torch.where((x == X).all(-1), log_prob(x), colder(x))}, "log_prob to be the"),
}


@pytest.mark.parametrize("changes, part", OTHER_RUNS.values(), ids=OTHER_RUNS)
def test_the_checkpoint_of_another_run_is_refused_and_left_alone(tmp_path, changes, part):
    path = tmp_path / "run.npz"
    break_off(path, 12)
    before = path.read_bytes()
    with pytest.raises(InputError, match=part) as caught:
        run_of(path, **changes)
    assert_is_a_sentence(caught.value)
    assert "run.npz" in str(caught.value) and "another file name" in str(caught.value)
    assert path.read_bytes() == before
    assert_same_run(run_of(path), run_of())


def assert_is_a_sentence(error):
    message = str(error)
    assert message.startswith("Expected ") and "\n" not in message and message.endswith(".") and "but got" in message


def test_without_a_generator_is_another_run(tmp_path):
    break_off(tmp_path / "run.npz", 12)
    with pytest.raises(InputError, match="of generator=None, but got one of a generator seeded with 7"):
        sample(**SETTING, checkpoint=tmp_path / "run.npz")


@pytest.mark.parametrize("name, value, part", [
    ("course_lib.samplers.identity.__version__", "0.0.9", r"Expected .*run.npz to be a checkpoint of course_lib (?!0.0.9)"),
    ("torch.__version__", "1.0.0", "got one of course_lib .* with torch 1.0.0"),
    ("course_lib.samplers.checkpoint.FORMAT", 99, "format 1, but got one of format 99; use the version of the library"),
])
def test_the_checkpoint_of_another_version_is_refused(tmp_path, monkeypatch, name, value, part):
    path = tmp_path / "run.npz"
    with monkeypatch.context() as then:
        then.setattr(name, value)
        break_off(path, 12)
    before = path.read_bytes()
    with pytest.raises(InputError, match=part) as caught:
        run_of(path)
    assert_is_a_sentence(caught.value)
    assert path.read_bytes() == before


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("something in the file was executed",))


def npz_with_objects():
    file = io.BytesIO()
    np.savez(file, description=np.array([Bomb()], dtype=object))
    return file.getvalue()


def zip_without_arrays():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", "nothing")
    return file.getvalue()


NO_CHECKPOINTS = {
    "empty": b"",
    "a text": "my notes, years of work".encode(),
    "a pickle": pickle.dumps(Bomb()),
    "an npz with objects": npz_with_objects(),
    "another archive": zip_without_arrays(),
}


@pytest.mark.parametrize("content", NO_CHECKPOINTS.values(), ids=NO_CHECKPOINTS)
def test_a_file_that_is_no_checkpoint_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="run.npz to be a checkpoint, but got a file that is damaged or something") as caught:
        run_of(path)
    assert_is_a_sentence(caught.value)
    assert path.read_bytes() == content


def test_a_cut_file_is_refused(tmp_path):
    path = tmp_path / "run.npz"
    break_off(path, 12)
    content = path.read_bytes()
    for length in range(0, len(content), 97):
        path.write_bytes(content[:length])
        with pytest.raises(InputError, match="damaged or something else"):
            run_of(path)


def test_no_byte_can_change_without_being_noticed(tmp_path):
    """One bit, anywhere (300 places, and 100 in the archive's list of contents): refused, or without any effect."""
    path, whole = tmp_path / "run.npz", run_of()
    break_off(path, 27)
    content, pick = path.read_bytes(), random.Random(1)
    refused = 0
    contents = content.index(b"PK\1\2")
    for place in [*pick.sample(range(contents), 300), *pick.sample(range(contents, len(content)), 100)]:
        changed = bytearray(content)
        changed[place] ^= 1 << pick.randrange(8)
        path.write_bytes(changed)
        try:
            assert_same_run(run_of(path, every=100), whole)
        except InputError as error:
            assert_is_a_sentence(error)
            refused += 1
    assert refused > 200


def test_where_it_cannot_be_written(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="make the folder first"):
        run_of(tmp_path / "nowhere" / "run.npz")
    with pytest.raises(InputError, match="Expected to read the checkpoint .*see that it is a file you may read"):
        run_of(tmp_path)
    break_off(tmp_path / "run.npz", 12)
    before = (tmp_path / "run.npz").read_bytes()

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="but got 'No space left on device'; the checkpoint before it") as caught:
            run_of(tmp_path / "run.npz")
    assert_is_a_sentence(caught.value)
    assert (tmp_path / "run.npz").read_bytes() == before and os.listdir(tmp_path) == ["run.npz"]
    assert_same_run(run_of(tmp_path / "run.npz"), run_of())


@pytest.mark.parametrize("saving, part", [
    ({"checkpoint_every": 5}, "checkpoint to name a file, since checkpoint_every is given"),
    ({"checkpoint": 3}, "checkpoint to be the name of a file"),
    ({"checkpoint": ""}, "checkpoint to be the name of a file"),
    ({"checkpoint": "run.npz", "checkpoint_every": 0}, "checkpoint_every to be a whole number of at least 1"),
    ({"checkpoint": "run.npz", "checkpoint_every": 2.5}, "checkpoint_every to be a whole number"),
])
def test_arguments_that_do_not_fit(tmp_path, monkeypatch, saving, part):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=part):
        sample(**SETTING, **saving)
    assert os.listdir(tmp_path) == []


def test_only_its_own_leftovers_are_removed(tmp_path):
    strangers = ["run.npz.tmp", "run.npz.12a.tmp", "other.npz.12.tmp", "run.npz.12", "my run.npz.12.tmp"]
    for name in [*strangers, "run.npz.12.tmp", "run.npz.3456.tmp"]:
        (tmp_path / name).write_text("x", encoding="utf-8")
    run_of(tmp_path / "run.npz")
    assert sorted(os.listdir(tmp_path)) == sorted([*strangers, "run.npz"])


def test_what_goes_in_comes_out_with_its_layout(tmp_path):
    tree = {"number": 3, "real": 0.1 + 0.2, "nan": float("nan"), "minus": -0.0, "none": None, "true": True, "text": "ü",
            "nested": ((torch.arange(3), (1, [torch.tensor(2.5)])), [], ()), "empty": torch.empty(0, 3),
            "column": torch.randn(3, 4, 5).permute(2, 0, 1), "bits": torch.tensor([True, False]),
            "special": torch.tensor([torch.nan, torch.inf, -0.0], dtype=torch.float64)}
    write(tmp_path / "a.npz", {"version": "1"}, tree)
    identity, back = read(tmp_path / "a.npz")
    assert identity == {"version": "1"} and list(back) == list(tree)
    assert json.dumps([back[k] for k in ("number", "real", "nan", "minus", "none", "true", "text")]) == json.dumps(
        [tree[k] for k in ("number", "real", "nan", "minus", "none", "true", "text")])
    assert torch.equal(back["nested"][0][0], torch.arange(3)) and back["nested"][0][1][1][0] == 2.5
    assert type(back["nested"][0][1][1]) is list and back["nested"][1:] == ([], ())
    for name in ("empty", "column", "bits", "special"):
        assert back[name].stride() == tree[name].stride() and back[name].dtype == tree[name].dtype
        assert back[name].numpy().tobytes() == tree[name].numpy().tobytes()


def test_a_state_that_no_file_can_hold_is_refused_at_once(tmp_path):
    @dataclass(frozen=True, eq=False)
    class Odd(UnadjustedLangevin):
        found: object = None

        def step(self, log_prob, state, generator=None):
            state, info = super().step(log_prob, state, generator)
            return (state._replace(position=self.found(state.position)) if self.found else state), info

    with pytest.raises(InputError, match="a state that keeps the form `init` gave it.*without checkpoint"):
        run_of(tmp_path / "run.npz", kernel=Odd(0.1, lambda x: (x, x)), every=1)


def schedule(first):
    return lambda t: first / (1 + t)


def outer(inner):
    return lambda t: inner(t) / 2


class Prior:
    def __init__(self, width):
        self.width, self._scratch = width, object()

    @cached_property
    def log_width(self):
        return math.log(self.width)

    def log_prob(self, x):
        return -(x**2).sum(-1) / self.width


def layer(weight):
    linear = torch.nn.Linear(1, 1, bias=False)
    linear.weight.data.fill_(weight)
    return linear


def test_settings_tell_hyper_parameters_apart():
    """No two of these are the same kernel; each is the same as one made anew."""
    @dataclass(frozen=True)
    class Kernel:
        setting: object

    def make():
        return [0.1, 0.2, 1, 1.0, True, None, "a", (1, 2), [1, 3], {"a": 1}, {"a": 2}, torch.ones(3), torch.ones(3).double(),
                torch.zeros(3), np.full(3, 2.0), torch.float32, torch.float64, torch.device("cpu"), schedule(0.1),
                schedule(0.2), outer(schedule(0.1)), outer(schedule(0.2)), partial(max, 1), partial(max, 2), max,
                RandomWalkMetropolis(0.1), MALA(0.1), MALA(0.2), layer(0.5), layer(0.25), Prior(1.0), Prior(2.0),
                Prior(1.0).log_prob, Prior(2.0).log_prob, Prior, float]

    texts = [settings(Kernel(value)) for value in make()]
    assert texts == [settings(Kernel(value)) for value in make()]
    assert len(set(texts)) == len(texts)
    assert settings(np.float64(0.1)) == settings(0.1)


def test_settings_do_not_change_by_use_nor_run_in_circles():
    prior = Prior(3.0)
    before = settings(prior)
    assert prior.log_width > 0 and settings(prior) == before
    prior.log_prob_before = prior.log_prob  # leads back to the prior
    assert settings(prior).count("...") == 1

    def even(t):
        return t == 0 or odd(t - 1)

    def odd(t):
        return t != 0 and even(t - 1)

    assert even(4) and "..." in settings(even)
