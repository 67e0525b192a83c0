"""Mixtures of Gaussians, and the eight Gaussians on a ring."""

import math
from functools import cached_property
from numbers import Real

import torch
from torch import Tensor

from course_lib.inputs import require, require_batch, require_count
from course_lib.targets.entropy import entropy_by_quadrature
from course_lib.targets.parameters import as_parameter


class GaussianMixture:
    """p(x) = sum_k weights_k N(x; means_k, scales_k^2 I).

    means: (k, dim). scales: (k,) or one number, the standard deviation of each component, above 0.
    weights: (k,), none negative, scaled here to sum to one; equal when left out. Raises InputError otherwise.
    entropy: closed form for one component, else by quadrature for dim <= 2 (error below 1e-6, on first use).
    """

    def __init__(self, means: Tensor, scales: Tensor | float, weights: Tensor | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        self.means = as_parameter("means", means, 2, device, dtype)
        k, self.dim = self.means.shape
        scales = [scales] * k if isinstance(scales, Real) else scales
        self.scales = as_parameter("scales", scales, 1, device, dtype)
        self.weights = as_parameter("weights", [1.0] * k if weights is None else weights, 1, device, dtype)
        for name, value in (("scales", self.scales), ("weights", self.weights)):
            require(len(value) == k, f"{name} to have {k} entries, as means has {k} rows", f"{len(value)} entries",
                    "give one number to each component")
        require(bool((self.scales > 0).all()), "scales above 0", f"a smallest scale of {float(self.scales.min()):g}",
                "a scale is a standard deviation")
        require(bool((self.weights >= 0).all()) and float(self.weights.sum()) > 0,
                "weights of 0 or above that are not all 0", f"the weights {self.weights.tolist()}",
                "a weight is the probability of its component")
        self.weights = self.weights / self.weights.sum()

    @property
    def mean(self) -> Tensor:
        """E[x], (dim,)."""
        return self.weights @ self.means

    @property
    def covariance(self) -> Tensor:
        """Cov[x] = sum_k w_k (s_k^2 I + m_k m_k^T) - m m^T, (dim, dim)."""
        centred = self.means - self.mean
        within = (self.weights @ self.scales.square()) * torch.eye(self.dim).to(self.means)
        return within + (centred.T * self.weights) @ centred

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, dim) -> (n,)."""
        require_batch("x", x, self.dim)
        means, scales = self.means.to(x), self.scales.to(x)
        weights = self.weights.to(x) / self.weights.to(x).sum()  # one to the precision of x
        squares = ((x[:, None] - means) / scales[:, None]).square().sum(-1)
        constant = weights.log() - self.dim * (scales.log() + 0.5 * math.log(2 * math.pi))
        return (constant - 0.5 * squares).logsumexp(1)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, dim)."""
        require_count("n", n)
        k = torch.multinomial(self.weights, n, replacement=True, generator=generator)
        noise = torch.randn(n, self.dim, generator=generator, dtype=self.means.dtype, device=self.means.device)
        return self.means[k] + self.scales[k, None] * noise

    @cached_property
    def entropy(self) -> float:
        """-E[log p], nats. Raises InputError for several components in more than two dimensions."""
        if len(self.means) == 1:
            return self.dim * (0.5 * math.log(2 * math.pi * math.e) + float(self.scales.double().log()))
        means, scales = self.means.double().cpu(), self.scales.double().cpu()
        reach = 9 * scales[:, None]  # N(0, 1) has 2e-19 of its mass outside +-9

        def resolve(centre: Tensor, half: Tensor) -> Tensor:  # a component narrower than the box that it is in
            near = ((centre[:, None] - means).abs() <= half[:, None] + scales[:, None]).all(-1)
            return (near & (half.amax(1)[:, None] > 3 * scales)).any(1)

        return entropy_by_quadrature(self.log_prob, tuple((means - reach).amin(0).tolist()),
                                     tuple((means + reach).amax(0).tolist()), resolve)


def eight_gaussians(device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32) -> GaussianMixture:
    """Eight equal Gaussians on a circle: radius 4 / sqrt(2), standard deviation 0.5 / sqrt(2); entropy 2.8316.

    The definition of FFJORD (arXiv:1810.01367), whose code divides by 1.414; others use other radii and scales.
    """
    angle = torch.arange(8, dtype=torch.float64) * (math.pi / 4)
    means = 4 / math.sqrt(2) * torch.stack([angle.cos(), angle.sin()], 1)
    return GaussianMixture(means, 0.5 / math.sqrt(2), device=device, dtype=dtype)
