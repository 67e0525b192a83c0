"""Densities of which the truth is known: log_prob, exact draws, entropy; and sums over a grid.

Every target has `dim`, `entropy` (a float, nats), `log_prob(x: (n, dim)) -> (n,)` in the dtype of x, and
`sample(n, generator=None) -> (n, dim)` in its own dtype and on its own device.
"""

import torch

from ..inputs import describe, require
from .checkerboard import Checkerboard
from .gaussian import Gaussian
from .grid import Grid
from .mixture import GaussianMixture, eight_gaussians
from .moons import TwoMoons
from .rings import Rings

__all__ = ["Checkerboard", "Gaussian", "GaussianMixture", "Grid", "Rings", "TARGETS_2D", "TwoMoons",
           "eight_gaussians", "load_target"]

TARGETS_2D = {"moons": TwoMoons, "eight_gaussians": eight_gaussians, "rings": Rings, "checkerboard": Checkerboard}


def load_target(name: str, device: str | torch.device = "cpu",
                dtype: torch.dtype = torch.float32) -> TwoMoons | GaussianMixture | Rings | Checkerboard:
    """The two-dimensional target of that name, with its default parameters. Raises InputError for an unknown name."""
    require(isinstance(name, str) and name in TARGETS_2D, "the name of a target", describe(name),
            f"choose one of {', '.join(TARGETS_2D)}")
    return TARGETS_2D[name](device=device, dtype=dtype)
