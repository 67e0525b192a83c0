"""Weights, their errors and resampling: against sums written out, and over all values of the one uniform number."""

from math import inf, nan

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers.resampling import systematic_indices
from course_lib.samplers.weighted import weigh


def random_weights(n, seed):
    return torch.rand(n, dtype=torch.float64, generator=make_generator(seed)) ** 3


def some_draws(n=200, families=None):
    generator = make_generator(0)
    x = torch.randn(n, 2, dtype=torch.float64, generator=generator)
    return weigh(x, 3 + torch.randn(n, dtype=torch.float64, generator=generator), families)


@pytest.mark.parametrize("n, num", [(1, 5), (7, 7), (50, 20), (20, 300)])
def test_systematic_resampling_picks_floor_or_ceil_of_the_expected_number(n, num):
    for seed in range(20):
        weights = random_weights(n, seed)
        u = torch.rand((), dtype=torch.float64, generator=make_generator(seed + 100))
        picked = systematic_indices(weights, u, num)
        counts, expected = torch.bincount(picked, minlength=n), num * weights / weights.sum()
        assert len(picked) == num and (picked.diff() >= 0).all()
        assert ((counts == expected.floor()) | (counts == expected.ceil())).all()


@pytest.mark.parametrize("n, num", [(6, 6), (9, 4), (4, 31)])
def test_systematic_resampling_is_unbiased_over_all_u(n, num):
    """The counts change only where num * (W_1 + ... + W_i) - u is whole: one u in each interval between gives them all."""
    weights = random_weights(n, 3)
    expected = num * weights / weights.sum()
    edges = torch.cat([expected.cumsum(0)[:-1] % 1, torch.tensor([0.0, 1.0])]).sort().values
    mean = torch.zeros(n, dtype=torch.float64)
    for low, high in zip(edges, edges[1:]):
        mean += (high - low) * torch.bincount(systematic_indices(weights, (low + high) / 2, num), minlength=n)
    torch.testing.assert_close(mean, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("u", [0.0, 0.5, 1 - 2.0**-53])
def test_a_weight_of_zero_is_never_picked(u):
    weights = torch.tensor([0.0, 0.3, 0.0, 0.7, 0.0])
    picked = systematic_indices(weights, torch.tensor(u, dtype=torch.float64), 1000)
    assert set(picked.tolist()) == {1, 3} and len(picked) == 1000


def test_resample_keeps_the_weighted_mean():
    """The mean of 200 000 positions differs from the weighted one by at most one position a draw: |x| < 5, 200 draws."""
    draws = some_draws()
    picked = draws.resample(200_000, make_generator(4))
    bound = draws.positions.abs().sum(0) / 200_000
    assert ((picked.mean(0) - draws.expectation(lambda x: x).value).abs() <= bound).all()
    assert torch.equal(picked, draws.resample(200_000, make_generator(4)))


def test_log_z_ess_and_errors_are_those_of_the_textbook():
    draws = some_draws()
    w, x = draws.log_weights.exp().numpy(), draws.positions.numpy()
    n = len(w)
    assert draws.weights.sum() == pytest.approx(1, abs=1e-14)
    assert draws.log_z == pytest.approx(np.log(w.mean()), abs=1e-12)
    assert draws.log_z_error == pytest.approx(w.std(ddof=1) / np.sqrt(n) / w.mean(), rel=1e-12)
    assert draws.ess == pytest.approx(w.sum() ** 2 / (w**2).sum(), rel=1e-12)
    mean, error = draws.expectation(lambda x: x**2)
    expected = np.average(x**2, weights=w, axis=0)
    np.testing.assert_allclose(mean, expected, rtol=1e-12)
    residual = w[:, None] * (x**2 - expected) / w.mean()  # the ratio of two means, to first order
    np.testing.assert_allclose(error, residual.std(0, ddof=1) / np.sqrt(n), rtol=1e-12)


def test_equal_weights_give_the_plain_mean_and_its_error():
    x = torch.randn(50, 1, dtype=torch.float64, generator=make_generator(1))
    draws = weigh(x, torch.full((50,), -700.0, dtype=torch.float64))
    assert draws.log_z == -700 and draws.log_z_error < 1e-7 and draws.ess == pytest.approx(50)
    mean, error = draws.expectation(lambda x: x[:, 0])
    assert mean == pytest.approx(float(x.mean())) and error == pytest.approx(float(x.std()) / 50**0.5)


def test_families_are_the_independent_units():
    """1 - n / (n - 1) times the probability that two weighted draws are of different families, pair by pair."""
    families = torch.tensor([0, 0, 0, 2, 2, 5, 5, 5, 5, 9] * 2)
    draws, n = some_draws(20, families), 20
    w = draws.weights
    different = sum(float(w[i] * w[j]) for i in range(n) for j in range(n) if families[i] != families[j])
    assert draws.log_z_error == pytest.approx((1 - n / (n - 1) * different) ** 0.5, rel=1e-12)
    mean, error = draws.expectation(lambda x: x[:, 0])
    deviation = w * (draws.positions[:, 0] - mean)
    same = sum(float(deviation[i] * deviation[j]) for i in range(n) for j in range(n) if families[i] == families[j])
    assert error == pytest.approx((n / (n - 1) * same) ** 0.5, rel=1e-12)
    assert draws.log_z_error > 1.2 * some_draws(20).log_z_error


def test_expectation_of_anything_and_zero_weights_do_not_count():
    x = torch.tensor([[0.0], [1.0], [3.0]], dtype=torch.float64)
    draws = weigh(x, torch.tensor([-inf, 0.0, 0.0], dtype=torch.float64))
    mean, error = draws.expectation(lambda x: 1 / x)
    assert mean == pytest.approx(2 / 3) and torch.isfinite(error).all()
    outer = draws.expectation(lambda x: torch.stack([x, x**2], -1))
    assert outer.value.shape == outer.standard_error.shape == (1, 2) and outer.value[0, 1] == pytest.approx(5)


def test_the_stated_errors_are_the_true_ones():
    """2000 experiments of 400 draws: sum of squared z is chi-square with 2000 degrees, to the O(1 / n) of the delta method.

    x ~ N(0, 1), w = exp(x / 2): log Z = 1/8, the weighted mean is 1/2. Ten per cent are left to that O(1 / n); false-alarm
    rate 1e-6.
    """
    x = torch.randn(2000, 400, 1, dtype=torch.float64, generator=make_generator(8))
    z = []
    for row in x:
        draws = weigh(row, row[:, 0] / 2)
        mean, error = draws.expectation(lambda x: x[:, 0])
        z.append([(draws.log_z - 1 / 8) / draws.log_z_error, (mean - 0.5) / error])
    total = (np.array(z) ** 2).sum(0)
    low, high = stats.chi2(2000).ppf([2.5e-7, 1 - 2.5e-7])
    assert (0.9 * low < total).all() and (total < 1.1 * high).all()


@pytest.mark.parametrize("log_weights, sentence", [
    (torch.zeros(3), "Expected log_weights to be one number a draw"),
    (torch.zeros(4, 1), "Expected log_weights to be one number a draw"),
    (torch.zeros(4, dtype=torch.int64), "Expected log_weights to be one number a draw"),
    ([0.0] * 4, "Expected log_weights to be one number a draw"),
    (torch.tensor([0.0, nan, 0.0, 0.0]), "NaN or \\+inf at 1 of 4 draws"),
    (torch.tensor([0.0, inf, inf, 0.0]), "NaN or \\+inf at 2 of 4 draws"),
    (torch.full((4,), -inf), "a density of zero at all 4 of them"),
])
def test_weights_that_are_none(log_weights, sentence):
    with pytest.raises(InputError, match=sentence):
        weigh(torch.zeros(4, 2), log_weights)


def test_other_bad_input():
    with pytest.raises(InputError, match="at least two draws"):
        weigh(torch.zeros(1, 2), torch.zeros(1))
    with pytest.raises(InputError, match="positions to be a float32 or float64 tensor of shape \\(n, dim\\)"):
        weigh(torch.zeros(4), torch.zeros(4))
    with pytest.raises(InputError, match="one row a draw"):
        some_draws().expectation(lambda x: x.mean())
    with pytest.raises(InputError, match="n to be a whole number"):
        some_draws().resample(0)
