"""Two Gaussians apart, and the one increasing map that makes them out of N(0, 1).

    p(x_1) = w N(x_1; -distance, scale^2) + (1 - w) N(x_1; distance, scale^2),   other coordinates N(0, scale^2)

A continuous map cannot tear: what lies between the two preimages has to go between the modes, and is stretched there.
"""

import math

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count, require_positive
from course_lib.targets.mixture import GaussianMixture

LOG_2PI = math.log(2 * math.pi)
HALVINGS = 70  # of an interval of length 2 distance: far below the last digit of float64


class TwoModes(GaussianMixture):
    """w N(-distance e_1, scale^2 I) + (1 - w) N(distance e_1, scale^2 I), with what is known of it as a GaussianMixture.

    distance: half of the way between the modes; scale: standard deviation of each, in the same units; left_weight: w,
    between 0 and 1. Raises `InputError` otherwise.
    """

    def __init__(self, distance: float = 3.0, scale: float = 1.0, dim: int = 1, left_weight: float = 0.5,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        require_positive("distance", distance)
        require_positive("scale", scale)
        require_count("dim", dim)
        inside = isinstance(left_weight, (int, float)) and 0 < left_weight < 1
        require(inside, "left_weight between 0 and 1", describe(left_weight), "pass for instance left_weight=0.5")
        mean = [float(distance)] + [0.0] * (dim - 1)
        super().__init__(torch.tensor([[-m for m in mean], mean], dtype=torch.float64), float(scale),
                         torch.tensor([left_weight, 1 - left_weight], dtype=torch.float64), device, dtype)
        # As rounded to dtype, so that the map and log_prob belong to one law.
        self.distance, self.scale = float(self.means[1, 0]), float(self.scales[0])
        self.left_weight = float(self.weights.double()[0] / self.weights.double().sum())

    @property
    def middle(self) -> float:
        """The z_1 between the preimages of the two modes, Phi^-1(w): 0 for equal weights."""
        return float(torch.special.ndtri(torch.tensor(self.left_weight, dtype=torch.float64)))

    @property
    def slope_at_middle(self) -> float:
        """dx_1/dz_1 = rho(z_1) / p(x_1) at z_1 = middle: for equal weights scale e^(distance^2 / (2 scale^2))."""
        z = torch.zeros(1, self.dim, dtype=torch.float64)
        z[0, 0] = self.middle
        return math.exp(float(self.exact_map(z)[1]) - (self.dim - 1) * math.log(self.scale))

    def strip_probability(self, half_width: float) -> float:
        """P(|x_1| < half_width), the mass of the strip between the modes, accurate also where it is tiny."""
        require_positive("half_width", half_width)
        ends = torch.tensor([-half_width, half_width], dtype=torch.float64)
        left = (torch.special.log_ndtr(-(ends + self.distance) / self.scale)).exp()  # mass above, for the left mode
        right = (torch.special.log_ndtr((ends - self.distance) / self.scale)).exp()  # mass below, for the right one
        return float(self.left_weight * (left[0] - left[1]) + (1 - self.left_weight) * (right[1] - right[0]))

    def exact_map(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The increasing map of N(0, I) to this law, coordinate by coordinate: z (n, dim) -> x and log|det dx/dz|, (n,).

            Phi(z_1) = w Phi((x_1 + distance) / scale) + (1 - w) Phi((x_1 - distance) / scale),   x_i = scale z_i for i > 1
            log dx_1/dz_1 = log rho(z_1) - log p(x_1)

        Computed in float64 and given back in the dtype of z. The equation is solved by halving an interval, both sides
        on a log scale: as masses beyond the point far out, as masses between the point and `middle` else, where Phi itself
        is constant to the last digit. (With unequal weights `middle` is not 0, and neighbouring float64 numbers z around it
        may be mapped far apart: no computation can help that.)
        """
        require_batch("z", z, self.dim)
        wide = z.double()
        x_1 = self._solve(wide[:, 0])
        x = torch.cat([x_1[:, None], self.scale * wide[:, 1:]], 1)
        # For the other coordinates the logarithm of rho over p is log scale; all of them together need no special case.
        base = -0.5 * (wide.square().sum(1) + self.dim * LOG_2PI)
        return x.to(z.dtype), (base - self.log_prob(x)).to(z.dtype)

    def _solve(self, z: Tensor) -> Tensor:
        mirrored = z < self.middle  # turn the line round, so that every point lies right of the middle
        sign = torch.where(mirrored, -1.0, 1.0).to(z)
        w = 0.5 + sign * (self.left_weight - 0.5)  # the weight of the mode on the far side
        z, start = sign * z, sign * self.middle
        upper = torch.special.ndtr(-z) < 0.25 * (1 - w)  # so far right that the tail is the better view
        tail = torch.special.log_ndtr(-z)
        if self.left_weight == 0.5:
            head = torch.log(0.5 * torch.erf(z / math.sqrt(2)))
        else:
            head = log_difference(torch.special.log_ndtr(z), torch.special.log_ndtr(start))
        low, high = self.scale * z - self.distance, self.scale * z + self.distance  # one Gaussian's map bounds the mixture's
        for _ in range(HALVINGS):
            x = (low + high) / 2
            near, far = torch.special.log_ndtr, torch.special.log_ndtr(-(x + self.distance) / self.scale) + w.log()
            above = (near((self.distance - x) / self.scale) + (1 - w).log()).logaddexp(far) < tail
            below = log_difference(near((x - self.distance) / self.scale) + (1 - w).log(), far) > head
            too_far = torch.where(upper, above, below)
            low, high = torch.where(too_far, low, x), torch.where(too_far, x, high)
        return sign * (low + high) / 2


def log_difference(larger: Tensor, smaller: Tensor) -> Tensor:
    """log(e^larger - e^smaller), and -infinity where the first is not the larger."""
    return larger + torch.log(-torch.expm1((smaller - larger).clamp(max=0)))
