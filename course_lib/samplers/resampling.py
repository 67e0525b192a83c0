"""Systematic resampling: weighted draws become equally weighted ones, with one uniform number for all of them.

    pick the index i once for every k in 0 ... num - 1 with   W_1 + ... + W_{i-1} <= (k + u) / num < W_1 + ... + W_i

where W are the normalised weights and u ~ Uniform(0, 1). Every index is picked floor(num W_i) or ceil(num W_i) times,
and num W_i times on average (Carpenter, Clifford, Fearnhead, 1999).
"""

import torch
from torch import Tensor


def systematic_indices(weights: Tensor, u: Tensor, num: int) -> Tensor:
    """The equation: weights (n,) of any scale, u a scalar in [0, 1); returns the picked indices (num,), in order.

    An index of weight zero is never picked.
    """
    cumulative = weights.double().cumsum(0)
    cumulative = cumulative / cumulative[-1]
    points = (torch.arange(num, dtype=torch.float64, device=weights.device) + u) / num
    return torch.searchsorted(cumulative, points.clamp(max=1 - 1e-16), right=True)


def draw_systematic(weights: Tensor, num: int, generator: torch.Generator | None = None) -> Tensor:
    """Draw u and resample: weights (n,) -> indices (num,)."""
    u = torch.rand((), dtype=torch.float64, device=weights.device, generator=generator)
    return systematic_indices(weights, u, num)
