"""What ESS and MCSE promise: the spread of the estimate over independent repeats, and closed forms.

1000 independent runs lie in the last axis, as if they were coordinates. Seeds are fixed; a variance ratio of 1000 normal
estimates has standard deviation 0.045, so the bounds of 25 % (12 % of a standard error) are 5.3 of them: false alarms 1e-6.
"""

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.diagnostics import autocorrelation, ess_mean, ess_sd, mcse_mean, mcse_quantile, mcse_sd
from course_lib.diagnostics.autocorrelation import autocovariance
from course_lib.diagnostics.beta_quantile import beta_quantile

DRAWS, CHAINS, RUNS = 400, 4, 1000


@pytest.fixture(params=[-0.8, -0.3, 0.0, 0.6, 0.9])
def phi_and_runs(request, autoregressive):
    return request.param, torch.from_numpy(autoregressive(request.param, (DRAWS, CHAINS, RUNS), np.random.default_rng(7)))


def within(ratio, bound):
    assert 1 / bound < float(ratio) < bound, f"ratio {float(ratio):.3f}"


def test_standard_error_of_the_mean_is_its_standard_deviation(phi_and_runs):
    """Exactly: the variance of the mean is sum_{s,t} phi^|s-t| / (n^2 chains); the mean of MCSE^2 must be that.

    But ESS is held below S log10 S, which phi = -0.8 would exceed: the error given is then 1.7 times the true one. At 0.9
    a half chain is 10 autocorrelation times long, and MCSE^2 comes out 15 % too large on average.
    """
    phi, x = phi_and_runs
    lags = np.abs(np.subtract.outer(np.arange(DRAWS), np.arange(DRAWS)))
    exact = (float(phi) ** lags).sum() / DRAWS**2 / CHAINS
    within(x.mean((0, 1)).var() / exact, 1.25)
    size = DRAWS * CHAINS
    within(mcse_mean(x).square().mean() / max(exact, 1 / (size * np.log10(size))), 1.2)  # a mean of 1000: bias alone
    within(ess_mean(x).median() / (size * min((1 - phi) / (1 + phi), np.log10(size))), 1.1)


def test_standard_error_of_the_sd(phi_and_runs):
    """(x - mean)^2 of an autoregression has autocorrelation phi^2k: ESS S (1 - phi^2) / (1 + phi^2), whatever the sign.

    With the ESS of the mean the error at phi = -0.8 would come out 4 times too small, at 0.9 1.4 times too large.
    """
    phi, x = phi_and_runs
    within(ess_sd(x).median() / (DRAWS * CHAINS * (1 - phi**2) / (1 + phi**2)), 1.15)
    spread = x.flatten(0, 1).std(0).var()
    within(mcse_sd(x).square().mean() / spread, 1.25)
    if abs(phi) > 0.7:
        wrong = mcse_sd(x).square() * ess_sd(x) / ess_mean(x)
        assert not 1 / 1.6 < wrong.mean() / spread < 1.6


@pytest.mark.parametrize("prob", [0.1, 0.5])
def test_standard_error_of_a_quantile(phi_and_runs, prob):
    phi, x = phi_and_runs
    spread = torch.quantile(x.flatten(0, 1), prob, dim=0).var()
    within(mcse_quantile(x, prob).square().mean() / spread, 1.3)


def test_beta_quantiles():
    a = torch.tensor([1.0, 1.2, 1.5, 3.0, 30.0, 500.0, 1e5, 1e7, 2.0], dtype=torch.float64)
    b = torch.tensor([1.0, 30.0, 4.0, 3.0, 2.0, 500.0, 1e6, 1e3, 1e6], dtype=torch.float64)
    for prob in (1e-3, 0.1587, 0.5, 0.8413, 0.999):
        np.testing.assert_allclose(beta_quantile(prob, a, b).numpy(), stats.beta.ppf(prob, a, b), rtol=1e-6)


@pytest.mark.parametrize("n", [4, 5, 64, 131])
def test_autocovariance_is_the_sum_it_stands_for(n, autoregressive):
    x = autoregressive(0.7, (n, 2, 3), np.random.default_rng(n)) + 5
    d = x - x.mean(0)
    direct = np.stack([(d[: n - k] * d[k:]).sum(0) / n for k in range(n)])
    np.testing.assert_allclose(autocovariance(torch.from_numpy(x)).numpy(), direct, atol=1e-13)
    rho = autocorrelation(torch.from_numpy(x), max_lag=3).numpy()
    assert rho.shape == (4, 2, 3)
    np.testing.assert_allclose(rho, direct[:4] / direct[0], atol=1e-12)


def test_a_chain_that_never_moved_has_no_autocorrelation():
    x = torch.stack([torch.arange(6.0), torch.ones(6)], 1)[:, :, None]
    rho = autocorrelation(x)
    assert torch.isfinite(rho[:, 0]).all() and torch.isnan(rho[:, 1]).all()
