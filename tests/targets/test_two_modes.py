"""Two modes: the exact map against scipy, in the modes, in the tails and far into the gap."""

import math

import pytest
import torch
from scipy import optimize, special, stats

from course_lib.inputs import InputError
from course_lib.targets.two_modes import TwoModes

DOUBLE = {"dtype": torch.float64}


def cdf(x, m, s, w=0.5):
    return w * stats.norm.cdf(x, -m, s) + (1 - w) * stats.norm.cdf(x, m, s)


@pytest.mark.parametrize("m, s, w", [(1.0, 1.0, 0.5), (3.0, 0.5, 0.5), (2.0, 0.5, 0.8), (3.0, 1.0, 0.3)])
def test_map_solves_the_equation(m, s, w):
    z = torch.linspace(-4, 4, 41, **DOUBLE)[:, None]
    x, log_slope = TwoModes(m, s, 1, w, **DOUBLE).exact_map(z)
    for a, b, slope in zip(z[:, 0].tolist(), x[:, 0].tolist(), log_slope.exp().tolist()):
        root = optimize.brentq(lambda x: cdf(x, m, s, w) - stats.norm.cdf(a), -m - 9 * s, m + 9 * s, xtol=1e-14)
        density = w * stats.norm.pdf(root, -m, s) + (1 - w) * stats.norm.pdf(root, m, s)
        # scipy's own equation is flat between the modes: an error of 1e-16 in it is one of 1e-16 * slope in the root.
        assert abs(b - root) < 1e-10 * max(slope, 1)
        if slope < 1e3:
            assert slope == pytest.approx(stats.norm.pdf(a) / density, rel=1e-6)


@pytest.mark.parametrize("m, s", [(3.0, 0.5), (4.0, 0.5), (9.0, 1.0)])
def test_far_into_the_gap(m, s):
    # For x = 0 + d the mass between the middle and x is d p(0) (1 + O((m d / s^2)^2)): the inverse of the map, known there.
    d = 1e-7 * s
    density = stats.norm.pdf(m / s) / s
    z = math.sqrt(2) * special.erfinv(2 * d * density)
    x, log_slope = TwoModes(m, s, 1, **DOUBLE).exact_map(torch.tensor([[z], [-z], [0.0]], **DOUBLE))
    assert x[:, 0].tolist() == pytest.approx([d, -d, 0.0], rel=1e-6, abs=1e-15)
    assert log_slope.tolist() == pytest.approx(3 * [math.log(s) + m**2 / (2 * s**2)], rel=1e-11)


def test_far_into_the_tails():
    x, log_slope = TwoModes(3.0, 0.5, 1, **DOUBLE).exact_map(torch.tensor([[-30.0], [30.0]], **DOUBLE))
    assert torch.isfinite(log_slope).all() and x[0, 0] == -x[1, 0]
    tail = special.log_ndtr(-(float(x[1, 0]) - 3.0) / 0.5) + math.log(0.5)
    assert tail == pytest.approx(special.log_ndtr(-30.0), rel=1e-13)


def test_slope_is_steepest_in_the_middle():
    target = TwoModes(2.0, 0.5, 1, **DOUBLE)
    assert target.slope_at_middle == pytest.approx(0.5 * math.exp(8), rel=1e-12)
    _, log_slope = target.exact_map(torch.linspace(-5, 5, 2001, **DOUBLE)[:, None])
    assert log_slope.argmax() == 1000
    assert TwoModes(2.0, 0.5, 1, 0.8, **DOUBLE).middle == pytest.approx(stats.norm.ppf(0.8), rel=1e-14)


def test_slope_is_that_of_autograd_of_the_inverse_in_two_dimensions():
    target = TwoModes(1.0, 0.7, dim=2, **DOUBLE)
    z = torch.tensor([[0.3, -1.0], [-1.5, 0.2]], **DOUBLE)
    x, log_det = target.exact_map(z)
    assert torch.equal(x[:, 1], 0.7 * z[:, 1])
    step = 1e-5 * torch.tensor([1.0, 0.0], **DOUBLE)
    slope = (target.exact_map(z + step)[0] - target.exact_map(z - step)[0])[:, 0] / 2e-5
    assert torch.allclose(log_det, slope.log() + math.log(0.7), rtol=0, atol=1e-8)


@pytest.mark.parametrize("m, s, w", [(1.0, 1.0, 0.5), (3.0, 0.5, 0.3), (6.0, 0.5, 0.5)])
def test_strip_probability(m, s, w):
    h = m / 2
    expected = sum(v * (stats.norm.sf(m - h, scale=s) - stats.norm.sf(m + h, scale=s)) for v in (w, 1 - w))
    assert TwoModes(m, s, 2, w, **DOUBLE).strip_probability(h) == pytest.approx(expected, rel=1e-12)


def test_map_in_single_precision_and_bad_arguments():
    z = torch.linspace(-3, 3, 50)[:, None]
    single, double = TwoModes(2.0, 0.5), TwoModes(2.0, 0.5, **DOUBLE)
    assert single.exact_map(z)[0].dtype == torch.float32
    assert torch.allclose(single.exact_map(z)[0].double(), double.exact_map(z.double())[0], rtol=1e-6, atol=1e-6)
    for wrong in ({"distance": -1.0}, {"scale": 0.0}, {"left_weight": 1.0}, {"dim": 0}):
        with pytest.raises(InputError):
            TwoModes(**wrong)
