"""AIS: the expectation of its weights over all paths of a three-state chain is Z; then log Z and moments in the continuum.

Statistical comparisons have a false-alarm rate of 1e-6 (|z| < 4.9) and fixed seeds.
"""

from dataclasses import dataclass, field
from itertools import product
from math import inf, log, nan
from typing import Any, ClassVar, NamedTuple

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RandomWalkMetropolis, UnadjustedLangevin
from course_lib.samplers.annealed_importance import annealed_importance_sampling
from course_lib.samplers.geometric_path import GeometricPath
from course_lib.targets import Gaussian, Grid

D, Z_LIMIT = torch.float64, 4.9
BASE = torch.tensor([0.5, 0.3, 0.2], dtype=D)
TARGET = torch.tensor([0.4, 5.0, 1.7], dtype=D)  # not normalised
HOLE = torch.tensor([0.4, 0.0, 1.7], dtype=D)  # one state cannot be
VALUES = torch.tensor([2.0, -1.0, 7.0], dtype=D)


def look_up(table):
    return lambda x: table.log()[x[:, 0].long()]


class State(NamedTuple):
    position: torch.Tensor


class Info(NamedTuple):
    is_accepted: torch.Tensor


class Paths(NamedTuple):
    """A base that 'draws' the start of every path there is."""

    starts: torch.Tensor

    def log_prob(self, x):
        return look_up(BASE)(x)

    def sample(self, n, generator=None):
        return self.starts.to(D)[:, None]


def metropolis_matrix(log_p):
    """T[x, y] of a Metropolis kernel that proposes one of the other states: pi T = pi for pi = exp(log_p)."""
    num = len(log_p)
    ratio = (log_p[None, :] - log_p[:, None]).nan_to_num(nan=-inf, neginf=-inf).exp().clamp(max=1)
    matrix = ratio / (num - 1) * (1 - torch.eye(num, dtype=D))
    return matrix + torch.diag(1 - matrix.sum(1))


@dataclass(frozen=True, eq=False)
class Scripted:
    """A kernel that goes where it is told, and multiplies up the probability with which Metropolis would have gone there."""

    leaves_invariant: ClassVar[bool] = True
    moves: torch.Tensor  # (n, steps in all)
    probability: torch.Tensor  # (n,), of each path so far
    greedy: bool = False  # an invariant law of its own: uphill is always taken, downhill never
    seen: list = field(default_factory=list)

    def init(self, log_prob: Any, x: torch.Tensor) -> State:
        log_p = log_prob(torch.arange(3, dtype=D)[:, None])
        self.seen.append(log_p)
        return State(x)

    def step(self, log_prob: Any, state: State, generator: Any = None) -> tuple[State, Info]:
        matrix = metropolis_matrix(3 * self.seen[-1] if self.greedy else self.seen[-1])
        done = int((self.moves < 0).sum(1)[0])
        to = self.moves[:, done].clone()
        self.moves[:, done] = -1
        self.probability.mul_(matrix[state.position[:, 0].long(), to])
        return State(to.to(D)[:, None]), Info(torch.ones(len(to), dtype=torch.bool))


def enumerate_paths(target, schedule, num_steps, greedy=False):
    """Every path as one chain of one call: its probability, weight, end, and the densities that the kernel was given."""
    length = num_steps * (len(schedule) - 1)
    paths = torch.tensor(list(product(range(3), repeat=1 + length)))
    kernel = Scripted(paths[:, 1:].clone(), BASE[paths[:, 0]].clone(), greedy)
    draws = annealed_importance_sampling(kernel, look_up(target), Paths(paths[:, 0]), schedule, len(paths),
                                         num_steps=num_steps)
    assert (kernel.moves == -1).all() and kernel.probability.sum() == pytest.approx(1, abs=1e-12)
    return kernel.probability, draws, kernel.seen


CASES = [([0, 1], 1), ([0, 0.3, 1], 1), ([0, 0.3, 1], 2), ([0, 0.1, 0.35, 1], 1)]


@pytest.mark.parametrize("schedule, num_steps", CASES)
@pytest.mark.parametrize("target", [TARGET, HOLE], ids=["positive", "hole"])
def test_the_weight_is_unbiased_over_all_paths(target, schedule, num_steps):
    """E[w] = Z, and E[w g(x_K)] = sum f g for any g, exactly; E[log w] lies below log Z."""
    probability, draws, seen = enumerate_paths(target, schedule, num_steps)
    w = draws.log_weights.exp()
    assert probability @ w == pytest.approx(float(target.sum()), abs=1e-12)
    assert probability @ (w * VALUES[draws.positions[:, 0].long()]) == pytest.approx(float(target @ VALUES), abs=1e-12)
    if target is TARGET:
        assert probability @ draws.log_weights < log(target.sum()) - 1e-2
    for level, log_p in zip(schedule[1:], seen, strict=True):
        expected = target if level == 1 else BASE ** (1 - level) * target**level
        torch.testing.assert_close(log_p.exp(), expected, rtol=1e-12, atol=0)
        matrix = metropolis_matrix(log_p)
        torch.testing.assert_close(log_p.exp() @ matrix, log_p.exp(), rtol=1e-12, atol=1e-14)


def test_a_kernel_with_a_bias_would_be_seen():
    """The same sum with a kernel for p^3 instead of p is off by per cents: the sum above does see the kernel."""
    probability, draws, _ = enumerate_paths(TARGET, [0, 0.3, 1], 1, greedy=True)
    assert abs(probability @ draws.log_weights.exp() / TARGET.sum() - 1) > 0.02


def test_log_z_never_gains_on_average_and_more_levels_lose_less():
    """E[log w] over all paths: below log Z, and nearer to it with every level that is added."""
    gaps = []
    for schedule in ([0, 1], [0, 0.5, 1], [0, 0.33, 0.66, 1], [0, 0.25, 0.5, 0.75, 1]):
        probability, draws, _ = enumerate_paths(TARGET, schedule, 1)
        gaps.append(float(log(TARGET.sum()) - probability @ draws.log_weights))
    assert gaps == sorted(gaps, reverse=True) and gaps[-1] > 0.01


def bumps(x):
    return torch.stack([-((x - 1.5) ** 2).sum(-1) / 0.3, -((x + 1.0) ** 2).sum(-1) / 0.8 - 0.5]).logsumexp(0) + x[:, 0] / 4


@pytest.mark.parametrize("dim, kernel", [(1, RandomWalkMetropolis(1.0)), (2, RandomWalkMetropolis(0.8)), (2, MALA(0.15)),
                                         (2, lambda level: RandomWalkMetropolis(2.0 - 1.3 * level))],
                         ids=["line", "random walk", "mala", "by level"])
def test_log_z_and_moments_against_quadrature(dim, kernel):
    grid = Grid((-8.0,) * dim, (8.0,) * dim, 2000 if dim == 1 else 400, dtype=D)
    base = Gaussian([0.0] * dim, (4 * torch.eye(dim)).tolist(), dtype=D)
    draws = annealed_importance_sampling(kernel, bumps, base, torch.linspace(0, 1, 41, dtype=D), 3000, num_steps=2,
                                         generator=make_generator(dim))
    assert abs(draws.log_z - grid.log_z(bumps)) < Z_LIMIT * draws.log_z_error < 0.3
    for f in (lambda x: x[:, 0], lambda x: x[:, 0] ** 2):
        mean, error = draws.expectation(f)
        assert abs(mean - grid.expectation(bumps, f)) < Z_LIMIT * error < 0.4
    info = draws.info
    assert info.schedule.shape == (41,) and info.ess.shape == info.acceptance_rate.shape == (40,)
    assert info.ess[-1] == pytest.approx(float(draws.ess)) and (info.ess <= 3000).all() and draws.k_hat < 0.7
    assert ((0.1 < info.acceptance_rate) & (info.acceptance_rate < 1)).all()


def test_a_target_with_walls_and_a_base_with_walls():
    """f = exp(-x) on x > 0 from a normal base: half of the draws die and stay dead. Then back: a base on the half line."""
    def half(x):
        return torch.where(x[:, 0] > 0, -x[:, 0], -inf)

    class Exponential:
        log_prob = staticmethod(half)

        def sample(self, n, generator=None):
            return -torch.log1p(-torch.rand(n, 1, dtype=D, generator=generator))

    def narrow(x):
        return torch.where((x[:, 0] > 0) & (x[:, 0] < 1), 2 * x[:, 0], -inf)

    normal, schedule = Gaussian([0.0], [[1.0]], dtype=D), torch.linspace(0, 1, 11, dtype=D)
    for base, log_prob, log_z in ((normal, half, 0.0), (Exponential(), narrow, log((2.718281828459045**2 - 1) / 2))):
        draws = annealed_importance_sampling(RandomWalkMetropolis(1.0), log_prob, base, schedule, 5000,
                                             generator=make_generator(4))
        dead = draws.log_weights == -inf
        assert 500 < dead.sum() < 4500 and (draws.positions > 0).all()
        assert abs(draws.log_z - log_z) < Z_LIMIT * draws.log_z_error < 0.3


def test_the_ends_of_the_path_are_the_two_densities_themselves():
    path = GeometricPath(lambda x: torch.zeros(len(x), dtype=D), Paths(torch.arange(3)))
    x = torch.arange(3, dtype=D)[:, None]
    torch.testing.assert_close(path.at(0.0)(x), BASE.log())
    torch.testing.assert_close(path.at(1.0)(x), torch.zeros(3, dtype=D))
    torch.testing.assert_close(path.log_ratio(x), -BASE.log())


def test_draws_depend_on_the_generator_alone():
    base, schedule = Gaussian([0.0], [[4.0]]), [0, 0.5, 1]
    first, second = (annealed_importance_sampling(RandomWalkMetropolis(1.0), bumps, base, schedule, 20,
                                                  generator=make_generator(0)) for _ in range(2))
    assert torch.equal(first.positions, second.positions) and first.log_weights.dtype == torch.float32


class Ungainly:
    """A kernel that does not say whether it leaves the density invariant."""

    init = step = RandomWalkMetropolis.step


@pytest.mark.parametrize("arguments, sentence", [
    (dict(kernel=UnadjustedLangevin(0.1)), "got UnadjustedLangevin, whose own bias would enter log Z; use a kernel with a Met"),
    (dict(kernel=lambda level: UnadjustedLangevin(0.1)), "got UnadjustedLangevin, whose own bias"),
    (dict(kernel=Ungainly()), "leaves the density of every level invariant"),
    (dict(kernel=RandomWalkMetropolis), "a kernel with its settings"),
    (dict(kernel=None), "a kernel with its settings"),
    (dict(schedule=[0, 0.5]), "levels that rise from 0 to 1"),
    (dict(schedule=[0, 0.5, 0.5, 1]), "levels that rise from 0 to 1"),
    (dict(schedule=[1, 0]), "levels that rise from 0 to 1"),
    (dict(schedule=10), "levels that rise from 0 to 1"),
    (dict(schedule="linear"), "levels that rise from 0 to 1"),
    (dict(schedule=[0, nan, 1]), "levels that rise from 0 to 1"),
    (dict(n=1), "n to be a whole number of at least 2"),
    (dict(num_steps=0), "num_steps to be a whole number"),
    (dict(base=bumps), "base to be an object with sample"),
    (dict(log_prob=lambda x: nan * x[:, 0]), "NaN at 30 of 30 points"),
    (dict(log_prob=lambda x: x), "drop the last axis"),
    (dict(log_prob=lambda x: -inf + 0 * x[:, 0]), "a density of zero at all 30 of them"),
    (dict(generator=3), "generator to be a torch.Generator"),
])
def test_bad_input(arguments, sentence):
    good = dict(kernel=RandomWalkMetropolis(1.0), log_prob=bumps, base=Gaussian([0.0], [[4.0]], dtype=D), schedule=[0, 0.5, 1],
                n=30)
    with pytest.raises(InputError, match=sentence) as raised:
        annealed_importance_sampling(**(good | arguments))
    assert "\n" not in str(raised.value)
