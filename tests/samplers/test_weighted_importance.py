"""Importance sampling: moments and log Z against quadrature, k_hat against arviz-stats and against tails that are known.

Statistical comparisons have a false-alarm rate of 1e-6 (|z| < 4.9) and fixed seeds.
"""

from math import inf, lgamma, log, nan, pi

import numpy as np
import pytest
import torch
from arviz_stats.base import array_stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers.importance import importance_sampling
from course_lib.samplers.psis import fit_generalised_pareto, k_hat_limit, pareto_smooth
from course_lib.samplers.weighted import weigh
from course_lib.targets import Gaussian, Grid

D, Z_LIMIT = torch.float64, 4.9


class StudentT:
    """t with a whole number of degrees of freedom on the line: normal / sqrt(chi-square / df)."""

    def __init__(self, df):
        self.df = df

    def log_prob(self, x):
        df = self.df
        scale = lgamma((df + 1) / 2) - lgamma(df / 2) - 0.5 * log(df * pi)
        return scale - (df + 1) / 2 * torch.log1p(x[:, 0] ** 2 / df)

    def sample(self, n, generator=None):
        normal = torch.randn(n, self.df + 1, dtype=D, generator=generator)
        return normal[:, :1] / normal[:, 1:].square().mean(1, keepdim=True).sqrt()


def wavy(x):  # in any dimension; not normalised, not symmetric
    return -((x - 0.7) ** 2).sum(-1) / 1.5 + torch.sin(3 * x).sum(-1) + 0.3 * x[:, 0] * x[:, -1]


@pytest.mark.parametrize("dim, num_points", [(1, 2000), (2, 400)])
def test_log_z_and_moments_against_quadrature(dim, num_points):
    grid = Grid((-12.0,) * dim, (12.0,) * dim, num_points, dtype=D)
    assert grid.edge_mass(wavy) < 1e-12
    proposal = Gaussian([0.5] * dim, (4 * torch.eye(dim)).tolist(), dtype=D)
    draws = importance_sampling(wavy, proposal, 40_000, generator=make_generator(dim))
    assert draws.k_hat < 0.3 and draws.ess > 4000
    assert abs(draws.log_z - grid.log_z(wavy)) < Z_LIMIT * draws.log_z_error < 0.1
    for f in (lambda x: x, torch.square, lambda x: (x[:, :1] > 1).to(D)):
        mean, error = draws.expectation(f)
        assert ((mean - grid.expectation(wavy, f)).abs() < Z_LIMIT * error).all()


@pytest.mark.parametrize("n", [25, 31, 100, 225, 226, 1000, 20_000])
@pytest.mark.parametrize("law", ["light", "normal", "cauchy", "bounded"])
def test_k_hat_and_smoothed_weights_are_those_of_arviz(n, law):
    normal = torch.randn(2, n, dtype=D, generator=make_generator(n))
    log_weights = {"light": 0.1 * normal[0], "normal": 2 * normal[0], "cauchy": (normal[0] / normal[1]).abs().log(),
                   "bounded": -normal[0] ** 2}[law] - 300
    smoothed, k_hat = pareto_smooth(log_weights)
    expected, expected_k = array_stats.psislw(-log_weights.numpy())
    assert k_hat == pytest.approx(float(expected_k), abs=1e-9)
    np.testing.assert_allclose(smoothed - smoothed.logsumexp(0), expected, rtol=0, atol=1e-9)
    assert smoothed.max() <= log_weights.max() and len(set((smoothed - log_weights).tolist())) > 2


@pytest.mark.parametrize("k", [-0.4, 0.0, 0.3, 0.7, 1.2])
def test_the_fit_finds_the_law_it_was_drawn_from(k):
    """The largest standard deviation of the best estimate of k is (1 + k) / sqrt(m); of sigma, sigma sqrt(2 (1 + k) / m)."""
    m, sigma = 20_000, 3.0
    u = torch.rand(m, dtype=D, generator=make_generator(5))
    t = (sigma * (torch.expm1(-k * torch.log1p(-u)) / k if k else -torch.log1p(-u))).sort().values
    k_hat, sigma_hat = fit_generalised_pareto(t)
    assert abs(k_hat - k) < Z_LIMIT * max(1 + k, 0.5) / m**0.5 + 5e-4  # and the pull of the ten draws at 1/2
    assert abs(sigma_hat / sigma - 1) < Z_LIMIT * (2 * (1 + k) / m) ** 0.5


@pytest.mark.parametrize("variance, k", [(0.8, 0.2), (0.5, 0.5), (0.2, 0.8)])
def test_k_hat_of_a_gaussian_proposal_that_is_too_narrow(variance, k):
    """Target N(0, 1), proposal N(0, v): P(w > t) falls as t^(-1 / (1 - v)) up to a logarithm, so k = 1 - v.

    The tail has 3 * 10^2.5 = 948 weights: 4.9 standard deviations of k_hat are below 0.29.
    """
    draws = importance_sampling(lambda x: -(x**2).sum(-1) / 2, Gaussian([0.0], [[variance]], dtype=D), 100_000,
                                generator=make_generator(2))
    assert abs(draws.k_hat - k) < 0.29
    assert (draws.k_hat > k_hat_limit(100_000)) == (k > 0.7)


def test_k_hat_tells_which_way_round_student_t_works():
    """w falls as |x|^(df_q - df_p): with q = t_10 for p = t_2 its index is (10 - 2) / 10 = 0.8; the other way it is bounded."""
    good = importance_sampling(StudentT(10).log_prob, StudentT(2), 50_000, generator=make_generator(0))
    bad = importance_sampling(StudentT(2).log_prob, StudentT(10), 50_000, generator=make_generator(0))
    assert good.k_hat < 0.2 and good.ess > 30_000
    assert bad.k_hat > 0.5 and abs(bad.k_hat - 0.8) < 0.35
    worst = importance_sampling(StudentT(1).log_prob, Gaussian([0.0], [[1.0]], dtype=D), 50_000, generator=make_generator(0))
    assert worst.k_hat > k_hat_limit(50_000)  # index 1, up to a logarithm: the variance is infinite
    square, error = good.expectation(lambda x: x[:, 0] ** 2)
    assert abs(square - 10 / 8) < Z_LIMIT * error < 0.1 and abs(good.log_z) < Z_LIMIT * good.log_z_error


def test_smoothing_helps_where_the_variance_is_infinite():
    """k = 0.7: over 300 experiments of 1000 draws the root mean square error of Z falls by a fifth at least (seed fixed)."""
    proposal, raw, smoothed = Gaussian([0.0], [[0.3]], dtype=D), [], []
    generator = make_generator(6)
    for _ in range(300):
        draws = importance_sampling(Gaussian([0.0], [[1.0]], dtype=D).log_prob, proposal, 1000, generator=generator)
        raw.append(float(draws.log_z.exp()) - 1)
        smoothed.append(float(draws.smoothed().log_z.exp()) - 1)
    assert np.square(smoothed).mean() < 0.64 * np.square(raw).mean()


def test_nothing_to_smooth_and_nothing_to_fit():
    equal = torch.full((100,), -3.0)
    assert pareto_smooth(equal)[1] == -inf and torch.equal(pareto_smooth(equal)[0], equal)
    same = importance_sampling(StudentT(3).log_prob, StudentT(3), 100, generator=make_generator(0))
    assert same.k_hat == -inf and same.log_z == 0 and same.log_z_error < 1e-7
    few = torch.full((100,), -inf)
    few[:4] = torch.arange(4.0)
    assert pareto_smooth(few)[1] == inf and torch.equal(pareto_smooth(few)[0], few)
    spread = -1e3 * torch.arange(100.0)
    assert pareto_smooth(spread)[1] == inf


def test_half_of_the_draws_outside_the_target():
    draws = importance_sampling(lambda x: torch.where(x[:, 0] > 0, -x[:, 0] ** 2 / 2, -inf), Gaussian([0.0], [[1.0]], dtype=D),
                                20_000, generator=make_generator(1))
    assert abs(draws.log_z - 0.5 * log(pi / 2)) < Z_LIMIT * draws.log_z_error
    assert (draws.resample(1000, make_generator(0)) > 0).all() and draws.k_hat < 0


def test_draws_depend_on_the_generator_alone_and_carry_no_gradient():
    weight = torch.ones(1, dtype=D, requires_grad=True)
    normal = Gaussian([0.0], [[2.0]], dtype=D)
    first = importance_sampling(lambda x: -(weight * x**2).sum(-1), normal, 50, generator=make_generator(0))
    torch.manual_seed(1)
    second = importance_sampling(lambda x: -(x**2).sum(-1), normal, 50, generator=make_generator(0))
    assert torch.equal(first.positions, second.positions) and not first.log_weights.requires_grad
    single = importance_sampling(lambda x: -(x**2).sum(-1), Gaussian([0.0], [[2.0]]), 50, generator=make_generator(0))
    assert single.log_weights.dtype == torch.float32 and single.k_hat.dtype == torch.float32


@pytest.mark.parametrize("log_prob, sentence", [
    (lambda x: -(x**2), "drop the last axis"),
    (lambda x: -(x**2).sum(), "one number a point"),
    (lambda x: nan * x[:, 0], "NaN at 30 of 30 points"),
    (lambda x: inf + 0 * x[:, 0], "\\+inf at some point"),
    (lambda x: -inf + 0 * x[:, 0], "a density of zero at all 30 of them"),
    (3.0, "log_prob to be a function"),
])
def test_bad_densities(log_prob, sentence):
    with pytest.raises(InputError, match=sentence) as raised:
        importance_sampling(log_prob, Gaussian([0.0], [[1.0]], dtype=D), 30)
    assert str(raised.value).count("Expected") == 1 and "\n" not in str(raised.value)


def test_bad_proposals_and_counts():
    normal = Gaussian([0.0], [[1.0]], dtype=D)

    class Few(StudentT):
        def sample(self, n, generator=None):
            return super().sample(n - 1, generator)

    class Elsewhere(StudentT):
        def log_prob(self, x):
            return torch.where(x[:, 0] > 0, 0.0, -inf)

    for proposal, sentence in ((normal.log_prob, "an object with sample"), (StudentT, "an object with sample"),
                               (Few(3), "to return n = 30 points"), (Elsewhere(3), "NaN or \\+inf at")):
        with pytest.raises(InputError, match=sentence):
            importance_sampling(normal.log_prob, proposal, 30)
    with pytest.raises(InputError, match="n to be a whole number of at least 2"):
        importance_sampling(normal.log_prob, normal, 1)
    with pytest.raises(InputError, match="at least 25"):
        importance_sampling(normal.log_prob, normal, 24).k_hat
    with pytest.raises(InputError, match="that were resampled"):
        weigh(torch.zeros(30, 1), torch.zeros(30), torch.arange(30)).k_hat
