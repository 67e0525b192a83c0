"""The loop keeps what Info tells, of every kind of kernel, also over a checkpoint and beside a summary."""

import os
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from course_lib.randomness import make_generator
from course_lib.samplers import (HMC, MALA, NUTS, SGLD, Gibbs, IndependenceMetropolis, Ising, ParallelTempering,
                                 RandomWalkMetropolis, RunningMoments, checkerboard_updates, polynomial_decay, sample)
from course_lib.samplers import record as record_module
from course_lib.targets import Gaussian


def funnel(x):  # narrow where x0 < 0: long steps diverge there, and only there
    return -x[:, 0] ** 2 / 18 - (x[:, 1:] ** 2).sum(-1) / 2 * (-x[:, 0]).exp() - (x.shape[1] - 1) * x[:, 0] / 2


def regression(x, batch):
    return -(x**2).sum(-1) / 2 - 10 * ((batch - x[:, None]) ** 2).sum((-1, -2)) / 2


def points(chains=6, dim=3):
    return torch.randn(chains, dim, dtype=torch.float64, generator=make_generator(0))


MODEL = Ising(2, 4, 0.4)
SPINS = torch.randint(2, (5, 8), generator=make_generator(1)).double() * 2 - 1
CASES = {  # kernel, density, start
    "hmc": (HMC(0.3, 4, jitter=0.3), funnel, points()),
    "nuts": (NUTS(0.9, max_tree_depth=2), funnel, points()),
    "mass": (HMC(0.5, 3, inverse_mass_matrix=torch.tensor([2.0, 1.0, 0.5], dtype=torch.float64)), funnel, points()),
    "tempering": (ParallelTempering(HMC(0.3, 3), (1.0, 0.5, 0.2)), funnel, points()),
    "independence": (IndependenceMetropolis(Gaussian(torch.zeros(3), 4 * torch.eye(3), dtype=torch.float64)), funnel, points()),
    "minibatches": (SGLD(points(30), polynomial_decay(1e-3, 10.0), batch_size=3), regression, points()),
    "spins": (Gibbs(checkerboard_updates(MODEL)), MODEL.log_prob, SPINS),
}


class Killed(BaseException):
    pass


def same_bits(a, b):
    if isinstance(a, tuple):
        return type(a) is type(b) and all(map(same_bits, a, b))
    if isinstance(a, Tensor):
        return a.shape == b.shape and a.dtype == b.dtype and a.contiguous().numpy().tobytes() == b.contiguous().numpy().tobytes()
    return a == b and type(a) is type(b)


@pytest.mark.parametrize("at", [4, 13, 40])
@pytest.mark.parametrize("keep", ["positions", RunningMoments()], ids=["positions", "moments"])
@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_kernel_goes_on_bit_for_bit(tmp_path, name, keep, at):
    kernel, log_prob, x = CASES[name]

    def run(**saving):
        return sample(kernel, log_prob, x, 30, warmup=10, thin=3, keep=keep, generator=make_generator(2), **saving)

    def dies(done, total):
        if done == at:
            raise Killed

    with pytest.raises(Killed):
        run(checkpoint=tmp_path / "run.npz", checkpoint_every=3, progress=dies)
    assert same_bits(run(checkpoint=tmp_path / "run.npz"), run())


@pytest.mark.parametrize("change", ["step size", "data", "model", "schedule", "temperatures", "mass"])
def test_another_setting_deep_inside_is_another_run(tmp_path, change):
    colder = Ising(2, 4, 0.41)
    mine, other = {
        "step size": (CASES["tempering"], (ParallelTempering(HMC(0.31, 3), (1.0, 0.5, 0.2)), *CASES["tempering"][1:])),
        "data": (CASES["minibatches"], (SGLD(points(30) + 1e-9, CASES["minibatches"][0].step_size, 3), regression, points())),
        "schedule": (CASES["minibatches"], (SGLD(points(30), polynomial_decay(1e-3, 10.0, 0.6), 3), regression, points())),
        "model": (CASES["spins"], (Gibbs(checkerboard_updates(colder)), colder.log_prob, SPINS)),
        "temperatures": (CASES["tempering"], (ParallelTempering(HMC(0.3, 3), (1.0, 0.5, 0.3)), *CASES["tempering"][1:])),
        "mass": (CASES["mass"], (HMC(0.5, 3, torch.tensor([2.0, 1.0, 0.51], dtype=torch.float64)), funnel, points())),
    }[change]
    saving = {"checkpoint": tmp_path / "run.npz"}
    sample(*mine, 10, **saving, generator=make_generator(2))
    before = (tmp_path / "run.npz").read_bytes()
    with pytest.raises(ValueError, match="begin anew"):
        sample(*other, 10, **saving, generator=make_generator(2))
    assert (tmp_path / "run.npz").read_bytes() == before


def plain_loop(kernel, log_prob, x, num_steps, seed):
    generator, state, infos = make_generator(seed), kernel.init(log_prob, x), []
    for _ in range(num_steps):
        state, info = kernel.step(log_prob, state, generator)
        infos.append(info)
    return infos


@pytest.mark.parametrize("kernel", [HMC(0.8, 5), NUTS(1.5, max_tree_depth=3)], ids=["hmc", "nuts"])
def test_divergences_and_energies_are_those_of_the_plain_loop(kernel):
    x = points() + torch.tensor([-8.0, 0, 0], dtype=torch.float64) * (torch.arange(6) % 2)[:, None]  # every second in the neck
    infos = plain_loop(kernel, funnel, x, 47, seed=3)
    run = sample(kernel, funnel, x, 40, warmup=7, thin=3, generator=make_generator(3))
    divergent = torch.stack([info.is_divergent for info in infos])[7:].sum(0)
    assert torch.equal(run.divergences, divergent) and run.divergences.dtype == torch.int64
    assert int(divergent[1::2].min()) > 0  # the test has something to count
    assert torch.equal(run.energy, torch.stack([info.energy for info in infos])[7:][2::3])
    assert run.energy.shape == (13, 6)
    summary = sample(kernel, funnel, x, 40, warmup=7, thin=3, keep=RunningMoments(), generator=make_generator(3))
    assert torch.equal(summary.divergences, divergent) and summary.energy is None


def test_what_info_does_not_tell_is_none():
    run = sample(MALA(0.1), funnel, points(), 5, generator=make_generator(0))
    assert run.divergences is None and run.energy is None and run.summary is None


def test_a_state_may_hold_what_it_likes(tmp_path):
    """Numbers, texts, nothing, tuples in tuples, tensors of any kind and layout: all go to disk and come back."""
    class Inner(NamedTuple):
        counts: tuple
        table: Tensor

    class State(NamedTuple):
        position: Tensor
        inner: Inner
        phase: str
        last: float | None
        flags: list

    class Info(NamedTuple):
        acceptance_probability: Tensor
        is_accepted: Tensor

    class Walk:
        def init(self, log_prob, x):
            return State(x, Inner((0, (torch.tensor(3),)), torch.zeros(x.shape[1], x.shape[0])), "odd", None, [True, 1])

        def step(self, log_prob, state, generator=None):
            (number, (count,)), table = state.inner
            position = state.position + torch.randn(state.position.shape, generator=generator)
            state = State(position, Inner((number + 1, (count + number,)), position.t()), "even" if number % 2 else "odd",
                          float(position.sum()), [number % 3 == 0, number])
            return state, Info(torch.ones(len(position)), torch.ones(len(position), dtype=torch.bool))

    def run(**saving):
        return sample(Walk(), lambda x: x.sum(-1), torch.zeros(2, 3), 20, generator=make_generator(0), **saving)

    def dies(done, total):
        if done == 11:
            raise Killed

    with pytest.raises(Killed):
        run(checkpoint=tmp_path / "run.npz", checkpoint_every=2, progress=dies)
    whole, resumed = run(), run(checkpoint=tmp_path / "run.npz")
    assert same_bits(resumed, whole)
    assert type(resumed.state.inner) is Inner and resumed.state.inner.table.stride() == whole.state.inner.table.stride()
    assert resumed.state.phase == "even" and resumed.state.flags == [False, 19]


def test_positions_go_to_the_file_in_pieces(tmp_path, monkeypatch):
    """Pieces of 3 draws here, of 64 MB else: nowhere is there a second whole."""
    x = points()
    monkeypatch.setattr(record_module, "CHUNK", 3 * x.numel() * 8 + 5)
    saving = {"checkpoint": tmp_path / "run.npz"}
    first = sample(RandomWalkMetropolis(0.5), funnel, x, 20, generator=make_generator(1), **saving)
    assert first.positions.shape[0] == 20
    tree = record_module.Record(x, 20, "positions")
    tree.num_kept, tree.positions = 11, first.positions
    pieces = tree.tree()["positions"]
    assert [len(piece) for piece in pieces] == [3, 3, 3, 2]
    assert all(piece.untyped_storage().data_ptr() == first.positions.untyped_storage().data_ptr() for piece in pieces)
    again = sample(RandomWalkMetropolis(0.5), funnel, x, 20, generator=make_generator(1), **saving)
    assert torch.equal(again.positions, first.positions) and os.listdir(tmp_path) == ["run.npz"]
