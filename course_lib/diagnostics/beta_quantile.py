"""Quantiles of Beta(a, b), which torch lacks, by quadrature.

With x = sin(theta)^2 the density is sin(theta)^(2a-1) cos(theta)^(2b-1): near to a normal law of variance 1 / (4 (a + b - 1)),
whatever a, b >= 1 are, and below exp(-t^2 / 4) at t of its standard deviations from the mode.
"""

import math

import numpy as np
import torch
from torch import Tensor

CELLS, REACH = 256, 12  # cells of 12-point Gauss-Legendre from the mode - 12 sd to the mode + 12 sd
NODES, WEIGHTS = (torch.from_numpy(values) for values in np.polynomial.legendre.leggauss(12))


def beta_quantile(prob: float, a: Tensor, b: Tensor) -> Tensor:
    """x with P(Beta(a, b) <= x) = prob; a, b >= 1, both (dim,) float64 -> (dim,)."""
    power_sin, power_cos = 2 * a - 1, 2 * b - 1
    mode = torch.atan(torch.sqrt(power_sin / power_cos))
    sd = (2 * (power_sin + power_cos)).rsqrt()
    low, high = (mode - REACH * sd).clamp(min=0), (mode + REACH * sd).clamp(max=math.pi / 2)

    def log_density(theta):
        return power_sin * theta.sin().log() + power_cos * theta.cos().log()

    top = log_density(mode)

    def integral(start, stop):
        """Over theta from start to stop, both (..., dim)."""
        middle, half = (start + stop) / 2, (stop - start) / 2
        nodes, weights = (v.to(a.device).view(-1, *[1] * start.ndim) for v in (NODES, WEIGHTS))
        return (weights * (log_density(middle + half * nodes) - top).exp()).sum(0) * half

    edges = low + (high - low) * torch.linspace(0, 1, CELLS + 1, dtype=a.dtype, device=a.device)[:, None]
    mass = integral(edges[:-1], edges[1:])
    below = torch.cat([torch.zeros_like(mass[:1]), mass.cumsum(0)])
    wanted = prob * below[-1]
    cell = (below[1:-1] <= wanted).sum(0)[None]
    left, right, done = (v.gather(0, cell)[0] for v in (edges[:-1], edges[1:], below[:-1]))
    theta = left + (right - left) * (wanted - done) / mass.gather(0, cell)[0]
    for _ in range(6):  # Newton's steps inside the cell
        slope = (log_density(theta) - top).exp()
        theta = (theta - (done + integral(left, theta) - wanted) / slope).clamp(left, right)
    return theta.sin().square()
