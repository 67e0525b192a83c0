"""Pareto-smoothed importance sampling (arXiv:1507.02646): how heavy is the tail of the weights?

Above a high cutoff c almost every distribution looks like a generalised Pareto one,

    P(w - c > t | w > c) = (1 + k t / sigma)^(-1 / k)

and k counts its moments: E[w^r] is finite for r < 1 / k. From k = 1/2 on the weights have no variance, from k = 1 on no
mean. k_hat is fitted to the M = min(n / 5, 3 sqrt(n)) largest weights (rounded down); these are then replaced by the
quantiles of the fitted law, none larger than the largest weight there was. The fit is Zhang and Stephens' (2009):
with b = -k / sigma, k(b) = mean log(1 - b t) is the best k for that b, and b is averaged under its profile likelihood.
"""

from math import inf, log10

import torch
from torch import Tensor

from course_lib.inputs import describe, require

PRIOR_K, PRIOR_DRAWS = 0.5, 10  # k_hat is drawn towards 1/2 by as much as ten draws would do
SMALLEST_TAIL = 5


def k_hat_limit(n: int) -> float:
    """Up to this k_hat, n weights give an estimate and an error to be trusted: min(1 - 1 / log10(n), 0.7)."""
    return min(1 - 1 / log10(n), 0.7)


def pareto_smooth(log_weights: Tensor) -> tuple[Tensor, Tensor]:
    """Smooth the largest of n independent weights: log_weights (n,) -> the same with a smoothed tail (n,), k_hat ().

    log_weights are log w up to a constant, -inf for a weight of zero. k_hat = -inf where the largest weights are all
    equal (they are bounded, nothing is to be smoothed), and +inf where too few weights are positive for a fit.
    Raises `InputError` unless there are at least 25 weights and one is positive.
    """
    require(isinstance(log_weights, Tensor) and log_weights.ndim == 1 and len(log_weights) >= 5 * SMALLEST_TAIL,
            f"log_weights of shape (n,), n at least {5 * SMALLEST_TAIL}", describe(log_weights), "take more draws")
    n, top = len(log_weights), log_weights.max()
    require(bool(torch.isfinite(top)), "finite weights, one of them above zero", f"a largest log-weight of {float(top):g}",
            "look at the densities that these weights compare")
    ordered, order = (log_weights.double() - top).sort(stable=True)
    size = int(min(n / 5, 3 * n**0.5)) if n > 225 else n // 5
    size = min(size, int((ordered.exp() > 0).sum()) - 1)
    unfit = log_weights.new_tensor(inf)
    if size < SMALLEST_TAIL:
        return log_weights, unfit
    cutoff = ordered[-size - 1]
    if -cutoff < 64 * torch.finfo(log_weights.dtype).eps:
        return log_weights, -unfit
    k, sigma = fit_generalised_pareto(ordered[-size:].exp() - cutoff.exp())
    if not (torch.isfinite(k) and sigma > 0):
        return log_weights, unfit
    share = (torch.arange(size, dtype=torch.float64, device=k.device) + 0.5) / size
    survival = torch.log1p(-share)
    quantile = cutoff.exp() + sigma * (torch.expm1(-k * survival) / k if k != 0 else -survival)
    smoothed = log_weights.clone()
    smoothed[order[-size:]] = (quantile.log().clamp(max=0) + top).to(log_weights.dtype)
    return smoothed, k.to(log_weights.dtype)


def fit_generalised_pareto(t: Tensor) -> tuple[Tensor, Tensor]:
    """k and sigma of a generalised Pareto law from its draws t (m,), sorted and above zero; NaN where it has no fit."""
    m = len(t)
    num_candidates = 30 + int(m**0.5)
    j = torch.arange(1, num_candidates + 1, dtype=t.dtype, device=t.device)
    b = 1 / t[-1] + (1 - (num_candidates / (j - 0.5)).sqrt()) / (3 * t[int(m / 4 + 0.5) - 1])
    k = torch.log1p(-b[:, None] * t).mean(1)
    weight = (m * ((-b / k).log() - k - 1)).softmax(0)
    weight = torch.where(weight >= 10 * torch.finfo(t.dtype).eps, weight, 0.0)
    b = (b * weight).sum() / weight.sum()
    k = torch.log1p(-b * t).mean()
    return (m * k + PRIOR_DRAWS * PRIOR_K) / (m + PRIOR_DRAWS), -k / b
