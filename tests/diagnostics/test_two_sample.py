"""MMD and sliced Wasserstein against double loops, closed forms and SciPy; floors against their false-alarm rate."""

from functools import partial
from math import exp, sqrt

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import linear_sum_assignment

from course_lib.diagnostics import Floor, iid_floor, median_bandwidth, sliced_wasserstein, squared_mmd
from course_lib.randomness import make_generator
from course_lib.targets import Gaussian


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=make_generator(seed))


def kernel(a, b, bandwidth):
    return exp(-sum((p - q) ** 2 for p, q in zip(a.tolist(), b.tolist())) / (2 * bandwidth**2))


def test_mmd_is_its_double_sum():
    x, y, h = normal(7, 3), 1 + 2 * normal(5, 3, seed=1), 1.7
    cross = sum(kernel(a, b, h) for a in x for b in y) / 35
    pairs = [sum(kernel(s[i], s[j], h) for i in range(len(s)) for j in range(len(s)) if i != j) for s in (x, y)]
    unbiased = pairs[0] / 42 + pairs[1] / 20 - 2 * cross
    biased = (pairs[0] + 7) / 49 + (pairs[1] + 5) / 25 - 2 * cross
    assert squared_mmd(x, y, h).item() == pytest.approx(unbiased, rel=1e-12)
    assert squared_mmd(x, y, h, unbiased=False).item() == pytest.approx(biased, rel=1e-12)


def test_mmd_in_blocks_is_mmd_in_one():
    x, y = normal(2100, 2), normal(1500, 2, seed=1) + 0.2

    def mean_kernel(a, b):
        return (-torch.cdist(a, b).square() / 2).exp().sum()

    expected = ((mean_kernel(x, x) - 2100) / (2100 * 2099) + (mean_kernel(y, y) - 1500) / (1500 * 1499)
                - 2 * mean_kernel(x, y) / (2100 * 1500))
    torch.testing.assert_close(squared_mmd(x.float().double(), y, 1.0), expected, rtol=1e-4, atol=1e-9)
    torch.testing.assert_close(squared_mmd(x, y, 1.0), expected, rtol=1e-9, atol=1e-12)


def gaussian_mmd(shift, sd_x, sd_y, h, dim):
    """E k for independent normal points: (h^2 / v)^(dim/2) exp(-|m|^2 / (2 v)), v = h^2 + both variances."""
    def mean_kernel(s, t, m):
        v = h**2 + s**2 + t**2
        return (h**2 / v) ** (dim / 2) * exp(-(m**2) / (2 * v))
    return mean_kernel(sd_x, sd_x, 0) + mean_kernel(sd_y, sd_y, 0) - 2 * mean_kernel(sd_x, sd_y, shift)


@pytest.mark.parametrize("shift, sd", [(0.0, 1.0), (0.0, 1.5), (0.8, 1.0)])
def test_mmd_between_gaussians(shift, sd):
    """The mean of 600 unbiased estimates at n = 40, m = 25 is the closed form within 4.9 standard errors: false alarms 1e-6.

    The biased one lies above by (1 - E k(x, x')) / n + (1 - E k(y, y')) / m, and the diagonal divided by n (n - 1) by
    1 / (n - 1) + 1 / (m - 1): both are seen.
    """
    n, m, dim, h, repeats = 40, 25, 3, 1.3, 600
    x, y = normal(repeats, n, dim), sd * normal(repeats, m, dim, seed=1)
    y[..., 0] += shift
    exact = gaussian_mmd(shift, 1.0, sd, h, dim)
    unbiased, biased = (torch.stack([squared_mmd(a, b, h, unbiased=u) for a, b in zip(x, y)]) for u in (True, False))
    error = unbiased.std() / sqrt(repeats)
    assert abs(unbiased.mean() - exact) < 4.9 * error
    excess = sum((1 - (h**2 / (h**2 + 2 * s**2)) ** (dim / 2)) / k for s, k in ((1.0, n), (sd, m)))
    assert abs(biased.mean() - exact - excess) < 4.9 * error and excess > 10 * error
    assert 1 / (n - 1) + 1 / (m - 1) > 10 * error


def test_the_diagonal_kept_and_divided_as_if_it_were_not():
    """The known trap: at n = 2000 it turns a distance of 0 into sqrt(2 / 1999) = 0.03. Ours keeps its floor around 0."""
    floor = iid_floor(partial(squared_mmd, bandwidth=1.0), lambda n, g: torch.randn(n, 2, generator=g), 300, num_repeats=100,
                      generator=make_generator(0))
    trap = 2 / 299
    assert floor.quantile(0.01) < 0 < floor.quantile(0.99) < trap
    assert abs(floor.mean) < 5 * floor.values.std().item() / 10


def test_median_bandwidth():
    x, y = normal(30, 4), normal(21, 4, seed=1) + 3
    distances = np.sort([np.linalg.norm(a - b) for points in [torch.cat([x, y]).numpy()] for i, a in enumerate(points)
                         for b in points[:i]])
    assert median_bandwidth(x, y) == pytest.approx(distances[(len(distances) - 1) // 2], rel=1e-12)
    assert median_bandwidth(x, y, max_points=10) == median_bandwidth(x[::3], y[::3])


@pytest.mark.parametrize("n, m", [(6, 6), (12, 8), (7, 3), (1, 5)])
def test_on_a_line_it_is_the_wasserstein_distance(n, m):
    x, y = normal(n, 1), 2 * normal(m, 1, seed=1) + 0.5
    first = stats.wasserstein_distance(x[:, 0].numpy(), y[:, 0].numpy())
    assert sliced_wasserstein(x, y, 3, order=1, generator=make_generator(0)).item() == pytest.approx(first, rel=1e-12)
    a, b = np.repeat(x[:, 0].numpy(), m), np.repeat(y[:, 0].numpy(), n)  # the best of all pairings, found without sorting
    cost = np.subtract.outer(a, b) ** 2
    second = sqrt(cost[linear_sum_assignment(cost)].mean())
    assert sliced_wasserstein(x, y, 3, generator=make_generator(0)).item() == pytest.approx(second, rel=1e-12)


def test_sliced_wasserstein_of_a_shift_and_of_a_scale():
    """x + m: E (u . m)^2 = |m|^2 / 3. c x: (c - 1)^2 E |x|^2 / 3 over the sample. 4e4 directions: 5 standard errors."""
    x, m = normal(50, 3), torch.tensor([2.0, -1.0, 0.5], dtype=torch.float64)
    number = 40_000
    shifted = sliced_wasserstein(x, x + m, number, generator=make_generator(1)).item() ** 2
    size = float(m.square().sum())
    assert abs(shifted - size / 3) < 5 * size * sqrt(4 / 45 / number)
    scaled = sliced_wasserstein(x, 1.5 * x, number, generator=make_generator(2)).item() ** 2
    exact = 0.25 * float(x.square().sum(1).mean()) / 3
    assert scaled == pytest.approx(exact, rel=0.02)  # directions vary by at most the ratio of eigenvalues: 5 errors are 2 %
    assert sliced_wasserstein(x, x[torch.randperm(50, generator=make_generator(0))]).item() < 1e-14


def test_directions_come_from_the_generator():
    x, y = normal(20, 3), normal(30, 3, seed=1)
    first, again, other = (sliced_wasserstein(x, y, 5, generator=make_generator(s)).item() for s in (0, 0, 1))
    assert first == again != other


def test_a_floor_refuses_at_its_level():
    """19 repeats: p = 1/20 for exactly one of 20 exchangeable distances. 3000 trials, binomial, false alarms 1e-6."""
    def gap(x, y):
        return (x.mean() - y.mean()).abs()

    def draw(n, generator):
        return torch.randn(n, generator=generator)

    generator, hits, trials = make_generator(5), 0, 3000
    for _ in range(trials):
        floor = iid_floor(gap, draw, 4, 3, num_repeats=19, generator=generator)
        hits += floor.p_value(gap(draw(4, generator), draw(3, generator))) <= 0.05
    assert stats.binomtest(hits, trials, 0.05).pvalue > 1e-6


def test_a_floor_knows_another_law():
    target = Gaussian(torch.zeros(2), torch.eye(2), dtype=torch.float64)
    for distance in (partial(squared_mmd, bandwidth=1.0), lambda x, y: sliced_wasserstein(x, y, 50, generator=make_generator(0))):
        floor = iid_floor(distance, target.sample, 200, num_repeats=99, generator=make_generator(1))
        x, y = target.sample(200, make_generator(2)), target.sample(200, make_generator(3))
        assert floor.p_value(distance(x + 0.7, y)) == 0.01
        assert floor.p_value(distance(x, y)) > 0.01  # this seed; 1 in 100 seeds would not
        assert (floor.values.diff() >= 0).all() and len(floor.values) == 99
        assert "99 repeats" in str(floor)


def test_a_floor_repeats_with_its_generator():
    def one(seed):
        return iid_floor(partial(squared_mmd, bandwidth=1.0), lambda n, g: torch.randn(n, 2, generator=g), 10, num_repeats=5,
                         generator=make_generator(seed)).values

    assert torch.equal(one(0), one(0)) and not torch.equal(one(0), one(1))


def test_p_values_count_ties():
    floor = Floor(torch.tensor([1.0, 2.0, 2.0, 3.0], dtype=torch.float64))
    assert [floor.p_value(value) for value in (0.5, 2.0, 2.5, 4.0)] == [1.0, 0.8, 0.4, 0.2]
    assert floor.mean == 2.0 and floor.quantile(0.5) == 2.0
