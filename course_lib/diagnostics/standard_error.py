"""Monte Carlo standard error: how far an estimate from these chains may be off (arXiv:1903.08008).

    MCSE(mean) = sd / sqrt(ESS)

with the ESS of the quantity that is estimated, not of another one: an antithetic chain knows its mean better than
independent draws do, and its standard deviation worse.
"""

import math

from torch import Tensor

from course_lib.diagnostics.beta_quantile import beta_quantile
from course_lib.diagnostics.effective_sample_size import ess_mean, ess_quantile, ess_sd
from course_lib.diagnostics.positions import require_positions

ONE_SD = 0.5 * math.erfc(-1 / math.sqrt(2))  # Phi(1)


def mcse_mean(positions: Tensor) -> Tensor:
    """sd / sqrt(ESS of the mean): (num_draws, chains, dim) -> (dim,) float64.

    Raises `InputError` for less than 4 draws, NaN, infinity or a constant coordinate.
    """
    return require_positions(positions).flatten(0, 1).std(0) / ess_mean(positions).sqrt()


def mcse_sd(positions: Tensor) -> Tensor:
    """Standard error of the standard deviation, by the delta method: (dim,) float64.

        sqrt((m_4 - m_2^2) / (4 m_2 ESS)),   m_k the k-th central moment, ESS that of (x - mean)^2

    Raises `InputError` as `mcse_mean`.
    """
    x = require_positions(positions)
    square = (x - x.mean((0, 1))).square()
    second, fourth = square.mean((0, 1)), square.square().mean((0, 1))
    return ((fourth - second.square()) / (4 * second * ess_sd(positions))).sqrt()


def mcse_quantile(positions: Tensor, prob: float) -> Tensor:
    """Standard error of the quantile at `prob`: half the width of a central 68 % interval, (dim,) float64.

    With n = ESS of the quantile, the level that is really met is as Beta(n prob + 1, n (1 - prob) + 1); its 16 % and
    84 % points are carried over to the draws. Raises `InputError` as `mcse_mean`, and unless 0 < prob < 1.
    """
    ess = ess_quantile(positions, prob)
    ordered = require_positions(positions).flatten(0, 1).sort(0).values
    size = len(ordered)
    low, high = (beta_quantile(level, ess * prob + 1, ess * (1 - prob) + 1) * size - 1 for level in (1 - ONE_SD, ONE_SD))
    low, high = low.clamp(min=0).floor().long(), high.clamp(max=size - 1).ceil().long()
    return (ordered.gather(0, high[None]) - ordered.gather(0, low[None]))[0] / 2
