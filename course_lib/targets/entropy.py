"""Entropies that have no closed form, by adaptive quadrature in float64."""

import math
from typing import Callable

import numpy as np
import torch
from torch import Tensor

from course_lib.inputs import require

NODES = 12          # Gauss-Legendre nodes along an axis of a box
CHUNK = 65536       # points evaluated at a time


def entropy_by_quadrature(log_prob: Callable[[Tensor], Tensor], low: tuple[float, ...], high: tuple[float, ...],
                          resolve: Callable[[Tensor, Tensor], Tensor], tolerance: float = 1e-7) -> float:
    """H(p) = -integral of p log p over a box in one or two dimensions, in nats.

    The box is halved along every axis wherever the halves' sum differs from the whole's (in the entropy or in the
    mass) by more than its share of `tolerance`. The mass found must be 1 within 1e-7: what the rule failed to see, or
    what lies outside the box, shows there. The error is below 1e-6, and far below `tolerance` for the smooth
    densities of this folder (the finer of two estimates is kept).

    log_prob: normalised and finite, (n, dim) -> (n,), on float64 CPU tensors. low, high: the box.
    resolve: (centre (b, dim), half width (b, dim)) -> (b,) bool: boxes to halve whatever the sums say, since something
    smaller than the box may hide between its nodes.
    """
    dim = len(low)
    require(dim <= 2, "a density in one or two dimensions for an entropy by quadrature", f"{dim} dimensions",
            "estimate it by the mean of -log_prob over draws of `sample`")
    nodes, weights = (torch.from_numpy(a) for a in np.polynomial.legendre.leggauss(NODES))
    unit = torch.cartesian_prod(*[nodes] * dim).reshape(-1, dim)
    weight = torch.cartesian_prod(*[weights] * dim).reshape(-1, dim).prod(1)
    corners = torch.cartesian_prod(*[torch.tensor([-0.5, 0.5], dtype=torch.float64)] * dim).reshape(-1, dim)

    def integrals(centre: Tensor, half: Tensor) -> Tensor:  # (b, dim), (b, dim) -> (b, 2): mass and entropy of each box
        log_p = torch.cat([log_prob(x) for x in (centre[:, None] + half[:, None] * unit).reshape(-1, dim).split(CHUNK)])
        p = log_p.exp()
        value = torch.stack([p, -p * log_p], -1).reshape(len(centre), -1, 2)
        return (weight[:, None] * value).sum(1) * half.prod(1, keepdim=True)

    low_t, high_t = torch.tensor(low, dtype=torch.float64), torch.tensor(high, dtype=torch.float64)
    centre, half = ((low_t + high_t) / 2)[None], ((high_t - low_t) / 2)[None]
    whole, total = integrals(centre, half), torch.zeros(2, dtype=torch.float64)
    volume = 2 ** dim * float(half.prod())
    with torch.no_grad():
        while len(centre):
            parts = len(corners)
            child = (centre[:, None] + half[:, None] * corners).reshape(-1, dim)
            child_half = (half / 2).repeat_interleave(parts, 0)
            value = integrals(child, child_half)
            better = value.reshape(-1, parts, 2).sum(1)
            # Half of the tolerance by volume, half of it by mass.
            share = tolerance * (2 ** dim * half.prod(1) / volume + better[:, 0]) / 2
            refine = ((better - whole).abs().amax(1) > share.clamp(min=1e-16)) | resolve(centre, half)
            total += better[~refine].sum(0)
            again = refine.repeat_interleave(parts)
            centre, half, whole = child[again], child_half[again], value[again]
    mass = float(total[0])
    if not abs(mass - 1) <= 1e-7:
        raise ArithmeticError(f"The quadrature found the mass {mass:.9f} instead of 1: no entropy can be given.")
    return float(total[1])
