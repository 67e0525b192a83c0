"""Solving f(z) = x when output k depends on the inputs 1 ... k only, and grows with the k-th."""

from typing import Callable

import torch
from torch import Tensor

ValueAndSlope = Callable[[Tensor], tuple[Tensor, Tensor]]  # z -> f(z) and the diagonal of its Jacobian, both shaped like z


@torch.no_grad()
def solve_triangular_map(value_and_slope: ValueAndSlope, x: Tensor, flip: bool = False) -> Tensor:
    """The z with f(z) = x, to the rounding error: x of shape (n, channels, height, width), z of the same.

    First Newton's step with the diagonal alone, z <- z + (x - f(z)) / f', for all numbers at once: the iteration of MintNet
    (arXiv:1907.07945) with its step size 1. I - D^-1 J is strictly triangular, hence nilpotent: for a linear f as many steps as
    numbers are enough, whatever the weights. A nonlinear f may resist: the images not yet solved are then done number by
    number, in order (flip: from the last), by bisection, which cannot fail where f is increasing.
    """
    z, num_numbers = x.clone(), x[0].numel()
    for _ in range(num_numbers + 20):
        value, slope = value_and_slope(z)
        solved = (x - value).abs().flatten(1).amax(-1) <= tolerance(x)  # NaN, after an overflow, is not solved
        if bool(solved.all()):
            return z
        z = torch.where(solved[:, None, None, None], z, z + (x - value) / slope)
    solved = (x - value_and_slope(z)[0]).abs().flatten(1).amax(-1) <= tolerance(x)
    z[~solved] = substitute(value_and_slope, x[~solved], flip)
    return z


def tolerance(x: Tensor) -> Tensor:
    """A few rounding errors of each image: (n,)."""
    return 32 * torch.finfo(x.dtype).eps * (1 + x.abs().flatten(1).amax(-1))


def substitute(value_and_slope: ValueAndSlope, x: Tensor, flip: bool) -> Tensor:
    """One number after the other: those before are known, f is increasing in this one. About 100 passes a number."""
    n, channels, height, width = x.shape
    rows = lambda a: a.permute(0, 2, 3, 1).flatten(1)  # raster order: all channels of a pixel are neighbours
    images = lambda a: a.unflatten(1, (height, width, channels)).permute(0, 3, 1, 2)
    z, goal = torch.zeros_like(rows(x)), rows(x)
    order = range(goal.shape[1])
    for k in reversed(order) if flip else order:

        def excess(number: Tensor) -> Tensor:
            trial = torch.cat([z[:, :k], number[:, None], z[:, k + 1:]], dim=1)
            return rows(value_and_slope(images(trial))[0])[:, k] - goal[:, k]

        z[:, k] = bisect(excess, goal[:, k])
    return images(z).contiguous()


def bisect(excess: Callable[[Tensor], Tensor], start: Tensor) -> Tensor:
    """The root of an increasing function of one number a point, (n,) -> (n,), to the last digit."""
    low, high, reach = start - 1, start + 1, torch.ones_like(start)
    for _ in range(60):
        too_high, too_low = excess(low) > 0, excess(high) < 0
        if not bool((too_high | too_low).any()):
            break
        reach = 2 * reach
        low, high = torch.where(too_high, low - reach, low), torch.where(too_low, high + reach, high)
    for _ in range(200):
        middle = (low + high) / 2
        if bool(((middle == low) | (middle == high)).all()):
            break
        above = excess(middle) > 0
        low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    return (low + high) / 2
