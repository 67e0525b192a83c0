"""The spline against zuko's, autograd, its own inverse, and in single precision."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows.splines import knots, rational_quadratic
from course_lib.randomness import make_generator


def drawn(seed, scale, dtype=torch.float64, n=500):
    """Points and raw parameters of 8 bins; scale 3 makes bins and slopes that differ by factors of thousands."""
    generator = make_generator(seed)
    x = 3 * torch.randn(n, 2, generator=generator, dtype=dtype)
    return x, [scale * torch.randn(n, 2, k, generator=generator, dtype=dtype) for k in (8, 8, 7)]


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
def test_agrees_with_zuko(scale):
    zuko = pytest.importorskip("zuko")
    x, raw = drawn(0, scale)
    spline = zuko.transforms.MonotonicRQSTransform(*raw)
    spline.horizontal, spline.vertical, spline.derivatives = knots(torch.stack(raw[:2], -2), raw[2], 5.0).unbind(-2)
    y, log_slope = rational_quadratic(x, *raw)
    expected, expected_log = spline.call_and_ladj(x)
    # Measured over 20 seeds of 20 000 points: 7e-15 and 4e-15.
    assert torch.allclose(y, expected, rtol=0, atol=1e-10) and torch.allclose(log_slope, expected_log, rtol=0, atol=1e-10)
    z, _ = rational_quadratic(y, *raw, inverse=True)
    # Where the spline is flat any error in y is multiplied by 1 / slope, for both libraries alike.
    assert ((z - spline._inverse(y)).abs() * log_slope.exp().clamp(max=1) < 1e-10).all()


@pytest.mark.parametrize("inverse", [False, True])
def test_log_slope_is_that_of_autograd(inverse):
    x, raw = drawn(1, 1.0)
    x.requires_grad_()
    y, log_slope = rational_quadratic(x, *raw, inverse=inverse)
    (slope,) = torch.autograd.grad(y.sum(), x)
    assert torch.allclose(slope.log(), log_slope, rtol=1e-8, atol=1e-8)


def test_gradient_in_all_arguments():
    x, raw = drawn(2, 1.0, n=3)
    arguments = [a.requires_grad_() for a in (x, *raw)]
    for inverse in (False, True):
        assert torch.autograd.gradcheck(lambda *a: rational_quadratic(*a, inverse=inverse), arguments)


@pytest.mark.parametrize("dtype, bar", [(torch.float64, 1e-13), (torch.float32, 1e-5)])
def test_inverse_undoes_forward(dtype, bar):
    # Error in x times the slope there, if below 1: what no inverse can avoid is the rounding of y divided by the slope.
    # Measured over 2 seeds of 20 000 points with scales up to 10: 4e-15 in float64, 2.4e-6 in float32 (5 ulp of the ends).
    for scale in (0.1, 1.0, 3.0, 10.0):
        x, raw = drawn(3, scale, dtype, n=5000)
        y, log_slope = rational_quadratic(x, *raw)
        z, log_back = rational_quadratic(y, *raw, inverse=True)
        assert torch.isfinite(z).all() and torch.isfinite(log_back).all()
        assert ((z - x).abs() * log_slope.exp().clamp(max=1)).max() < bar


def test_exact_at_the_knots_and_in_the_tails():
    _, (widths, heights, slopes) = drawn(4, 1.0, n=1)
    table = knots(torch.stack([widths, heights], -2), slopes, 5.0)[0, 0]
    raw = [a[0, 0].expand(9, -1) for a in (widths, heights, slopes)]
    assert table[0, 0] == -5 and table[0, -1] == 5 and (table[:2].diff() > 0).all()
    y, log_slope = rational_quadratic(table[0], *raw)
    assert torch.allclose(y, table[1], rtol=0, atol=1e-14) and torch.allclose(log_slope.exp(), table[2], rtol=1e-12)
    x, _ = rational_quadratic(table[1], *raw, inverse=True)
    assert torch.allclose(x, table[0], rtol=0, atol=1e-14)
    far = torch.tensor([-1e30, -5.0, 5.0, 6.0, 1e30], dtype=torch.float64)
    for inverse in (False, True):
        y, log_slope = rational_quadratic(far, *[a[:5] for a in raw], inverse=inverse)
        assert torch.equal(y, far) and (log_slope == 0).all()


def test_raw_zeros_are_the_identity():
    x = torch.linspace(-6, 6, 101, dtype=torch.float64)
    zeros = [torch.zeros(101, k, dtype=torch.float64) for k in (8, 8, 7)]
    for inverse in (False, True):
        y, log_slope = rational_quadratic(x, *zeros, inverse=inverse)
        assert torch.allclose(y, x, rtol=0, atol=1e-14) and log_slope.abs().max() < 1e-14


def test_extreme_parameters_stay_finite_with_finite_gradients():
    x, raw = drawn(5, 100.0, torch.float32)
    raw = [a.requires_grad_() for a in raw]
    for inverse in (False, True):
        y, log_slope = rational_quadratic(x, *raw, inverse=inverse)
        gradients = torch.autograd.grad(y.sum() + log_slope.sum(), raw)
        assert all(torch.isfinite(a).all() for a in (y, log_slope, *gradients))


def test_bad_shapes_are_said():
    x, (widths, heights, slopes) = drawn(6, 1.0)
    with pytest.raises(InputError, match="K bins have K - 1 inner knots"):
        rational_quadratic(x, widths, heights, widths)
    with pytest.raises(InputError, match="one number to each spline"):
        rational_quadratic(x[:, :, None], widths, heights, slopes)
    with pytest.raises(InputError, match="tail_bound"):
        rational_quadratic(x, widths, heights, slopes, tail_bound=-1.0)
