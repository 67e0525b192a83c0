"""NUTS against its definition, enumerated; against exact laws; and where its trajectories stop.

Tests that compare draws with a law have a false-alarm rate of at most 1e-6, shared among their comparisons; seeds are fixed.
"""

from collections import Counter
from math import pi

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import NUTS, sample
from course_lib.samplers.counter_uniform import draw_seed


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=make_generator(seed))


# The definition, once more, for one chain: everything from the positions on the orbit, nothing remembered.

def log_prob(x):  # banana-like: p = exp(-x0^2 / 2 - 2 (x1 - x0^2 / 2)^2)
    return -(x[:, 0] ** 2) / 2 - 2 * (x[:, 1] - x[:, 0] ** 2 / 2) ** 2


def gradient(x):
    bend = x[1] - x[0] ** 2 / 2
    return np.array([-x[0] + 4 * bend * x[0], -4 * bend])


def energy(x, v):
    return x[0] ** 2 / 2 + 2 * (x[1] - x[0] ** 2 / 2) ** 2 + v @ v / 2


def orbit(x, v, h, reach):
    """Points k = -reach ... reach of the leapfrog orbit through (x, v) at k = 0."""
    points = {0: (x, v)}
    with np.errstate(all="ignore"):
        for sign in (1, -1):
            a, b = x, v
            for k in range(1, reach + 1):
                b = b + sign * h / 2 * gradient(a)
                a = a + sign * h * b
                b = b + sign * h / 2 * gradient(a)
                points[sign * k] = a, b
    return points


class Definition:
    """The joint law of (index of the draw, leapfrog steps, depth, divergence), all directions enumerated."""

    def __init__(self, x, v, h, max_depth):
        self.points, self.max_depth = orbit(x, v, h, 2**max_depth), max_depth
        with np.errstate(all="ignore"):
            self.error = {k: energy(*p) - energy(x, v) for k, p in self.points.items()}
        self.law = Counter()
        self.grow(0, 0, 0, 0, {0: 1.0}, 1.0)

    def turning(self, a, b):
        v = {k: self.points[k][1] for k in range(a, b + 1)}
        way = sum(v.values()) - (v[a] + v[b]) / 2
        return v[a] @ way <= 0 or v[b] @ way <= 0

    def new_half(self, indices):
        """(steps made, is valid, has diverged), leaf after leaf, every aligned subtree at its last leaf."""
        for m, k in enumerate(indices, start=1):
            if not self.error[k] <= 1000:
                return m, False, True
            for size in (2**j for j in range(1, 12) if m % 2**j == 0 and 2**j <= len(indices)):
                part = indices[m - size:m]
                if self.turning(min(part), max(part)):
                    return m, False, False
        return len(indices), True, False

    def grow(self, a, b, steps, depth, draw, probability):
        """The tree of points a ... b, with the law `draw` of its draw, reached with this probability."""
        if depth == self.max_depth:
            return self.end(draw, steps, depth, False, probability)
        size = 2**depth
        for indices in ([b + k for k in range(1, size + 1)], [a - k for k in range(1, size + 1)]):
            made, valid, diverged = self.new_half(indices)
            if not valid:
                self.end(draw, steps + made, depth, diverged, probability / 2)
                continue
            weight = {k: np.exp(-self.error[k]) for k in indices}
            old = sum(np.exp(-self.error[k]) for k in range(a, b + 1))
            take = min(1.0, sum(weight.values()) / old)
            new = {k: (1 - take) * p for k, p in draw.items()} | {
                k: take * w / sum(weight.values()) for k, w in weight.items()}
            left, right = min(a, *indices), max(b, *indices)
            if self.turning(left, right):
                self.end(new, steps + made, depth + 1, False, probability / 2)
            else:
                self.grow(left, right, steps + made, depth + 1, new, probability / 2)

    def end(self, draw, steps, depth, diverged, probability):
        for k, p in draw.items():
            self.law[k, steps, depth, diverged] += p * probability


STARTS = {  # x, v, step size, max_tree_depth
    "centre": ([0.3, -0.2], [0.9, -0.4], 0.35, 6),
    "tail": ([2.0, 1.0], [-0.3, 1.5], 0.3, 6),
    "rough": ([1.5, 0.2], [1.0, 0.8], 0.6, 5),
    "short": ([0.5, 0.5], [0.4, -0.8], 0.1, 3),
    "divergent": ([0.7, 2.2], [-2.0, -1.0], 0.56, 5),
}


@pytest.mark.parametrize("name", STARTS)
def test_law_of_one_transition_is_the_definition(name):
    """100 000 chains with one start and one noise differ by their seeds only: a chi-square over all outcomes."""
    x, v, h, max_depth = STARTS[name]
    law = Definition(np.array(x), np.array(v), h, max_depth)
    assert sum(law.law.values()) == pytest.approx(1, abs=1e-12) and len(law.law) > 5
    n = 100_000
    kernel = NUTS(h, max_tree_depth=max_depth)
    state = kernel.init(log_prob, torch.tensor([x], dtype=torch.float64).expand(n, 2))
    noise = torch.tensor([v], dtype=torch.float64).expand(n, 2)
    state, info = kernel.transition(log_prob, state, noise, draw_seed(noise, make_generator(12)))
    reached = {k: p for k, p in law.points.items() if law.error[k] <= 1000}
    positions = torch.tensor(np.stack([p[0] for p in reached.values()]))
    distance, nearest = torch.cdist(state.position, positions).min(1)
    assert distance.max() < 1e-6
    index = torch.tensor(list(reached))[nearest]
    assert torch.equal(index != 0, info.is_accepted)
    seen = Counter(zip(index.tolist(), info.num_integration_steps.tolist(), info.tree_depth.tolist(),
                       info.is_divergent.tolist()))
    assert set(seen) <= {key for key, p in law.law.items() if p > 0}
    observed = np.array([seen[key] for key in law.law])
    expected = n * np.array(list(law.law.values()))
    rare = expected < 10
    observed = np.append(observed[~rare], observed[rare].sum())
    expected = np.append(expected[~rare], expected[rare].sum())
    keep = expected > 0
    statistic = ((observed - expected)[keep] ** 2 / np.maximum(expected[keep], 1)).sum()
    assert stats.chi2.sf(statistic, keep.sum() - 1) > 1e-6 / len(STARTS)
    torch.testing.assert_close(info.energy, torch.tensor([energy(*law.points[k]) for k in index.tolist()]).double())


def test_a_divergent_start_is_among_them():
    x, v, h, max_depth = STARTS["divergent"]
    law = Definition(np.array(x), np.array(v), h, max_depth).law
    assert 0.2 < sum(p for key, p in law.items() if key[3]) < 0.8


def test_acceptance_is_the_mean_over_all_new_points():
    x, v, h, _ = STARTS["rough"]
    x, v = np.array(x), np.array(v)
    kernel = NUTS(h, max_tree_depth=1)
    state = kernel.init(log_prob, torch.tensor(x)[None].expand(50, 2))
    noise = torch.tensor(v)[None].expand(50, 2)
    _, info = kernel.transition(log_prob, state, noise, draw_seed(noise, make_generator(0)))
    points = orbit(x, v, h, 1)
    expected = {min(1.0, np.exp(energy(x, v) - energy(*points[k]))) for k in (-1, 1)}
    found = set(np.round(info.acceptance_probability.numpy(), 12))
    assert found == {round(e, 12) for e in expected} and len(found) == 2


@pytest.mark.parametrize("step_size, depth", [(0.07, 6), (0.14, 5), (0.28, 4)])
def test_trajectories_of_a_gaussian_stop_after_half_a_period(step_size, depth):
    """In many dimensions x and v are orthogonal and the orbit a circle of period 2 pi: it turns at a span of pi.

    depth is the least number of doublings with a span (2^depth - 1) h above pi, for every chain.
    """
    assert (2 ** (depth - 1) - 1) * step_size < 0.9 * pi and 1.1 * pi < (2**depth - 1) * step_size < 2 * pi
    kernel, x = NUTS(step_size), normal(300, 500)
    _, info = kernel.step(lambda x: -(x**2).sum(-1) / 2, kernel.init(lambda x: -(x**2).sum(-1) / 2, x), make_generator(1))
    assert (info.tree_depth == depth).all() and (info.num_integration_steps == 2**depth - 1).all()


def test_depth_is_limited():
    kernel = NUTS(1e-3, max_tree_depth=4)
    _, info = kernel.step(log_prob, kernel.init(log_prob, normal(50, 2)), make_generator(0))
    assert (info.num_integration_steps == 15).all() and (info.tree_depth == 4).all() and not info.is_divergent.any()


def correlated(dim, seed):
    root = normal(dim, dim, seed=seed)
    covariance = root @ root.T / dim + 0.3 * torch.eye(dim).double()
    return covariance, torch.linalg.inv(covariance)


@pytest.mark.parametrize("mass", ["identity", "diagonal", "dense", "wrong"])
def test_gaussian_in_ten_dimensions_is_kept_and_found(mass):
    """One step from exact draws: Kolmogorov-Smirnov of all coordinates and of log p. Then 25 steps from a wrong start."""
    covariance, precision = correlated(10, 3)
    inverse_mass = {"identity": None, "diagonal": covariance.diag(), "dense": covariance, "wrong": correlated(10, 4)[0]}[mass]
    factor = torch.linalg.cholesky(covariance)

    def gaussian(x):
        return -(x @ precision * x).sum(-1) / 2

    kernel = NUTS(0.9 if mass == "dense" else 0.5, inverse_mass)
    state, info = kernel.step(gaussian, kernel.init(gaussian, normal(4000, 10, seed=5) @ factor.T), make_generator(6))
    assert 0.3 < info.acceptance_probability.mean() < 0.97 and info.is_accepted.float().mean() > 0.8
    wrong = torch.full((1000, 10), 4.0, dtype=torch.float64)
    late = sample(kernel, gaussian, wrong, 25, thin=25, generator=make_generator(7)).positions[0]
    p = []
    for x in (state.position, late):
        p += [stats.kstest(x[:, k] / covariance[k, k].sqrt(), "norm").pvalue for k in range(10)]
        square = -2 * gaussian(x).numpy()
        p.append(stats.kstest(square, stats.chi2(10).cdf).pvalue)
        p.append(2 * min(stats.chi2.cdf(square.sum(), 10 * len(x)), stats.chi2.sf(square.sum(), 10 * len(x))))
    assert min(p) > 1e-6 / len(p)


WEIGHTS, MEANS, SCALES = np.array([0.3, 0.7]), np.array([-1.5, 1.5]), np.array([0.6, 0.8])


def mixture_log_prob(x):
    w, m, s = (torch.from_numpy(value) for value in (WEIGHTS, MEANS, SCALES))
    return (w.log() - s.log() - ((x - m) / s) ** 2 / 2).logsumexp(-1)


def mixture_cdf(x):
    return stats.norm.cdf((np.asarray(x)[:, None] - MEANS) / SCALES) @ WEIGHTS


def test_mixture_is_kept_and_found():
    """Exact draws keep both weights after one step; all chains started in the small mode find them."""
    n = 6000
    generator = make_generator(1)
    side = (torch.rand(n, dtype=torch.float64, generator=generator) > 0.3).long()
    noise = torch.randn(n, dtype=torch.float64, generator=generator)
    exact = (torch.from_numpy(MEANS)[side] + torch.from_numpy(SCALES)[side] * noise)[:, None]
    kernel = NUTS(0.7)
    state, info = kernel.step(mixture_log_prob, kernel.init(mixture_log_prob, exact), make_generator(2))
    assert (info.num_integration_steps.unique().numel()) > 3
    late = sample(kernel, mixture_log_prob, torch.full((3000, 1), -3.0).double(), 100, thin=100, generator=make_generator(3))
    p = [stats.kstest(state.position[:, 0], mixture_cdf).pvalue, stats.kstest(late.draws[:, 0], mixture_cdf).pvalue,
         stats.binomtest(int((late.draws < 0).sum()), 3000, float(mixture_cdf([0.0])[0])).pvalue]
    assert min(p) > 1e-6 / 3


def test_funnel_is_found_where_it_is_mild():
    """v ~ N(0, 1), x | v ~ N(0, exp v): the scale of x changes fifty-fold, and both laws are exact."""
    def funnel(z):
        v, x = z[:, 0], z[:, 1]
        return -(v**2) / 2 - x**2 / 2 * (-v).exp() - v / 2

    wrong = torch.tensor([[2.0, 3.0]], dtype=torch.float64).expand(1500, 2)
    z = sample(NUTS(0.3), funnel, wrong, 60, thin=60, generator=make_generator(4)).positions[0].numpy()
    p = [stats.kstest(z[:, 0], "norm").pvalue, stats.kstest(z[:, 1] * np.exp(-z[:, 0] / 2), "norm").pvalue]
    assert min(p) > 5e-7


def test_half_line_is_never_left():
    """p = x exp(-x) on x > 0: log x is NaN to the left of 0. A trajectory that gets there ends as divergent."""
    def gamma(x):
        return torch.log(x[:, 0]) - x[:, 0]

    run = sample(NUTS(0.5), gamma, torch.full((3000, 1), 4.0, dtype=torch.float64), 40, generator=make_generator(3))
    assert bool((run.positions > 0).all())
    assert stats.kstest(run.positions[-1, :, 0].numpy(), stats.gamma(2).cdf).pvalue > 1e-6


def test_units_of_the_mass_are_a_change_of_coordinates():
    covariance, _ = correlated(2, 8)
    factor = torch.linalg.cholesky(covariance)
    y = normal(40, 2)
    there = sample(NUTS(0.3, covariance), log_prob, y @ factor.T, 5, generator=make_generator(3)).positions
    here = sample(NUTS(0.3), lambda y: log_prob(y @ factor.T), y, 5, generator=make_generator(3)).positions
    torch.testing.assert_close(there, here @ factor.T, rtol=0, atol=1e-8)


def test_divergence_is_recorded_and_stays_in_its_chain():
    """Far too large a step for the narrow chains only; torch.distributions refuses to evaluate NaN."""
    scale = torch.tensor([1.0, 1e-3, 1.0, 1e-3], dtype=torch.float64)
    narrow = torch.distributions.Normal(torch.zeros(4).double(), scale, validate_args=True)
    x, noise, seed = torch.full((4, 1), 1e-3, dtype=torch.float64), normal(4, 1), torch.arange(4)
    kernel = NUTS(0.5)

    def density(x):
        return narrow.log_prob(x[:, 0])

    state, info = kernel.transition(density, kernel.init(density, x), noise, seed)
    assert info.is_divergent.tolist() == [False, True, False, True]
    assert torch.equal(state.position[1::2], x[1::2]) and (info.num_integration_steps[1::2] == 1).all()
    assert all(torch.isfinite(value).all() for value in (*state, info.energy, info.acceptance_probability))

    def wide(x):
        return -(x**2).sum(-1) / 2

    plain, _ = kernel.transition(wide, kernel.init(wide, x[::2]), noise[::2], seed[::2])
    torch.testing.assert_close(state.position[::2], plain.position, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("settings, part", [
    ({"step_size": -1.0}, "step_size to be a finite number above 0"),
    ({"max_tree_depth": 0}, "max_tree_depth to be a whole number of at least 1"),
    ({"inverse_mass_matrix": torch.tensor([[1.0, 2.0], [2.0, 1.0]])}, "to be positive definite"),
])
def test_settings_that_do_not_fit_are_refused_in_one_sentence(settings, part):
    with pytest.raises(InputError, match="Expected ") as caught:
        NUTS(**{"step_size": 0.1, **settings})
    assert part in str(caught.value)


def test_mass_of_another_dimension_is_refused_at_the_start():
    with pytest.raises(InputError, match="inverse_mass_matrix for the 2 dimensions of x, but got one for 3"):
        sample(NUTS(0.1, torch.ones(3)), log_prob, normal(4, 2), 3)
