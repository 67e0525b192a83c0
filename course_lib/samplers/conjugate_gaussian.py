"""Mean and variance of a Gaussian with a conjugate prior: a posterior that is known exactly, and its Gibbs updates.

    v ~ InverseGamma(shape, scale),    m | v ~ N(mean, v / count),    y_1 ... y_n | m, v ~ N(m, v)

The posterior is of the same form (Gelman et al., Bayesian Data Analysis, section 3.3), with y-bar the mean of y:

    count' = count + n                    mean' = (count * mean + n * y-bar) / count'
    shape' = shape + n / 2                scale' = scale + sum (y_i - y-bar)^2 / 2 + (count * n / count') (y-bar - mean)^2 / 2

Its marginals: v ~ InverseGamma(shape, scale), m ~ mean + sqrt(scale / (shape * count)) * Student-t(2 * shape).
Its conditionals: m | v ~ N(mean, v / count),  v | m ~ InverseGamma(shape + 1/2, scale + count (m - mean)^2 / 2).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.inputs import InputError, describe, require, require_batch, require_count


class NormalInverseGamma:
    """The law of x = (m, v): a mean and a variance, (chains, 2).

    mean, count, shape, scale: a number each, or (chains,) for another law in every chain; all but mean above 0.
    Raises `InputError` otherwise.
    """

    dim = 2

    def __init__(self, mean: Tensor | float, count: Tensor | float, shape: Tensor | float, scale: Tensor | float,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        for name, value in (("mean", mean), ("count", count), ("shape", shape), ("scale", scale)):
            try:
                value = torch.as_tensor(value, dtype=dtype, device=device)
            except (TypeError, ValueError, RuntimeError) as error:
                raise InputError(f"Expected {name} to be a number or a vector, but got {describe(value)}; pass for instance"
                                 f" {name}=2.0.") from error
            positive = name == "mean" or bool((value > 0).all())
            require(value.ndim <= 1 and value.numel() > 0 and bool(value.isfinite().all()) and positive,
                    f"{name} to be finite{'' if name == 'mean' else ', above 0'} and one number or one a chain", describe(value),
                    f"pass for instance {name}=2.0")
            setattr(self, name, value)

    def posterior(self, y: Tensor) -> "NormalInverseGamma":
        """The law of (m, v) given y (n,), or given y (chains, n): another data set in every chain."""
        require(isinstance(y, Tensor) and y.is_floating_point() and y.ndim in (1, 2) and y.numel() > 0
                and bool(y.isfinite().all()), "y to be finite observations of shape (n,) or (chains, n)", describe(y),
                "pass a floating tensor with at least one of them")
        y = y.to(self.mean)
        n, average = y.shape[-1], y.mean(-1)
        count = self.count + n
        squares = (y - average[..., None]).square().sum(-1) + self.count * n / count * (average - self.mean) ** 2
        return NormalInverseGamma((self.count * self.mean + n * average) / count, count, self.shape + n / 2,
                                  self.scale + squares / 2, y.device, y.dtype)

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density of (m, v), normalised, -inf where v <= 0: (chains, 2) -> (chains,)."""
        require_batch("x", x, 2)
        mean, count, shape, scale = (value.to(x) for value in (self.mean, self.count, self.shape, self.scale))
        m, v = x[:, 0], x[:, 1]
        inside = v > 0
        v = torch.where(inside, v, 1.0)
        gaussian = (count / (2 * torch.pi * v)).log() / 2 - count * (m - mean) ** 2 / (2 * v)
        inverse_gamma = shape * scale.log() - torch.lgamma(shape) - (shape + 1) * v.log() - scale / v
        return torch.where(inside, gaussian + inverse_gamma, -torch.inf)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws (n, 2); with a law in every chain, n is their number."""
        require_count("n", n)
        v = self.scale / torch._standard_gamma(self.shape.expand(n).contiguous(), generator=generator)
        noise = torch.randn(n, dtype=v.dtype, device=v.device, generator=generator)
        return torch.stack([self.mean + (v / self.count).sqrt() * noise, v], 1)

    def updates(self) -> tuple["MeanUpdate", "VarianceUpdate"]:
        """The two conditionals, for `Gibbs`."""
        return MeanUpdate(self), VarianceUpdate(self)


@dataclass(frozen=True, eq=False)
class MeanUpdate:
    """m | v ~ N(mean, v / count)."""

    law: NormalInverseGamma

    def noise(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """N(0, 1), (chains,)."""
        return torch.randn(x.shape[0], dtype=x.dtype, device=x.device, generator=generator)

    def move(self, x: Tensor, noise: Tensor) -> Tensor:
        """(mean + sqrt(v / count) * noise, v)."""
        v = x[:, 1]
        return torch.stack([self.law.mean.to(x) + (v / self.law.count.to(x)).sqrt() * noise, v], 1)

    def log_conditional(self, x: Tensor) -> Tensor:
        """log p(m | v), up to a term in v alone."""
        return -self.law.count.to(x) * (x[:, 0] - self.law.mean.to(x)) ** 2 / (2 * x[:, 1])


@dataclass(frozen=True, eq=False)
class VarianceUpdate:
    """v | m ~ InverseGamma(shape + 1/2, scale + count (m - mean)^2 / 2), whose scale over a standard Gamma draw is a draw."""

    law: NormalInverseGamma

    def noise(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Gamma(shape + 1/2, 1), (chains,)."""
        shape = (self.law.shape.to(x) + 0.5).expand(x.shape[0]).contiguous()
        return torch._standard_gamma(shape, generator=generator)

    def scale(self, x: Tensor) -> Tensor:
        """scale + count (m - mean)^2 / 2: (chains,)."""
        return self.law.scale.to(x) + self.law.count.to(x) * (x[:, 0] - self.law.mean.to(x)) ** 2 / 2

    def move(self, x: Tensor, noise: Tensor) -> Tensor:
        """(m, scale / noise)."""
        return torch.stack([x[:, 0], self.scale(x) / noise], 1)

    def log_conditional(self, x: Tensor) -> Tensor:
        """log p(v | m), up to a term in m alone."""
        v = x[:, 1]
        return -(self.law.shape.to(x) + 1.5) * v.log() - self.scale(x) / v
