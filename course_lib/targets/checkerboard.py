"""A density with hard edges: uniform on the dark squares of a board."""

import math

import torch
from torch import Tensor

from course_lib.inputs import require_batch, require_count
from course_lib.targets.parameters import as_parameter


class Checkerboard:
    """Uniform on eight of the sixteen squares of side 2 that tile [-4, 4)^2, those with floor(x/2) + floor(y/2) even.

    p(x) = 1/32 there and 0 elsewhere; entropy = log 32. The definition of FFJORD (arXiv:1810.01367). The gradient of
    log_prob is 0 wherever the density is positive: a sampler that follows it learns nothing.
    """

    dim = 2
    entropy = math.log(32)

    def __init__(self, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        squares = [(i, j) for i in range(-2, 2) for j in range(-2, 2) if (i + j) % 2 == 0]
        self._corners = 2 * as_parameter("squares", squares, 2, device, dtype)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, 2) -> (n,), -log 32 or -inf."""
        require_batch("x", x, 2)
        square = (x / 2).floor()
        dark = (square.sum(1).remainder(2) == 0) & (square >= -2).all(1) & (square < 2).all(1)
        flat = 0 * x.sum(1)  # keeps the result a function of x for autograd, with gradient 0
        return torch.where(dark, flat - math.log(32), flat - math.inf)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, 2)."""
        require_count("n", n)
        device, dtype = self._corners.device, self._corners.dtype
        corner = self._corners[torch.randint(len(self._corners), (n,), generator=generator, device=device)]
        offset = 2 * torch.rand(n, 2, generator=generator, dtype=dtype, device=device)
        # corner + offset may be rounded up to the far edge, which belongs to the next square.
        return torch.minimum(corner + offset, torch.nextafter(corner + 2, corner))
