"""Four concentric circles, blurred."""

import math
from functools import cached_property

import torch
from torch import Tensor

from course_lib.inputs import require, require_batch, require_count, require_positive
from course_lib.targets.parameters import as_parameter


class Rings:
    """x = r (cos a, sin a) + noise * N(0, I): r one of `radii` at equal odds, a uniform on the circle.

    Averaging the Gaussian over a gives the Bessel function I0; with I0e(z) = exp(-z) I0(z), which does not overflow,
    p(x) = mean over r of I0e(|x| r / noise^2) exp(-(|x| - r)^2 / (2 noise^2)) / (2 pi noise^2).
    The default is the one of FFJORD (arXiv:1810.01367), entropy 2.6232; there are others of the name.
    radii: (k,), above 0. Raises InputError otherwise. entropy: by quadrature along the radius (error below 1e-6).
    """

    dim = 2

    def __init__(self, radii: Tensor | tuple[float, ...] = (0.75, 1.5, 2.25, 3.0), noise: float = 0.08,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        require_positive("noise", noise)
        self.noise, self.radii = noise, as_parameter("radii", radii, 1, device, dtype)
        require(bool((self.radii > 0).all()), "radii above 0", f"a smallest radius of {float(self.radii.min()):g}",
                "a radius is a length")

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, 2) -> (n,)."""
        require_batch("x", x, 2)
        radius, variance = x.norm(dim=1, keepdim=True), self.noise ** 2
        radii = self.radii.to(x)
        bessel = torch.special.i0e(radius * radii / variance).log()
        ring = bessel - (radius - radii).square() / (2 * variance)
        return ring.logsumexp(1) - math.log(len(radii)) - math.log(2 * math.pi * variance)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, 2)."""
        require_count("n", n)
        like = dict(generator=generator, dtype=self.radii.dtype, device=self.radii.device)
        ring = torch.randint(len(self.radii), (n,), generator=generator, device=self.radii.device)
        angle = 2 * math.pi * torch.rand(n, **like)
        circle = torch.stack([angle.cos(), angle.sin()], 1)
        return self.radii[ring, None] * circle + self.noise * torch.randn(n, 2, **like)

    @cached_property
    def entropy(self) -> float:
        """-E[log p] = -int_0^inf 2 pi r p(r) log p(r) dr, nats, by the midpoint rule."""
        end, step = float(self.radii.max()) + 9 * self.noise, self.noise / 200
        radius = (torch.arange(math.ceil(end / step), dtype=torch.float64) + 0.5) * step
        log_p = self.log_prob(torch.stack([radius, torch.zeros_like(radius)], 1))
        return float(-(2 * math.pi * radius * log_p.exp() * log_p).sum() * step)
