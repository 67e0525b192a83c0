"""Annealed Langevin: its exact law on a line by quadrature, step by step, and what becomes of the weights of two modes.

p = 0.8 N(-4, 0.5^2) + 0.2 N(4, 0.5^2), all chains from x = 1, in the basin of the small mode. Expected, and computed below:

    plain Langevin at the last step size    nearly all chains in the small mode: they cannot cross
    noise levels (blurred densities)        0.8 within 0.02: blurring keeps the weights
    temperatures (p^(1/T))                  far from 0.8: the split is made at a T at which the modes weigh 0.8^(1/T) : 0.2^(1/T)

False alarms: at most 1e-6 a test.
"""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import UnadjustedLangevin, annealed_langevin, geometric_levels, sample, tempered_score

WEIGHTS, MEANS, SD = np.array([0.8, 0.2]), np.array([-4.0, 4.0]), 0.5
GRID = np.linspace(-60, 60, 2401)  # 0.05 apart, a fifth of the narrowest transition below
START, CHAINS, NUM_STEPS = 1.0, 4000, 30


def log_prob(x, noise_level=0.0):
    sd = math.hypot(SD, noise_level)
    means, weights = torch.from_numpy(MEANS).to(x), torch.from_numpy(WEIGHTS).to(x)
    return (weights.log() - ((x - means) / sd) ** 2 / 2).logsumexp(-1)


def blurred_score(x, noise_level):
    """By hand: the responsibilities' average of (mean - x) / variance."""
    variance = SD**2 + noise_level**2
    means, weights = torch.from_numpy(MEANS).to(x), torch.from_numpy(WEIGHTS).to(x)
    return ((weights.log() - (x - means) ** 2 / (2 * variance)).softmax(-1) * (means - x)).sum(-1, keepdim=True) / variance


def law_by_quadrature(drifts, step_sizes):
    """p_{k+1}(y) = sum_x p_k(x) N(y; x + h drift(x), 2 h) on the grid, NUM_STEPS times a level. Returns its cdf on the grid."""
    spacing, p = GRID[1] - GRID[0], np.zeros_like(GRID)
    p[np.argmin(abs(GRID - START))] = 1
    for drift, h in zip(drifts, step_sizes):
        mean = GRID + h * drift
        transition = np.exp(-((GRID[None, :] - mean[:, None]) ** 2) / (4 * h)) * (spacing / np.sqrt(4 * np.pi * h))
        for _ in range(NUM_STEPS):
            p = p @ transition
    assert abs(p.sum() - 1) < 1e-8
    return np.cumsum(p) - p / 2


def check(x, cdf):
    """The chains have the law of the quadrature; returns the exact weight of the left mode."""
    assert stats.kstest(x.numpy(), lambda v: np.interp(v, GRID, cdf)).pvalue > 1e-6
    return float(np.interp(0.0, GRID, cdf))


NOISE = geometric_levels(8.0, 0.4, 12)
TEMPERATURES = geometric_levels(50.0, 1.0, 12)
LAST_STEP = 0.04


def start():
    return torch.full((CHAINS, 1), START, dtype=torch.float64)


def test_noise_levels_find_the_weights_of_the_modes():
    run = annealed_langevin(blurred_score, start(), NOISE, 0.04, NUM_STEPS, make_generator(1))
    grid = torch.from_numpy(GRID)[:, None]
    cdf = law_by_quadrature([blurred_score(grid, level)[:, 0].numpy() for level in NOISE], [0.04 * (s / 0.4) ** 2 for s in NOISE])
    assert run.positions.shape == (12, CHAINS, 1) and not run.diverged.any()
    assert abs(check(run.positions[-1, :, 0], cdf) - 0.8) < 0.02


def test_temperatures_freeze_the_weights_of_a_hotter_law():
    step_sizes = [LAST_STEP * t for t in TEMPERATURES]
    run = annealed_langevin(tempered_score(log_prob), start(), TEMPERATURES, step_sizes, NUM_STEPS, make_generator(2))
    grid = torch.from_numpy(GRID)[:, None]
    score = blurred_score(grid, 0.0)[:, 0].numpy()
    left = check(run.positions[-1, :, 0], law_by_quadrature([score / t for t in TEMPERATURES], step_sizes))
    assert 0.5 < left < 0.7


def test_plain_langevin_stays_where_it_starts():
    """The same number of steps of the last size on p itself."""
    num_steps = NUM_STEPS * len(NOISE)
    run = sample(UnadjustedLangevin(LAST_STEP), log_prob, start(), num_steps, thin=num_steps, generator=make_generator(3))
    score = blurred_score(torch.from_numpy(GRID)[:, None], 0.0)[:, 0].numpy()
    assert check(run.positions[-1, :, 0], law_by_quadrature([score] * len(NOISE), [LAST_STEP] * len(NOISE))) < 0.1


def test_the_weight_a_temperature_freezes_is_explained():
    """p^(1/T) of two separate modes of one width has the weights 0.8^(1/T) : 0.2^(1/T), by quadrature at T = 3."""
    value = np.exp(log_prob(torch.from_numpy(GRID)[:, None]).numpy() / 3)
    left = value[GRID < 0].sum() / value.sum()
    assert left == pytest.approx(0.8 ** (1 / 3) / (0.8 ** (1 / 3) + 0.2 ** (1 / 3)), abs=2e-3)


def test_it_is_the_loop_of_the_paper():
    """Two levels, two steps each, by hand; alpha = 2 h."""
    x = torch.randn(6, 3, dtype=torch.float64, generator=make_generator(0))

    def score(x, level):
        return -x / (1 + level**2)

    run = annealed_langevin(score, x, [2.0, 0.5], 0.01, 2, make_generator(4))
    generator, y = make_generator(4), x
    for level, alpha in ((2.0, 0.02 * 16), (0.5, 0.02)):
        for _ in range(2):
            noise = torch.randn(6, 3, dtype=torch.float64, generator=generator)
            y = y + alpha / 2 * score(y, level) + math.sqrt(alpha) * noise
        torch.testing.assert_close(run.positions[0 if level == 2.0 else 1], y, rtol=1e-13, atol=1e-13)
    assert torch.equal(x, torch.randn(6, 3, dtype=torch.float64, generator=make_generator(0)))


def test_a_chain_that_diverges_is_named():
    x = torch.tensor([[0.1], [40.0]])
    run = annealed_langevin(lambda x, level: -(x**3), x, [1.0, 0.5], 0.05, 10, make_generator(0))
    assert run.diverged.tolist() == [False, True]


def test_tempered_score_is_the_gradient_over_the_temperature():
    x = torch.linspace(-6, 6, 30, dtype=torch.float64)[:, None]
    torch.testing.assert_close(tempered_score(log_prob)(x, 2.5), blurred_score(x, 0.0) / 2.5, rtol=1e-12, atol=1e-12)
    h = torch.full_like(x, 1e-5)
    slope = (log_prob(x + h, 3.0) - log_prob(x - h, 3.0)) / 2e-5
    torch.testing.assert_close(slope, blurred_score(x, 3.0)[:, 0], rtol=1e-6, atol=1e-8)


def test_levels_fall_geometrically():
    levels = geometric_levels(8.0, 0.5, 5)
    assert levels == pytest.approx((8, 4, 2, 1, 0.5)) and levels[-1] == 0.5


X = torch.zeros(3, 2)
GOOD = {"score": lambda x, level: -x, "x": X, "levels": [2.0, 1.0], "step_size": 0.1, "num_steps": 3}


@pytest.mark.parametrize("changes, part", [
    ({"levels": []}, "levels to be a list of numbers"),
    ({"levels": [1.0, 2.0]}, "levels that fall"),
    ({"levels": [1.0, 1.0]}, "levels that fall"),
    ({"levels": [1.0, 0.0]}, "each level to be a finite number above 0"),
    ({"levels": [float("inf"), 1.0]}, "each level to be a finite number above 0"),
    ({"step_size": 0}, "step_size to be a finite number above 0"),
    ({"step_size": [0.1]}, "one step_size for each of 2 levels"),
    ({"step_size": [0.1, -0.1]}, "each step_size to be a finite number above 0"),
    ({"num_steps": 0}, "num_steps to be a whole number"),
    ({"x": X.half()}, "x.float()"),
    ({"x": X * torch.nan}, "the score to be finite at every starting point, but got NaN or infinity at 3 of 3"),
    ({"score": 1.0}, "score to be a function"),
    ({"score": lambda x, level: -x.sum(-1)}, "score to return shape (3, 2)"),
    ({"generator": 3}, "make_generator(seed, device='cpu')"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(changes, part):
    with pytest.raises(InputError) as caught:
        annealed_langevin(**{**GOOD, **changes})
    assert part in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("arguments, part", [
    ((1.0, 2.0, 4), "last below first"), ((1.0, 0.0, 4), "last to be a finite number"), ((1.0, 0.5, 1), "num_levels"),
])
def test_levels_that_do_not_fall_are_refused(arguments, part):
    with pytest.raises(InputError, match=part):
        geometric_levels(*arguments)
