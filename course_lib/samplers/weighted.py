"""Weighted draws: what rejection, importance sampling, AIS and SMC return.

A draw x_i with weight w_i stands for w_i times its share of the unnormalised target f = exp(log_prob), Z = integral of f:

    E[w_i] = Z,    log Z ~ log mean w,    E_f[g(x)] / Z ~ sum_i W_i g(x_i),    W_i = w_i / sum_j w_j

Errors by the delta method. Independent draws are their own families; draws that descend by resampling from one first
draw are one family e, since they share its luck (arXiv:1509.00394). With n first draws

    error(log Z)^2 = (n sum_e W_e^2 - 1) / (n - 1),     error(g)^2 = n / (n - 1) sum_e (sum_{i in e} W_i (g_i - mean g))^2
"""

from math import log
from typing import Any, Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.samplers.psis import pareto_smooth
from course_lib.samplers.resampling import draw_systematic
from course_lib.samplers.start import require_generator


class Estimate(NamedTuple):
    """An expectation and its standard error, both of the shape of one row of f(x)."""

    value: Tensor
    standard_error: Tensor


class WeightedDraws(NamedTuple):
    """n draws with weights; make them with `weigh`.

    positions    (n, dim)
    log_weights  (n,): log w, so that log_z = log mean w; -inf is a weight of zero
    log_z        (): estimate of log Z; since log is concave, E[log_z] <= log Z wherever E[w] = Z
    log_z_error  (): its standard error. If the weights have no variance it is too small: see k_hat
    families     (n,) int64, the first draw each one descends from, or None: all are independent
    info         what the method recorded on its way
    """

    positions: Tensor
    log_weights: Tensor
    log_z: Tensor
    log_z_error: Tensor
    families: Tensor | None = None
    info: Any = None

    @property
    def weights(self) -> Tensor:
        """W_i (n,), of sum one."""
        return self.log_weights.softmax(0)

    @property
    def ess(self) -> Tensor:
        """1 / sum_i W_i^2, between 1 and n: as many equal weights would be as good (families are not looked at)."""
        return effective_sample_size(self.log_weights)

    @property
    def k_hat(self) -> Tensor:
        """The Pareto index of the weights' tail; above `k_hat_limit(n)` neither estimates nor errors can be trusted.

        Raises `InputError` if the draws were resampled, as the weights say nothing about the tail then, or if n < 25.
        """
        return self._smoothed()[1]

    def smoothed(self) -> "WeightedDraws":
        """The same draws with Pareto-smoothed weights: less variance for a little bias. Raises as `k_hat` does."""
        return weigh(self.positions, self._smoothed()[0], info=self.info)

    def _smoothed(self) -> tuple[Tensor, Tensor]:
        require(self.families is None, "independent weights", "draws that were resampled",
                "look at info.ess and at repeated runs instead")
        return pareto_smooth(self.log_weights)

    def expectation(self, f: Callable[[Tensor], Tensor]) -> Estimate:
        """sum_i W_i f(x_i) and its error, for f: (n, dim) -> (n,) or (n, ...); f where the weight is zero does not count.

        Raises `InputError` unless f returns one row a draw.
        """
        value, n = f(self.positions), len(self.positions)
        require(isinstance(value, Tensor) and value.ndim > 0 and value.shape[0] == n,
                f"f to return one row a draw, a tensor of shape ({n}, ...)", value, "keep the batch axis")
        w = self.weights.to(value.dtype).reshape(-1, *[1] * (value.ndim - 1))
        mean = torch.where(w > 0, w * value, 0.0).sum(0)
        deviation = family_sums(torch.where(w > 0, w * (value - mean), 0.0), self.families)
        return Estimate(mean, (n / (n - 1) * deviation.square().sum(0)).sqrt())

    def resample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n equally weighted positions (n, dim) by systematic resampling, in the order of the draws (shuffle if it matters)."""
        require_count("n", n)
        return self.positions[draw_systematic(self.weights, n, generator)]


def weigh(positions: Tensor, log_weights: Tensor, families: Tensor | None = None, info: Any = None) -> WeightedDraws:
    """Weighted draws with log Z and its error: positions (n, dim), log_weights (n,), families as in `WeightedDraws`.

    Raises `InputError` unless there are at least two draws, one log-weight each, none NaN or +inf, one above -inf.
    """
    require_batch("positions", positions)
    n = len(positions)
    require(n > 1, "at least two draws", "one", "one weight has no error")
    require_weights(log_weights, n)
    relative_variance = (n * family_sums(log_weights.softmax(0), families).square().sum() - 1) / (n - 1)
    log_z = log_weights.logsumexp(0) - log(n)
    return WeightedDraws(positions, log_weights, log_z, relative_variance.clamp(min=0).sqrt(), families, info)


def require_weights(log_weights: Tensor, n: int) -> None:
    """Require n log-weights (n,), none NaN or +inf, one above -inf."""
    require(isinstance(log_weights, Tensor) and log_weights.is_floating_point() and log_weights.shape == (n,),
            f"log_weights to be one number a draw, a floating tensor of shape ({n},)", log_weights, "do not sum over draws")
    bad = int((torch.isnan(log_weights) | (log_weights == torch.inf)).sum())
    require(bad == 0, "every log-weight to be a number below +inf", f"NaN or +inf at {bad} of {n} draws",
            "look for a draw where the density it was drawn from is zero, or either density is not a number")
    require(bool((log_weights > -torch.inf).any()), "the draws to reach the target", f"a density of zero at all {n} of them",
            "draw from where the target is positive")


def family_sums(value: Tensor, families: Tensor | None) -> Tensor:
    """Sum value (n, ...) over each family: (n, ...), zero where a family has died out."""
    return value if families is None else torch.zeros_like(value).index_add(0, families, value)


def effective_sample_size(log_weights: Tensor) -> Tensor:
    """1 / sum_i W_i^2 from log_weights (n,)."""
    return 1 / log_weights.softmax(0).square().sum()


def exact_draws(name: str, source: Any, n: int, generator: torch.Generator | None) -> Tensor:
    """n draws (n, dim) of `source`, an object with sample(n, generator) and log_prob(x). Raises `InputError` if it is not."""
    require(not isinstance(source, type) and callable(getattr(source, "sample", None)) and
            callable(getattr(source, "log_prob", None)),
            f"{name} to be an object with sample(n, generator) and log_prob(x)", describe(source),
            "pass for instance Gaussian(mean, covariance) of course_lib.targets")
    require(generator is None or isinstance(generator, torch.Generator), "generator to be a torch.Generator or None",
            describe(generator), "make it with make_generator(seed)")
    x = source.sample(n, generator=generator)
    require_batch(f"a draw of the {name}", x)
    require(len(x) == n, f"{name}.sample(n) to return n = {n} points", x, "draw as many as are asked for")
    require_generator(generator, x)
    return x.detach()
