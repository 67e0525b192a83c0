"""A Gaussian bent along a parabola."""

import math

import torch
from torch import Tensor

from course_lib.inputs import require_batch, require_count, require_positive
from course_lib.targets.parameters import as_parameter


class Banana:
    """x_0 = scale z_0,   x_1 = z_1 + curvature (x_0^2 - scale^2),   x_i = z_i after that,   z ~ N(0, I).

    The twisted Gaussian of Haario, Saksman and Tamminen (1999). The twist keeps volumes, so p(x) = N(z(x); 0, I) / scale,
    log_z = 0 and entropy = log(scale) + dim log(2 pi e) / 2. mean = 0; variance = scale^2, 1 + 2 curvature^2 scale^4,
    then 1. The defaults, curvature = 0.03 and scale = 10, are those of the usual benchmark: the sd of x_1 is 4.36.
    dim >= 2; curvature > 0, scale > 0. Raises InputError otherwise.
    """

    log_z = 0.0

    def __init__(self, curvature: float = 0.03, scale: float = 10.0, dim: int = 2, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        require_positive("curvature", curvature)
        require_positive("scale", scale)
        require_count("dim", dim, minimum=2)
        self.curvature, self.scale, self.dim = float(curvature), float(scale), dim
        variance = [scale**2, 1 + 2 * curvature**2 * scale**4] + [1.0] * (dim - 2)
        self.mean = as_parameter("mean", [0.0] * dim, 1, device, dtype)
        self.variance = as_parameter("variance", variance, 1, device, dtype)
        self.entropy = math.log(scale) + dim / 2 * math.log(2 * math.pi * math.e)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, dim) -> (n,)."""
        require_batch("x", x, self.dim)
        straight = x[:, 1] - self.curvature * (x[:, 0].square() - self.scale**2)
        squares = (x[:, 0] / self.scale).square() + straight.square() + x[:, 2:].square().sum(1)
        return -0.5 * squares - math.log(self.scale) - self.dim / 2 * math.log(2 * math.pi)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, dim)."""
        require_count("n", n)
        z = torch.randn(n, self.dim, generator=generator, dtype=self.mean.dtype, device=self.mean.device)
        first = self.scale * z[:, :1]
        second = z[:, 1:2] + self.curvature * (first.square() - self.scale**2)
        return torch.cat([first, second, z[:, 2:]], 1)
