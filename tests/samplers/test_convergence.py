"""From a wrong start to the right law. (The identity map keeps every law too: only this refutes it.)

Only the last position of independent chains is used, so the draws are independent and the tests exact. Every test that
compares draws with a law has a false-alarm rate of at most 1e-6, shared among its comparisons; seeds are fixed.
"""

from math import sqrt

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RandomWalkMetropolis, UnadjustedLangevin, sample

CHAINS = 4000
MEAN = np.array([1.0, -2.0])
COVARIANCE = np.array([[1.0, 0.6], [0.6, 2.0]])


def last_positions(kernel, log_prob, start, num_steps, chains=CHAINS):
    x = torch.tensor(start, dtype=torch.float64).expand(chains, -1)
    return sample(kernel, log_prob, x, num_steps, thin=num_steps, generator=make_generator(2024)).positions[0].numpy()


def assert_laws(false_alarms=1e-6, **pairs):
    """Kolmogorov-Smirnov for each (draws, cdf), and a chi-square for each (sum, degrees of freedom)."""
    for name, (value, law) in pairs.items():
        p = stats.kstest(value, law).pvalue if callable(law) else 2 * min(stats.chi2.cdf(value, law), stats.chi2.sf(value, law))
        assert p > false_alarms / len(pairs), f"{name}: p = {p:.2g}"


def gaussian_log_prob(x):
    d = x - torch.from_numpy(MEAN)
    return -(d @ torch.from_numpy(np.linalg.inv(COVARIANCE)) * d).sum(-1) / 2


def langevin_covariance(step_size):
    """Stationary covariance of the unadjusted chain: an eigenvalue s becomes s / (1 - step_size / (2 s))."""
    s, v = np.linalg.eigh(COVARIANCE)
    return v @ np.diag(s / (1 - step_size / (2 * s))) @ v.T


@pytest.mark.parametrize("kernel, num_steps, covariance", [
    (RandomWalkMetropolis(1.5), 300, COVARIANCE),
    (MALA(0.5), 120, COVARIANCE),
    (UnadjustedLangevin(0.5), 60, langevin_covariance(0.5)),
], ids=["random walk", "mala", "unadjusted langevin"])
def test_gaussian(kernel, num_steps, covariance):
    x = last_positions(kernel, gaussian_log_prob, [-6.0, 7.0], num_steps)
    mahalanobis = np.einsum("ni,ij,nj->n", x - MEAN, np.linalg.inv(covariance), x - MEAN)
    mean = CHAINS * (x.mean(0) - MEAN) @ np.linalg.inv(covariance) @ (x.mean(0) - MEAN)
    assert_laws(
        first=(x[:, 0], stats.norm(MEAN[0], sqrt(covariance[0, 0])).cdf),
        second=(x[:, 1], stats.norm(MEAN[1], sqrt(covariance[1, 1])).cdf),
        radius=(mahalanobis, stats.chi2(2).cdf),
        mean=(mean, 2),
        covariance=(mahalanobis.sum(), 2 * CHAINS),
    )


WEIGHTS, MEANS, SCALES = np.array([0.3, 0.7]), np.array([-1.5, 1.5]), np.array([0.6, 0.8])


def mixture_log_prob(x):
    w, m, s = (torch.from_numpy(value) for value in (WEIGHTS, MEANS, SCALES))
    return (w.log() - s.log() - ((x - m) / s) ** 2 / 2).logsumexp(-1)


def mixture_cdf(x):
    return stats.norm.cdf((np.asarray(x)[:, None] - MEANS) / SCALES) @ WEIGHTS


@pytest.mark.parametrize("kernel, num_steps", [(RandomWalkMetropolis(2.0), 250), (MALA(0.6), 250)], ids=["random walk", "mala"])
def test_mixture_with_both_weights(kernel, num_steps):
    """All chains start in the small mode; the share in each mode is a binomial count."""
    x = last_positions(kernel, mixture_log_prob, [-3.0], num_steps)[:, 0]
    left = stats.binomtest(int((x < 0).sum()), CHAINS, float(mixture_cdf([0.0])[0])).pvalue
    assert left > 5e-7
    assert_laws(5e-7, law=(x, mixture_cdf))


def test_unadjusted_langevin_on_a_mixture_after_25_steps():
    """The law after exactly 25 steps by quadrature: p_{k+1}(y) = integral of p_k(x) N(y; x + h g(x), 2 h), not yet stationary."""
    h, num_steps = 0.15, 25
    grid = np.linspace(-9, 9, 1801)
    z = (grid[:, None] - MEANS) / SCALES
    density = WEIGHTS / SCALES * np.exp(-(z**2) / 2)
    drift = grid + h * (density * -z / SCALES).sum(1) / density.sum(1)
    transition = stats.norm.pdf(grid[None, :], drift[:, None], sqrt(2 * h)) * (grid[1] - grid[0])
    start = np.searchsorted(grid, -3.0)
    p = transition[start]
    for _ in range(num_steps - 1):
        p = p @ transition
    assert abs(p.sum() - 1) < 1e-10
    cdf = np.cumsum(p) - p / 2
    assert np.abs(cdf - mixture_cdf(grid)).max() > 0.1  # far from the target still: the test sees the dynamics
    x = last_positions(UnadjustedLangevin(h), mixture_log_prob, [float(grid[start])], num_steps)[:, 0]
    assert_laws(law=(x, lambda value: np.interp(value, grid, cdf)))


@pytest.mark.parametrize("step_size, sigma", [(0.01, 1.0), (0.5, 1.0), (1.5, 1.0), (0.3, 0.5)])
def test_stationary_variance_of_unadjusted_langevin(step_size, sigma):
    """v = (1 - h/sigma^2)^2 v + 2h has the fixed point sigma^2 / (1 - h / (2 sigma^2)); 20 000 chains have it, too.

    The map is read off the kernel by zero noise and unit noise; sum x^2 / v is chi-square with 20 000 degrees of freedom.
    """
    def log_prob(x):
        return -(x**2).sum(-1) / (2 * sigma**2)

    kernel = UnadjustedLangevin(step_size)
    one = torch.ones(1, 1, dtype=torch.float64)
    slope = kernel.transition(log_prob, kernel.init(log_prob, one), 0 * one)[0].position.item()
    gain = kernel.transition(log_prob, kernel.init(log_prob, 0 * one), one)[0].position.item()
    expected = sigma**2 / (1 - step_size / (2 * sigma**2))
    variance = 0.0
    for _ in range(3000):
        variance = slope**2 * variance + gain**2
    assert variance == pytest.approx(expected, rel=1e-9)
    num_steps = 60 if step_size > 0.1 else 600
    left_over = slope ** (2 * num_steps)  # what remains of the start, and of the missing variance
    x = last_positions(kernel, log_prob, [0.0], num_steps, chains=20_000)[:, 0]
    assert_laws(variance=((x**2).sum() / (expected * (1 - left_over)), 20_000))


def test_unadjusted_langevin_diverges_from_twice_the_variance_on():
    def log_prob(x):
        return -(x**2).sum(-1) / 2

    zero = torch.zeros(1, 1, dtype=torch.float64)
    for step_size, grows in ((1.99, False), (2.01, True)):
        kernel = UnadjustedLangevin(step_size)
        state = kernel.init(log_prob, zero + 1)
        for _ in range(100):
            state, _ = kernel.transition(log_prob, state, zero)
        assert (abs(state.position.item()) > 1) == grows


def test_proposals_without_a_density_are_rejected(metropolised):
    """p = x exp(-x) on x > 0: log x is NaN to the left of 0, -inf at 0. The chains keep p and never leave."""
    def log_prob(x):
        return torch.log(x[:, 0]) - x[:, 0]

    x = torch.full((CHAINS, 1), 4.0, dtype=torch.float64)
    run = sample(metropolised, log_prob, x, 500, generator=make_generator(3))
    assert bool((run.positions > 0).all()) and not run.diverged.any()
    assert 0.1 < run.acceptance_rate.mean() < 0.99
    assert_laws(law=(run.positions[-1, :, 0].numpy(), stats.gamma(2).cdf))
