"""Two interleaving half circles, blurred."""

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from course_lib.inputs import require_batch, require_count, require_positive
from course_lib.targets.entropy import entropy_by_quadrature
from course_lib.targets.parameters import as_parameter

NODES = 40   # Gauss-Legendre nodes an arc
DROP = 36.0  # nodes are put where the integrand is above exp(-DROP) of its maximum


class TwoMoons:
    """x = c(t) + noise * N(0, I): a moon at fair odds, t uniform on [0, pi].

    c(t) = (cos t, sin t) on the upper moon and (1 - cos t, 1/2 - sin t) on the lower one: scikit-learn's make_moons,
    whose angles are a regular grid where these are random, so that the points are independent. Hence
    p(x) = mean over both moons of (1 / pi) int_0^pi N(x; c(t), noise^2 I) dt,
    by Gauss-Legendre quadrature whose nodes stand where the integrand is: the relative error in float64 is below
    1e-10 at every x and noise (or the rounding of log p itself, far away).
    entropy: by quadrature on first use, error below 1e-6 (1.0076 at noise 0.1).
    """

    dim = 2

    def __init__(self, noise: float = 0.1, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        require_positive("noise", noise)
        self.noise = noise
        self._lower_centre = as_parameter("centre", [1.0, 0.5], 1, device, dtype)
        self._nodes, self._weights = (torch.from_numpy(a).to(device) for a in np.polynomial.legendre.leggauss(NODES))

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, 2) -> (n,)."""
        require_batch("x", x, 2)
        # The lower moon is the upper one turned by pi about (1/2, 1/4): one arc, two views of x.
        turned = self._lower_centre.to(x) - x
        arcs = torch.stack([self._log_arc(x), self._log_arc(turned)])
        return arcs.logsumexp(0) - math.log(2 * math.pi) - math.log(2 * math.pi * self.noise ** 2)

    def _log_arc(self, x: Tensor) -> Tensor:
        """log int_0^pi exp(-|x - (cos t, sin t)|^2 / (2 noise^2)) dt: (n, 2) -> (n,)."""
        with torch.no_grad():  # where the nodes stand does not change the integral, hence not its gradient either
            middle, half = self._window(x)
            angle = middle[:, None] + half[:, None] * self._nodes.to(x)
            log_weight = half.log()[:, None] + self._weights.to(x).log()
            cos, sin = angle.cos(), angle.sin()
        square = (x[:, :1] - cos).square() + (x[:, 1:] - sin).square()
        return (log_weight - square / (2 * self.noise ** 2)).logsumexp(1)

    def _window(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Centre and half width, each (n,), of the angles at which the integrand is not negligible.

        With x = r (cos a, sin a) the integrand falls as exp(-k (1 - cos(t - a))), k = r / noise^2: the angles at which
        it is within exp(-DROP) of its maximum on [0, pi] have 1 - cos(t - a) <= 1 - cos(nearest) + DROP / k.
        """
        k = x.norm(dim=1) / self.noise ** 2
        end = math.pi / 2
        a = torch.atan2(-x[:, 0], x[:, 1])  # measured from the top of the arc, in [-pi, pi]
        nearest = (a.abs() - end).clamp(min=0)
        reach = 2 * ((nearest / 2).sin().square() + DROP / (2 * k)).clamp(max=1).sqrt().asin()
        low, high = (a - reach).clamp(-end, end), (a + reach).clamp(-end, end)
        # Seen from behind both ends of the arc may be in reach, round the back.
        low = torch.where(a + reach > 2 * math.pi - end, -end, low)
        high = torch.where(a - reach < end - 2 * math.pi, end, high)
        tiny = torch.finfo(x.dtype).eps
        return (low + high) / 2 + end, ((high - low) / 2).clamp(min=tiny)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, 2)."""
        require_count("n", n)
        like = dict(generator=generator, dtype=self._lower_centre.dtype, device=self._lower_centre.device)
        angle = math.pi * torch.rand(n, **like)
        upper = torch.stack([angle.cos(), angle.sin()], 1)
        moon = torch.where(torch.rand(n, 1, **like) < 0.5, upper, self._lower_centre - upper)
        return moon + self.noise * torch.randn(n, 2, **like)

    @cached_property
    def entropy(self) -> float:
        """-E[log p], nats."""
        reach = 9 * self.noise

        def resolve(centre: Tensor, half: Tensor) -> Tensor:  # a box wider than the blur, on an arc
            turned = self._lower_centre.to(centre) - centre
            distance = torch.stack([(c.norm(dim=1) - 1).abs() for c in (centre, turned)]).amin(0)
            return (distance < half.norm(dim=1)) & (half.amax(1) > 3 * self.noise)

        return entropy_by_quadrature(self.log_prob, (-1 - reach, -0.5 - reach), (2 + reach, 1 + reach), resolve)
