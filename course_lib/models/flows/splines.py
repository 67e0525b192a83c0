"""Monotone splines of rational quadratics: one increasing function a number, its inverse and its slope in closed form.

Between two knots (x_0, y_0) and (x_1, y_1) with slopes d_0, d_1, and with s = (y_1 - y_0) / (x_1 - x_0):
    u = (x - x_0) / (x_1 - x_0)
    y = y_0 + (y_1 - y_0) (s u^2 + d_0 u (1 - u)) / (s + (d_0 + d_1 - 2 s) u (1 - u))
(Gregory & Delbourgo, 1982; Durkan et al., 2019, arXiv:1906.04032.) Outside [-tail_bound, tail_bound]: y = x.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from course_lib.inputs import describe, require, require_positive

MIN_BIN = 1e-3  # the narrowest and the lowest bin, as a share of the interval
MIN_SLOPE = 1e-3
RAW_SLOPE_ONE = math.log(math.expm1(1 - MIN_SLOPE))  # softplus of it plus MIN_SLOPE is 1


def rational_quadratic(x: Tensor, widths: Tensor, heights: Tensor, slopes: Tensor, tail_bound: float = 5.0,
                       inverse: bool = False) -> tuple[Tensor, Tensor]:
    """The spline at x, elementwise, and the logarithm of its slope: both of the shape of x.

    x: (...); widths, heights: (..., K), slopes: (..., K - 1), raw numbers of any size: a softmax makes bins of them, none
    under MIN_BIN of the interval, a softplus slopes at the inner knots, none under MIN_SLOPE. All raw numbers 0: y = x.
    tail_bound: the spline bends inside (-tail_bound, tail_bound), in the units of x; at its ends the slope is 1.
    inverse: x is a value of the spline; returns where it is taken, and the logarithm of the slope of the inverse.
    Raises `InputError` when the shapes do not fit.
    """
    check_shapes(x, widths, heights, slopes)
    require_positive("tail_bound", tail_bound)
    return evaluate(x, knots(torch.stack([widths, heights], -2), slopes, tail_bound), tail_bound, inverse)


def check_shapes(x: Tensor, widths: Tensor, heights: Tensor, slopes: Tensor) -> None:
    """Require K widths, K heights and K - 1 slopes for every entry of x."""
    num_bins = widths.shape[-1] if widths.ndim else 0
    require(num_bins > 0 and widths.shape == heights.shape and widths.shape[:-1] == slopes.shape[:-1]
            and slopes.shape[-1] == num_bins - 1, "widths and heights of one shape (..., K) and slopes of shape (..., K - 1)",
            f"shapes {tuple(widths.shape)}, {tuple(heights.shape)} and {tuple(slopes.shape)}", "K bins have K - 1 inner knots")
    try:
        fits = torch.broadcast_shapes(x.shape, widths.shape[:-1]) == x.shape
    except RuntimeError:
        fits = False
    require(fits, f"x of shape {tuple(widths.shape[:-1])}, one number to each spline", describe(x),
            "leave the last axis to the parameters of a spline")


def knots(bins: Tensor, slopes: Tensor, tail_bound: float) -> Tensor:
    """Raw widths and heights (..., 2, K) and raw slopes (..., K - 1) -> x, y and slope of every knot: (..., 3, K + 1).

    The first and the last knot are (-tail_bound, -tail_bound) and (tail_bound, tail_bound) exactly, with slope 1.
    """
    num_bins = bins.shape[-1]
    require(num_bins * MIN_BIN < 1, f"fewer than {round(1 / MIN_BIN)} bins", num_bins, "pass for instance num_bins=8")
    share = torch.softmax(bins, -1)[..., :-1].cumsum(-1) * (1 - num_bins * MIN_BIN)
    least = torch.arange(1, num_bins, dtype=bins.dtype, device=bins.device) * MIN_BIN
    inner = (share + (least - 0.5)) * (2 * tail_bound)
    slope = functional.softplus(slopes + RAW_SLOPE_ONE) + MIN_SLOPE
    corners = functional.pad(functional.pad(inner, (1, 0), value=-tail_bound), (0, 1), value=tail_bound)
    return torch.cat([corners, functional.pad(slope, (1, 1), value=1.0)[..., None, :]], -2)


def evaluate(x: Tensor, table: Tensor, tail_bound: float, inverse: bool = False) -> tuple[Tensor, Tensor]:
    """The spline through the knots table (..., 3, K + 1) at x (...), or its inverse, and the log slope of what is asked."""
    inside = (x > -tail_bound) & (x < tail_bound)
    held = x.clamp(-tail_bound, tail_bound)  # a number in the tails takes part in the sums, and is then replaced by itself
    k = (table[..., int(inverse), 1:-1] <= held[..., None]).sum(-1)  # the bin of each number: its inner knots to the left
    corner = torch.stack([k, k + 1], -1)[..., None, :]
    table = table.expand(*k.shape, *table.shape[-2:])
    lower, upper = table.gather(-1, corner.expand(*k.shape, 3, 2)).unbind(-1)
    (x_0, y_0, d_0), (width, height, _) = lower.unbind(-1), (upper - lower).unbind(-1)
    d_1, s = upper[..., 2], height / width
    if inverse:
        u = position((held - y_0) / height, s, d_0, d_1)
        value = x_0 + width * u
    else:
        u = (held - x_0) / width
    v = 1 - u
    middle = u * v
    below = s * (1 - 2 * middle) + (d_0 + d_1) * middle  # a sum of positive terms: nothing cancels in float32
    if not inverse:
        value = y_0 + height * u * (s * u + d_0 * v) / below
    log_slope = torch.log(s.square() * (d_1 * u.square() + 2 * s * middle + d_0 * v.square()) / below.square())
    log_slope = torch.where(inside, -log_slope if inverse else log_slope, 0)
    return torch.where(inside, value, x), log_slope


def position(height: Tensor, s: Tensor, d_0: Tensor, d_1: Tensor) -> Tensor:
    """The u in [0, 1] at which the spline has risen by `height`, a share in [0, 1] of its bin.

    With h = height, q = d_0 (1 - h) - d_1 h, r = sqrt(q^2 + 4 s^2 h (1 - h)), p = r + |q|, the root of the quadratic is
        u = 2 s h / (2 s h + p)   if q >= 0,     u = p / (2 s (1 - h) + p)   otherwise.
    The first is equation 29 of arXiv:1906.04032 with its discriminant written as a sum of squares; the second is the same
    root seen from the other end of the bin. Every term is positive, so nothing cancels.
    """
    left, right = 2 * s * height, 2 * s * (1 - height)
    q = d_0 * (1 - height) - d_1 * height
    p = (q.square() + left * right).sqrt() + q.abs()
    rising = q >= 0
    return torch.where(rising, left, p) / (p + torch.where(rising, left, right))
