"""The same numbers as arviz-stats to 1e-6 on awkward chains, all coordinates at once and one by one."""

import numpy as np
import pytest
import torch
from arviz_stats.base import array_stats as arviz

from course_lib import diagnostics

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # arviz-stats divides by 0 where chains stand still


def same(ours, reference):
    assert ours.dtype == torch.float64
    np.testing.assert_allclose(ours.numpy(), np.atleast_1d(reference), rtol=1e-6, atol=0)


def positions(recorded):
    return torch.from_numpy(recorded)[:, :, None]


def test_rhat(recorded):
    same(diagnostics.rhat(positions(recorded)), arviz.rhat(recorded.T, method="rank"))
    same(diagnostics.rhat(positions(recorded), rank_normalised=False), arviz.rhat(recorded.T, method="split"))


def test_nested_rhat(recorded):
    recorded = recorded[:, : recorded.shape[1] // 2 * 2]
    if recorded.shape[1] < 4:
        recorded = np.concatenate([recorded, recorded[::-1] + 0.3], 1)
    for num_superchains in {2, recorded.shape[1] // 2}:
        owners = np.repeat(np.arange(num_superchains), recorded.shape[1] // num_superchains)
        x = positions(recorded)
        same(diagnostics.nested_rhat(x, num_superchains), arviz.rhat_nested(recorded.T, owners, method="rank"))
        same(diagnostics.nested_rhat(x, num_superchains, rank_normalised=False),
             arviz.rhat_nested(recorded.T, owners, method="identity"))


@pytest.mark.parametrize("chains", [1, None], ids=["one chain", "all chains"])
def test_effective_sample_sizes(recorded, chains):
    recorded = recorded[:, :chains]
    x = positions(recorded)
    for name in ("bulk", "mean", "sd"):
        if name == "sd" and np.ptp((recorded - recorded.mean()) ** 2) < 1e-12:
            continue  # "up and down": its squares differ by rounding alone
        same(getattr(diagnostics, f"ess_{name}")(x), arviz.ess(recorded.T, method=name))
    same(diagnostics.ess_tail(x), arviz.ess(recorded.T, method="tail", prob=(0.05, 0.95)))
    same(diagnostics.ess_tail(x, 0.5), arviz.ess(recorded.T, method="tail", prob=(0.25, 0.75)))
    for prob in (0.01, 0.3, 0.5, 0.9):
        same(diagnostics.ess_quantile(x, prob), arviz.ess(recorded.T, method="quantile", prob=prob))


def test_standard_errors(recorded):
    x = positions(recorded)
    same(diagnostics.mcse_mean(x), arviz.mcse(recorded.T, method="mean"))
    for prob in (0.01, 0.25, 0.5, 0.95):
        same(diagnostics.mcse_quantile(x, prob), arviz.mcse(recorded.T, method="quantile", prob=prob))


def test_standard_error_of_the_sd(recorded):
    """arviz-stats 0.8.0 divides by the ESS of the mean; here it is that of (x - mean)^2 (test_standard_error.py shows why)."""
    d = recorded - recorded.mean()
    if np.ptp(d**2) < 1e-12:
        return
    of_the_mean = arviz.mcse(recorded.T, method="sd")
    correction = np.sqrt(arviz.ess(recorded.T, method="mean") / arviz.ess(recorded.T, method="sd"))
    same(diagnostics.mcse_sd(positions(recorded)), of_the_mean * correction)


def test_ebfmi(recorded):
    moving = recorded[:, np.ptp(recorded, 0) > 0]
    same(diagnostics.ebfmi(torch.from_numpy(moving)), arviz.bfmi(moving.T))


def test_coordinates_do_not_see_each_other(autoregressive):
    rng = np.random.default_rng(3)
    moving = [autoregressive(phi, (151, 4), rng) for phi in (-0.9, 0.0, 0.5, 0.99)]
    x = np.stack([*moving, rng.integers(3, size=(151, 4)) * 1.0], 2)
    together = torch.from_numpy(x)
    for name in ("rhat", "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "mcse_mean", "mcse_sd"):
        function = getattr(diagnostics, name)
        alone = torch.cat([function(together[:, :, i : i + 1]) for i in range(5)])
        torch.testing.assert_close(function(together), alone, rtol=1e-12, atol=0)
    same(diagnostics.ess_bulk(together), [arviz.ess(x[:, :, i].T, method="bulk") for i in range(5)])
    same(diagnostics.mcse_quantile(together, 0.1), [arviz.mcse(x[:, :, i].T, method="quantile", prob=0.1) for i in range(5)])


def test_float32_positions_are_judged_in_float64(autoregressive):
    x = autoregressive(0.9, (400, 4), np.random.default_rng(5)).astype(np.float32)
    ours = diagnostics.ess_mean(torch.from_numpy(x)[:, :, None].requires_grad_())
    assert not ours.requires_grad
    same(ours, arviz.ess(x.T.astype(np.float64), method="mean"))


@pytest.mark.parametrize("num_draws", [8, 10, 13])
def test_many_tiny_runs(num_draws):
    """Short chains of small whole numbers: sums of exactly 0, ends of Geyer's sum at the last lag, ties everywhere."""
    x = np.random.default_rng(num_draws).integers(-2, 3, size=(num_draws, 2, 60)) * 1.0
    together = torch.from_numpy(x)
    for name in ("bulk", "mean", "sd"):
        same(getattr(diagnostics, f"ess_{name}")(together), [arviz.ess(x[:, :, i].T, method=name) for i in range(60)])
    same(diagnostics.ess_tail(together), [arviz.ess(x[:, :, i].T, method="tail", prob=(0.05, 0.95)) for i in range(60)])
    same(diagnostics.rhat(together), [arviz.rhat(x[:, :, i].T) for i in range(60)])
