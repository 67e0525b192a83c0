"""R-hat by its definition, written a second time, and what it must and must not see."""

from math import exp, sqrt

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.diagnostics import ess_bulk, nested_rhat, rhat
from course_lib.diagnostics.ranks import average_ranks, fold, quantile, rank_normalise
from course_lib.randomness import make_generator


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=make_generator(seed))


def test_split_rhat_by_hand():
    """Chains 0 2 1 3 and 4 6 5 7: half chains of variance 2 and means 1, 2, 5, 6."""
    x = torch.tensor([[0.0, 4.0], [2.0, 6.0], [1.0, 5.0], [3.0, 7.0]])[:, :, None]
    within, of_means = 2.0, np.var([1, 2, 5, 6], ddof=1)
    expected = sqrt((within / 2 + of_means) / within)
    assert rhat(x, rank_normalised=False).item() == pytest.approx(expected, rel=1e-14)


def test_nested_rhat_by_hand():
    """One draw of 6 chains in 2 superchains: (1, 2, 3) and (5, 7, 9), variances 1 and 4, means 2 and 7."""
    x = torch.tensor([[1.0, 2.0, 3.0, 5.0, 7.0, 9.0]])[:, :, None]
    assert nested_rhat(x, 2, rank_normalised=False).item() == pytest.approx(sqrt(1 + 12.5 / 2.5), rel=1e-14)
    two = torch.cat([x, x + 1])  # the means move by 1/2, each chain has variance 1/2
    assert nested_rhat(two, 2, rank_normalised=False).item() == pytest.approx(sqrt(1 + 12.5 / 3.0), rel=1e-14)


def test_nested_rhat_of_one_independent_draw():
    """B / W is F / M with M chains a superchain: F has (K - 1, K (M - 1)) degrees of freedom. False alarms 1e-6."""
    superchains, size = 8, 50
    value = nested_rhat(normal(1, superchains * size, 3), superchains, rank_normalised=False)
    f = ((value**2 - 1) * size).numpy()
    law = stats.f(superchains - 1, superchains * (size - 1))
    p = 2 * np.minimum(law.cdf(f), law.sf(f))
    assert (p > 1e-6 / 3).all()


def test_nested_rhat_sees_the_start_in_short_chains_that_rhat_cannot_judge():
    """Superchains start at -3, -1, 1, 3 and forget by a factor per step: 4 steps are too few at 0.9, plenty at 0.1."""
    start = torch.tensor([-3.0, -1.0, 1.0, 3.0], dtype=torch.float64).repeat_interleave(64)
    values = {}
    for memory in (0.9, 0.1):
        x, chain = [], start
        for t in range(8):
            chain = memory * chain + sqrt(1 - memory**2) * normal(256, seed=t)
            x.append(chain)
        values[memory] = nested_rhat(torch.stack(x[4:])[:, :, None], 4).item()
    assert values[0.9] > 1.5 and values[0.1] < 1.05


def test_each_kind_of_disagreement_is_seen():
    x = normal(1000, 4, 1)
    scale = torch.tensor([1.0, 1.0, 1.0, 3.0])[:, None]
    shift = torch.tensor([0.0, 0.0, 0.0, 1.0])[:, None]
    drift = torch.linspace(0, 2, 1000)[:, None, None]
    assert rhat(x) < 1.01
    assert rhat(x + shift) > 1.05 and rhat(x + drift) > 1.03
    assert rhat(x * scale) > 1.05 > 1.01 > rhat(x * scale, rank_normalised=False)
    cauchy = torch.tan(torch.pi * (torch.special.ndtr(x) - 0.5))
    assert rhat(cauchy + 2 * shift) > 1.05 > 1.03 > rhat(cauchy + 2 * shift, rank_normalised=False)


def test_false_alarms_of_rhat():
    """5000 runs of 4 chains of 250 independent normal draws: R-hat > 1.035 has probability 1e-7 in all of them."""
    n, chains = 125, 8
    bound = n * 1.035**2 - n + 1  # R-hat^2 = (F + n - 1) / n for the split R-hat of normal draws
    assert stats.f.sf(bound, chains - 1, chains * (n - 1)) * 5000 < 1e-6
    assert rhat(normal(250, 4, 5000), rank_normalised=False).max() < 1.035


def test_chains_that_stand_still_each_elsewhere():
    x = torch.arange(4.0)[None, :, None].expand(20, 4, 1)
    assert rhat(x).item() == float("inf")
    assert ess_bulk(x).item() < 8  # 8 half chains, and two of each agree


def test_monotone_maps_change_nothing_but_the_folding():
    x = normal(200, 4, 2)
    torch.testing.assert_close(ess_bulk(x), ess_bulk(x.exp()), rtol=1e-12, atol=0)
    torch.testing.assert_close(rank_normalise(x), rank_normalise(x**3), rtol=1e-12, atol=0)
    torch.testing.assert_close(rhat(5 - 3 * x), rhat(x), rtol=1e-4, atol=0)  # the middle two are a tie but for rounding


@pytest.mark.parametrize("values", [normal(50, 1), normal(50, 3).round(), torch.zeros(7, 2), torch.ones(1, 2)],
                         ids=["distinct", "ties", "all equal", "one"])
def test_average_ranks(values):
    expected = stats.rankdata(values.numpy(), method="average", axis=0)
    np.testing.assert_array_equal(average_ranks(values.double()).numpy(), expected)


@pytest.mark.parametrize("n", [1, 2, 5, 6, 101])
def test_quantiles_and_the_median(n):
    x = normal(n, 1, 3, seed=n)
    for prob in (0.05, 0.25, 0.5, 0.77, 0.95):
        np.testing.assert_allclose(quantile(x, prob).numpy(), np.quantile(x.numpy()[:, 0], prob, axis=0), rtol=1e-14)
    np.testing.assert_array_equal(fold(x).numpy(), np.abs(x.numpy() - np.median(x.numpy(), axis=0)))


def test_normal_scores():
    """The score of rank r of S is Phi^-1((r - 3/8) / (S + 1/4)): Phi brings them back."""
    score = rank_normalise(torch.tensor([3.0, 1.0, exp(1), 1.0], dtype=torch.float64).view(2, 2, 1)).flatten()
    back = stats.norm.cdf(score.numpy()) * 4.25 + 0.375
    np.testing.assert_allclose(back, [4, 1.5, 3, 1.5], rtol=1e-12)
