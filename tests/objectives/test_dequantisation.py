"""Dequantisation. Judges: a pmf written down, whose entropy no valid bound beats, and quadrature over the unit cells."""

import math
import re

import pytest
import torch

from course_lib.data import load_digits
from course_lib.inputs import InputError
from course_lib.models.flows.copula import LevelMarginals
from course_lib.objectives.dequantisation import bits_per_dim, dequantised_bound, importance_bound, uniform_noise
from course_lib.randomness import make_generator

PMF = torch.tensor([[0.30, 0.05, 0.01], [0.04, 0.20, 0.10], [0.02, 0.08, 0.20]], dtype=torch.float64)  # two pixels, 3 levels
CELLS = torch.cartesian_prod(torch.arange(3.0, dtype=torch.float64), torch.arange(3.0, dtype=torch.float64))


def flat(x):
    """The density of x + u for u uniform: constant on every cell."""
    k = x.floor().long()
    return PMF.log()[k[:, 0], k[:, 1]]


def in_cell(width):
    """A density that puts the mass of every cell on its lower left corner, [0, width)^2."""
    def log_prob(x):
        inside = (x - x.floor() < width).all(-1)
        return torch.where(inside, flat(x) - 2 * math.log(width), -math.inf)
    return log_prob


def tilted(strength):
    """A density that is not constant in the cells: exp(strength u) in each coordinate, normalised."""
    def log_prob(x):
        u = x - x.floor()
        return flat(x) + (strength * u - math.log(math.expm1(strength) / strength)).sum(-1)
    return log_prob


def mean_over_pmf(bound):
    return float((PMF.flatten() * bound).sum())


def every_cell(noise):
    return CELLS.repeat_interleave(len(noise), 0), noise.repeat(9, 1)


GRID = (torch.arange(64, dtype=torch.float64) + 0.5) / 64
SQUARE = torch.cartesian_prod(GRID, GRID)  # the midpoint rule on one cell


def test_the_law_itself_reaches_the_entropy_with_every_draw():
    noise = uniform_noise(CELLS, make_generator(0))
    bound = dequantised_bound(flat, CELLS, noise, num_levels=3)
    torch.testing.assert_close(bound, PMF.flatten().log())
    assert mean_over_pmf(bound) == pytest.approx(float((PMF * PMF.log()).sum()), abs=1e-12)


@pytest.mark.parametrize("strength", [0.5, 2.0, 6.0])
def test_no_density_beats_the_entropy_and_jensen_is_what_it_loses(strength):
    """Quadrature over the cell, no chance: the mass of every cell is the pmf, the bound is below by the Kullback-Leibler
    divergence of the uniform law from the density inside a cell."""
    levels, noise = every_cell(SQUARE)
    values = dequantised_bound(tilted(strength), levels, noise, num_levels=3).view(9, -1)
    mass = values.exp().mean(1)
    torch.testing.assert_close(mass, PMF.flatten(), rtol=1e-3, atol=0)
    loss = 2 * (math.log(math.expm1(strength) / strength) - strength / 2)
    torch.testing.assert_close(values.mean(1), PMF.flatten().log() - loss, rtol=0, atol=1e-6)
    assert mean_over_pmf(values.mean(1)) < float((PMF * PMF.log()).sum()) and values.mean(1).exp().sum() < 1


def test_the_right_noise_makes_the_bound_tight():
    """q proportional to the density in the cell: log p - log q is log P(x) whatever the draw."""
    strength, levels = 2.0, CELLS
    v = uniform_noise(levels, make_generator(1))
    u = torch.log1p(v * math.expm1(strength)) / strength  # the inverse of q's distribution function
    log_q = (strength * u - math.log(math.expm1(strength) / strength)).sum(-1)
    bound = dequantised_bound(tilted(strength), levels, u, log_q, num_levels=3)
    torch.testing.assert_close(bound, PMF.flatten().log())


def test_noise_from_half_a_cell_would_beat_the_entropy():
    """The mistake that reports 64 log 2 = 44 nats too many on 64 pixels; noise over the whole cell shows it at once."""
    entropy = -float((PMF * PMF.log()).sum())
    u = uniform_noise(CELLS, make_generator(2))
    wrong = mean_over_pmf(dequantised_bound(in_cell(0.5), CELLS, u / 2, num_levels=3))
    assert wrong == pytest.approx(-entropy + 2 * math.log(2), abs=1e-9)
    levels, noise = every_cell(SQUARE)
    assert mean_over_pmf(dequantised_bound(in_cell(0.5), levels, noise, num_levels=3).view(9, -1).mean(1)) == -math.inf


def test_importance_bound_rises_from_the_mean_to_the_mass():
    levels, noise = every_cell(SQUARE)
    values = dequantised_bound(tilted(2.0), levels, noise, num_levels=3).view(9, -1).T
    torch.testing.assert_close(importance_bound(values[:1]), values[0])
    torch.testing.assert_close(importance_bound(values).exp(), PMF.flatten(), rtol=1e-3, atol=0)
    assert (importance_bound(values) > values.mean(0)).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_uniform_noise_stays_inside_the_cell_up_to_the_largest_level(dtype):
    """2^20 draws on top of level 16; the mean of n uniform draws misses 1/2 by more than 5 / sqrt(12 n) with 6e-7."""
    levels = torch.full((2**14, 64), 16.0, dtype=dtype)
    noise = uniform_noise(levels, make_generator(0))
    x = levels + noise
    assert noise.dtype == dtype and (x > 16).all() and (x < 17).all() and torch.equal(x - levels, noise)
    assert abs(float(noise.double().mean()) - 0.5) < 5 / math.sqrt(12 * noise.numel())
    assert abs(float(noise.double().var()) - 1 / 12) < 5 / math.sqrt(180 * noise.numel())
    assert torch.equal(noise, uniform_noise(levels, make_generator(0)))


def test_independent_pixels_on_the_digits():
    """The bar of the topic: add-one counts of the first 1000 digits, 106.47 nats on the last 447. Counted twice: by the
    flow with uniform noise, and with nothing but the counts."""
    train, test = (load_digits(split, dtype=torch.float64).images for split in ("train", "test"))
    marginals = LevelMarginals.from_levels(train)

    def log_prob(x):
        z, log_det = marginals.inverse(x)
        return log_det - (z**2 / 2 + math.log(2 * math.pi) / 2).sum(-1)

    bound = dequantised_bound(log_prob, test, uniform_noise(test, make_generator(0)))
    counted = sum(torch.log((1 + (train[:, i, None] == test[:, i]).sum(0)).double() / 1017) for i in range(64))
    torch.testing.assert_close(bound, counted, rtol=0, atol=1e-9)
    assert -float(bound.mean()) == pytest.approx(106.47, abs=0.01)
    assert bits_per_dim(-float(bound.mean()), 64) == pytest.approx(2.400, abs=0.001)


WRONG = {
    "scaled levels": (lambda: (CELLS / 2, SQUARE[:9]), "levels to be whole numbers from 0 to 2.*0\\.5 in it.*not scaled"),
    "levels too high": (lambda: (CELLS + 1, SQUARE[:9]), "levels to be whole numbers from 0 to 2.*3 in it"),
    "levels below": (lambda: (CELLS - 1, SQUARE[:9]), "levels to be whole numbers from 0 to 2.*-1 in it"),
    "centred noise": (lambda: (CELLS, SQUARE[:9] - 0.5), "noise in \\[0, 1\\).*uniform_noise"),
    "wide noise": (lambda: (CELLS, 2 * SQUARE[-9:]), "noise in \\[0, 1\\)"),
    "one noise": (lambda: (CELLS, SQUARE[:1]), "one noise for every level"),
    "image shape": (lambda: (CELLS[:, None], SQUARE[:9]), "levels to be .*flatten"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_one_sentence(name):
    make, sentence = WRONG[name]
    with pytest.raises(InputError, match=sentence):
        dequantised_bound(flat, *make(), num_levels=3)


def test_log_q_is_one_number_an_image():
    with pytest.raises(InputError, match=re.escape("log_q of shape (9,)")):
        dequantised_bound(flat, CELLS, SQUARE[:9], torch.zeros(9, 2), num_levels=3)


def test_bits_per_dim_of_uniform_levels():
    assert bits_per_dim(64 * math.log(17), 64) == pytest.approx(math.log2(17), abs=1e-12)
    with pytest.raises(InputError, match="dim"):
        bits_per_dim(1.0, 0)
