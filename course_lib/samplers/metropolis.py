"""The Metropolis test, in log space: accept with probability min(1, ratio)."""

from typing import NamedTuple

import torch
from torch import Tensor


class MetropolisInfo(NamedTuple):
    """What a Metropolis step did: proposal (chains, dim), the other two (chains,)."""

    proposal: Tensor
    acceptance_probability: Tensor
    is_accepted: Tensor


def draw_log_u(x: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """log of Uniform(0, 1) for each chain of x: (chains,), always finite.

    torch.rand gives [0, 1): in float32 an exact 0 comes every 2^24 draws, and its log would accept any proposal at all.
    1 - u lies in (0, 1].
    """
    return torch.log1p(-torch.rand(x.shape[0], dtype=x.dtype, device=x.device, generator=generator))


def metropolis_test(log_ratio: Tensor, log_u: Tensor) -> tuple[Tensor, Tensor]:
    """Accept where u < ratio, u ~ Uniform(0, 1).

    log_ratio, log_u: (chains,). Returns the acceptance probability min(1, ratio) and the decision (bool).
    The current point has a finite log-density, so a ratio that is not finite comes from the proposal: NaN, zero or
    infinite density. Such a proposal is rejected.
    """
    log_ratio = torch.nan_to_num(log_ratio, nan=-torch.inf, posinf=-torch.inf, neginf=-torch.inf)
    return log_ratio.clamp(max=0).exp(), log_u < log_ratio
