"""Neal's funnel: a scale that is itself random."""

import math

import torch
from torch import Tensor

from course_lib.inputs import require, require_batch, require_count, require_positive
from course_lib.targets.parameters import as_parameter


class Funnel:
    """x_0 ~ N(0, sd^2),   x_i | x_0 ~ N(0, exp(x_0)) for i = 1, ..., dim - 1: exp(x_0) is a variance.

    Three densities go by this name, of very different difficulty. Say which sd:
      sd = 3        the one of Neal (2003) and of most benchmarks; sd of x_i: exp(9 / 4) = 9.49
      sd = sqrt(3)  a *variance* of 3: the one in the code of SLIPS (arXiv:2402.10758); sd of x_i: exp(3 / 4) = 2.12
      sd = 1        the easy one; sd of x_i: exp(1 / 4) = 1.28
    Normalised: log_z = 0. mean = 0; variance = sd^2, then exp(sd^2 / 2); entropy = log(sd) + dim log(2 pi e) / 2.
    0 < sd <= 13 (beyond that exp(sd^2 / 2) is no float32), dim >= 2. Raises InputError otherwise.
    """

    log_z = 0.0

    def __init__(self, sd: float = 3.0, dim: int = 10, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        require_positive("sd", sd)
        require(sd <= 13, "sd of at most 13", sd, "exp(sd^2 / 2), a variance, would overflow")
        require_count("dim", dim, minimum=2)
        self.sd, self.dim = float(sd), dim
        self.mean = as_parameter("mean", [0.0] * dim, 1, device, dtype)
        self.variance = as_parameter("variance", [sd**2] + [math.exp(sd**2 / 2)] * (dim - 1), 1, device, dtype)
        self.entropy = math.log(sd) + dim / 2 * math.log(2 * math.pi * math.e)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, dim) -> (n,)."""
        require_batch("x", x, self.dim)
        neck = x[:, 0]
        rest = x[:, 1:] * (-neck / 2).exp()[:, None]
        squares = (neck / self.sd).square() + rest.square().sum(1)
        return -0.5 * (squares + (self.dim - 1) * neck) - math.log(self.sd) - self.dim / 2 * math.log(2 * math.pi)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, dim)."""
        require_count("n", n)
        noise = torch.randn(n, self.dim, generator=generator, dtype=self.mean.dtype, device=self.mean.device)
        neck = self.sd * noise[:, :1]
        return torch.cat([neck, (neck / 2).exp() * noise[:, 1:]], 1)
