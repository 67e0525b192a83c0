"""Effective sample size: how many independent draws would estimate as well as these (arXiv:1903.08008).

    ESS = S / tau,   tau = 1 + 2 sum_k rho_k,   rho_k = 1 - (W - mean over chains of c_k) / V

S = num_draws * chains; c_k the autocovariance of a half chain, W = n / (n - 1) mean c_0 the variance within, V that
within and between: chains that disagree lower the ESS. The sum ends by Geyer's rule: pairs rho_2k + rho_2k+1 of a
reversible chain are positive and decrease; the first pair that is not positive ends it, and a running minimum makes
the others decrease. tau is not let below 1 / log10 S: antithetic chains can have ESS > S, but no more than S log10 S.
"""

import math

import torch
from torch import Tensor

from course_lib.diagnostics.autocorrelation import autocovariance
from course_lib.diagnostics.positions import require_positions, require_probability, split_chains
from course_lib.diagnostics.ranks import quantile, rank_normalise


def ess_of_chains(x: Tensor) -> Tensor:
    """S / tau of chains as they are, neither split nor ranked: (n, chains, dim) float64 -> (dim,). Constant: S."""
    n, chains, _ = x.shape
    c = autocovariance(x).mean(1)
    within = c[0] * n / (n - 1)
    both = c[0] + (x.mean(0).var(0) if chains > 1 else 0)
    rho = 1 - (within - c) / both
    rho[0] = 1
    pairs = rho[: 2 * max(1, (n - 1) // 2)].unflatten(0, (-1, 2)).sum(1)
    ended = pairs <= 0
    last = torch.where(ended.any(0), ended.int().argmax(0), len(pairs) - 1)  # this pair is not summed ...
    before = torch.arange(len(pairs), device=x.device)[:, None] < last
    even, pair = rho.gather(0, 2 * last[None])[0], pairs.gather(0, last[None])[0]
    rest = torch.where((pair >= 0) | (even > 0), even, 0)  # ... but for its first half
    tau = -1 + 2 * (pairs.cummin(0).values * before).sum(0) + rest
    size = n * chains
    constant = (x == x[:1, :1]).all(0).all(0)
    return torch.where(constant, size, size / tau.clamp(min=1 / math.log10(size)))


def ess_bulk(positions: Tensor) -> Tensor:
    """ESS of the normal scores of the ranks: for the middle of the law, finite variance or not. (dim,) float64.

    positions: (num_draws, chains, dim). Raises `InputError` for less than 4 draws, NaN, infinity or a constant coordinate.
    """
    return ess_of_chains(rank_normalise(split_chains(require_positions(positions))))


def ess_tail(positions: Tensor, prob: float = 0.9) -> Tensor:
    """The smaller ESS of the two quantiles that hold `prob` between them (5 % and 95 %): (dim,) float64.

    Raises `InputError` as `ess_bulk`, and unless 0 < prob < 1.
    """
    require_probability("prob", prob)
    return torch.minimum(ess_quantile(positions, (1 - prob) / 2), ess_quantile(positions, (1 + prob) / 2))


def ess_mean(positions: Tensor) -> Tensor:
    """ESS for the mean of each coordinate: (dim,) float64. It needs a law with a variance. Raises as `ess_bulk`."""
    return ess_of_chains(split_chains(require_positions(positions)))


def ess_sd(positions: Tensor) -> Tensor:
    """ESS for the standard deviation, that of (x - mean)^2: (dim,) float64. Raises as `ess_bulk`."""
    x = require_positions(positions)
    return ess_of_chains(split_chains((x - x.mean((0, 1))).square()))


def ess_quantile(positions: Tensor, prob: float) -> Tensor:
    """ESS for the quantile at `prob`, that of the indicator x <= quantile: (dim,) float64.

    Where ties make every indicator one, there is nothing to estimate and the ESS is S. Raises `InputError` as
    `ess_bulk`, and unless 0 < prob < 1.
    """
    require_probability("prob", prob)
    x = require_positions(positions)
    return ess_of_chains(split_chains((x <= quantile(x, prob)).double()))
