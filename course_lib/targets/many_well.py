"""Many wells: a product of double wells, 2^(dim / 2) modes of unequal weight."""

import math

import torch
from torch import Tensor

from course_lib.inputs import require, require_batch, require_count
from course_lib.targets.grid import Grid
from course_lib.targets.parameters import as_parameter

END, CELLS = 3.7, 20_000  # exp(-x^4 + 6 x^2 + x / 2) is below 1e-43 of its integral outside +-3.7


def double_well(x: Tensor) -> Tensor:
    """-x^4 + 6 x^2 + x / 2: two wells near -1.71 and 1.75, the right one the deeper."""
    return -(x**4) + 6 * x**2 + 0.5 * x


class ManyWell:
    """log p(x) = sum over pairs (a, b) = (x_0, x_1), (x_2, x_3), ... of -a^4 + 6 a^2 + a / 2 - b^2 / 2, *not* normalised.

    The target of FAB (arXiv:2208.01893), dim = 32 there: log_z = 164.69568. By the midpoint rule on a line, which is exact
    to rounding here: log_z (float), mean and variance (dim,), entropy (float, of the normalised density) and
    right_probability, P(a > 0) = 0.84431. Draws of `a` invert the cumulative function on 20 000 cells; it is off by
    less than 1e-7 between their edges. dim: even, at least 2. Raises InputError otherwise.
    """

    def __init__(self, dim: int = 32, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        require_count("dim", dim, minimum=2)
        require(dim % 2 == 0, "dim to be even, as a well takes two coordinates", dim, f"pass for instance dim={dim + 1}")
        self.dim = dim
        self._line = Grid(-END, END, CELLS, device=device, dtype=torch.float64)
        log_z, moments = self._line.log_z(self._log_well), self._line.expectation(self._log_well, _moments)
        first, second, right, energy = moments.tolist()
        self.right_probability = right
        self.log_z = dim / 2 * (float(log_z) + 0.5 * math.log(2 * math.pi))
        self.entropy = dim / 2 * (float(log_z) - energy + 0.5 * math.log(2 * math.pi * math.e))
        self.mean = as_parameter("mean", [first, 0.0] * (dim // 2), 1, device, dtype)
        self.variance = as_parameter("variance", [second - first**2, 1.0] * (dim // 2), 1, device, dtype)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x) + log_z: (n, dim) -> (n,)."""
        require_batch("x", x, self.dim)
        return (double_well(x[:, ::2]) - 0.5 * x[:, 1::2].square()).sum(1)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, dim)."""
        require_count("n", n)
        pairs = self.dim // 2
        a = self._line.sample(self._log_well, n * pairs, generator).to(self.mean.dtype).reshape(n, pairs)
        b = torch.randn(n, pairs, generator=generator, dtype=self.mean.dtype, device=self.mean.device)
        return torch.stack([a, b], 2).flatten(1)

    @staticmethod
    def _log_well(a: Tensor) -> Tensor:
        return double_well(a[:, 0])


def _moments(a: Tensor) -> Tensor:
    a = a[:, 0]
    return torch.stack([a, a**2, (a > 0).to(a), double_well(a)], 1)
