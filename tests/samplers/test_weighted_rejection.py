"""Rejection: exact draws by chi-square, an unbiased rate by summing over all outcomes, and bounds that do not hold."""

from math import exp, inf, log, pi, sqrt

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers.rejection import rejection_sampling
from course_lib.targets import Gaussian, Grid

D = torch.float64
NORMAL = Gaussian([0.0], [[1.0]], dtype=D)
WIDE = Gaussian([0.0, 0.0], [[6.0, 0.0], [0.0, 6.0]], dtype=D)


def ripples(x):  # f = exp(-x^2 / 2) (1 + cos(4 x)) on the line: f / q <= 2 sqrt(2 pi)
    return -(x[:, 0] ** 2) / 2 + torch.log1p(torch.cos(4 * x[:, 0]))


RIPPLES_BOUND = log(2 * sqrt(2 * pi))
RIPPLES_Z = sqrt(2 * pi) * (1 + exp(-8))  # the cosine's integral is the characteristic function at 4


@pytest.mark.parametrize("batch_size", [7, 4096])
def test_draws_follow_the_target(batch_size):
    """Chi-square over 40 bins of equal width; false-alarm rate 1e-6."""
    n = 2000 if batch_size == 7 else 50_000
    draws = rejection_sampling(ripples, NORMAL, RIPPLES_BOUND, n, batch_size=batch_size, generator=make_generator(0))
    edges = np.linspace(-2.4, 2.4, 41)
    fine = np.linspace(-2.4, 2.4, 40_001)
    density = np.exp(-(fine**2) / 2) * (1 + np.cos(4 * fine)) / RIPPLES_Z
    cell = ((density[1:] + density[:-1]) / 2 * np.diff(fine)).reshape(40, 1000).sum(1)
    counts = np.histogram(draws.positions[:, 0].numpy(), edges)[0]
    few = n * cell < 10
    observed = np.append(counts[~few], n - counts[~few].sum())
    expected = np.append(n * cell[~few], n * (1 - cell[~few].sum()))
    assert len(observed) > 25 and stats.chisquare(observed, expected).pvalue > 1e-6
    assert draws.positions.shape == (n, 1) and draws.ess == pytest.approx(n)


def test_draws_are_independent():
    """Successive signs of x agree as a fair coin does; false-alarm rate 1e-6."""
    x = rejection_sampling(ripples, NORMAL, RIPPLES_BOUND, 20_000, generator=make_generator(1)).positions[:, 0]
    agree = int(((x[1:] > 0) == (x[:-1] > 0)).sum())
    assert stats.binomtest(agree, 19_999, 0.5).pvalue > 1e-6


@pytest.mark.parametrize("slack", [0.0, 1.5])
def test_rate_and_log_z(slack):
    """The number of proposals to the n-th draw is negative binomial with p = Z / M, exactly; false-alarm rate 1e-6."""
    n = 3000
    draws = rejection_sampling(ripples, NORMAL, RIPPLES_BOUND + slack, n, generator=make_generator(2))
    p = RIPPLES_Z / (2 * sqrt(2 * pi)) * exp(-slack)
    law = stats.nbinom(n, p)
    failures = draws.info.num_proposals - n
    assert min(law.cdf(failures), law.sf(failures - 1)) > 5e-7
    assert draws.info.acceptance_rate == (n - 1) / (draws.info.num_proposals - 1)
    assert draws.log_z == pytest.approx(log(draws.info.acceptance_rate) + RIPPLES_BOUND + slack)
    assert abs(draws.log_z - log(RIPPLES_Z)) < 4.9 * draws.log_z_error
    assert draws.log_z_error == pytest.approx(sqrt((1 - p) / n), rel=0.1)
    torch.testing.assert_close(draws.log_weights.logsumexp(0) - log(n), draws.log_z)


@pytest.mark.parametrize("n, p", [(2, 0.3), (5, 0.8), (40, 0.5)])
def test_the_estimated_rate_is_unbiased_and_its_error_right(n, p):
    """Sum over every number of proposals T of P(T) (n - 1) / (T - 1), and the spread of its logarithm where n is large."""
    failures = np.arange(20_000)
    probability, rate = stats.nbinom.pmf(failures, n, p), (n - 1) / (n + failures - 1)
    assert probability @ rate == pytest.approx(p, abs=1e-12)
    if n == 40:
        spread = np.sqrt(probability @ np.log(rate) ** 2 - (probability @ np.log(rate)) ** 2)
        assert spread == pytest.approx(sqrt((1 - p) / n), rel=0.03)


def test_a_plane_against_quadrature():
    def log_prob(x):
        return -((x**2).sum(-1) - 2) ** 2 / 2 + x[:, 0]

    grid = Grid((-5.0, -5.0), (5.0, 5.0), 400, dtype=D)
    bound = float((log_prob(grid.points) - WIDE.log_prob(grid.points)).max()) + 0.01
    draws = rejection_sampling(log_prob, WIDE, bound, 5000, generator=make_generator(3))
    assert abs(draws.log_z - grid.log_z(log_prob)) < 4.9 * draws.log_z_error
    for f in (lambda x: x, torch.square):
        mean, error = draws.expectation(f)
        assert ((mean - grid.expectation(log_prob, f)).abs() < 5.3 * error).all()  # four comparisons share 1e-6


@pytest.mark.parametrize("dtype", [torch.float32, D])
def test_a_bound_that_is_reached_everywhere_holds(dtype):
    """Proposal and target are one law, up to a constant: every draw is kept, whatever the rounding."""
    normal = Gaussian([300.0], [[1e-4]], dtype=dtype)
    draws = rejection_sampling(lambda x: normal.log_prob(x) + 1.2345, normal, 1.2345, 1000, generator=make_generator(0))
    assert draws.info.acceptance_rate > 0.99 and draws.positions.dtype == draws.log_weights.dtype == dtype


def test_a_false_bound_is_found_and_said():
    with pytest.raises(InputError, match="to be at most log_bound = 1, but got 1.6.* at a draw; the bound is false") as raised:
        rejection_sampling(ripples, NORMAL, 1.0, 500, generator=make_generator(0))
    assert "\n" not in str(raised.value)
    heavy = Gaussian([0.0], [[4.0]], dtype=D)
    with pytest.raises(InputError, match="the bound is false"):  # no bound exists at all
        rejection_sampling(heavy.log_prob, NORMAL, 2.0, 100_000, generator=make_generator(0))


def test_what_is_never_accepted_ends():
    with pytest.raises(InputError, match="20 draws within max_proposals = 5000, but got 0; take a proposal nearer"):
        rejection_sampling(lambda x: torch.where(x[:, 0] > 60, 0.0, -inf).to(D), NORMAL, 1.0, 20, max_proposals=5000)


@pytest.mark.parametrize("arguments, sentence", [
    (dict(log_bound=inf), "log_bound to be a finite number"),
    (dict(log_bound=torch.tensor(1.0)), "log_bound to be a finite number"),
    (dict(n=1), "n to be a whole number of at least 2"),
    (dict(batch_size=0), "batch_size to be a whole number"),
    (dict(proposal=None), "proposal to be an object with sample"),
    (dict(log_prob=lambda x: x), "drop the last axis"),
    (dict(log_prob=lambda x: float("nan") * x[:, 0]), "NaN at"),
])
def test_bad_input(arguments, sentence):
    good = dict(log_prob=ripples, proposal=NORMAL, log_bound=RIPPLES_BOUND, n=10)
    with pytest.raises(InputError, match=sentence):
        rejection_sampling(**(good | arguments))


def test_draws_depend_on_the_generator_alone():
    first, second = (rejection_sampling(ripples, NORMAL, RIPPLES_BOUND, 100, generator=make_generator(5)) for _ in range(2))
    assert torch.equal(first.positions, second.positions) and first.info == second.info
