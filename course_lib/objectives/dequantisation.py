"""Likelihood of discrete data under a continuous density: noise on every level makes a bound.

A pixel is a whole number, a flow is a density p on the continuum. The mass that p puts on the unit cell of the levels x,

    P(x) = integral of p(x + u) over u in [0, 1)^dim,

is a probability on the levels (it sums to at most 1), and for any density q(u|x) on the cell, by Jensen's inequality,

    log P(x) >= E_q[log p(x + u) - log q(u|x)].

q = 1 is uniform dequantisation (Theis, van den Oord, Bethge, 2016, arXiv:1511.01844), a trained q variational
dequantisation (Ho et al., 2019, arXiv:1902.00275). The cell must have width one and the density the units of the levels:
noise from half a cell, or a density of x / 17 taken for one of x, gives a number that bounds nothing.
"""

from math import log
from typing import Callable

import torch
from torch import Tensor

from course_lib.inputs import describe, evaluate_log_prob, require, require_batch, require_count

GRID = 2**18  # x + u is exact in float32 for levels up to 31, and never on the border of a cell


def uniform_noise(levels: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """u uniform on the midpoints (j + 1/2) / 2^18 of [0, 1): a draw for every entry of levels, with its shape and dtype.

    Why not torch.rand: it can return 0, and 16 + u rounds to 17 in float32 when u is near 1. On these midpoints the sum is
    exact and strictly inside the cell.
    """
    require_batch("levels", levels)
    j = torch.randint(GRID, levels.shape, generator=generator, device=levels.device)
    return (j.to(levels.dtype) + 0.5) / GRID


def dequantised_bound(log_prob: Callable[[Tensor], Tensor], levels: Tensor, noise: Tensor, log_q: Tensor | None = None,
                      num_levels: int = 17) -> Tensor:
    """One draw of the bound for every image: log p(x + u) - log q(u|x), in nats. Its mean over draws is below log P(x).

    log_prob(x) -> (n,)  log density of x = levels + noise, in the units of the levels (a density of x / c needs - dim log c)
    levels  (n, dim), whole numbers 0 .. num_levels - 1, float32 or float64
    noise   (n, dim), u in [0, 1), drawn from q;  log_q  (n,) its log density, None for the uniform law (0)
    Returns (n,). Raises `InputError` for another range or shape. (arXiv:1511.01844, arXiv:1902.00275.)
    """
    require_levels(levels, num_levels)
    require_batch("noise", noise, dim=levels.shape[1])
    require(noise.shape == levels.shape, f"one noise for every level, a tensor of shape {tuple(levels.shape)}", noise,
            "draw it with uniform_noise(levels, generator)")
    if not bool(((noise >= 0) & (noise < 1)).all()):  # the sentence is made only when it is needed
        low, high = noise.detach().aminmax()
        require(False, "noise in [0, 1), the width of one cell", f"values from {float(low):.4g} to {float(high):.4g}",
                "draw it with uniform_noise(levels, generator)")
    value = evaluate_log_prob(log_prob, levels + noise)
    if log_q is None:
        return value
    require(isinstance(log_q, Tensor) and log_q.shape == value.shape, f"log_q of shape {tuple(value.shape)}", log_q,
            "give one number an image: the sum over its pixels")
    return value - log_q


def importance_bound(bounds: Tensor) -> Tensor:
    """log of the mean over draws of exp(bound): (draws, n) -> (n,), a tighter bound in expectation (arXiv:1509.00519).

    One draw gives the plain bound; as draws grow it rises to log P(x). Raises `InputError` unless bounds is (draws, n).
    """
    require_batch("bounds", bounds)
    return torch.logsumexp(bounds, 0) - log(bounds.shape[0])


def bits_per_dim(nats: float | Tensor, dim: int) -> float | Tensor:
    """Nats an image -> bits a pixel: nats / (dim log 2). The sign stays: pass -log p to get the usual positive number."""
    require_count("dim", dim)
    return nats / (dim * log(2))


def require_levels(levels: Tensor, num_levels: int) -> None:
    """Require (n, dim) whole numbers 0 .. num_levels - 1."""
    require_batch("levels", levels)
    require_count("num_levels", num_levels, minimum=2)
    fits = (levels == levels.round()) & (levels >= 0) & (levels < num_levels)
    if not bool(fits.all()):  # the sentence is made only when it is needed
        require(False, f"levels to be whole numbers from 0 to {num_levels - 1}",
                f"{describe(levels)} with {float(levels[~fits][0]):.6g} in it",
                "pass the pixels as they are stored: not scaled, and without noise, which is an argument of its own")
