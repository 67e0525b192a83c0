"""Rejection sampling (von Neumann, 1951): independent, exact draws.

    x ~ q, kept with probability f(x) / (M q(x)),        f(x) <= M q(x) everywhere

A proposal is kept with probability Z / M. When T proposals were needed to keep n, (n - 1) / (T - 1) is an unbiased
estimate of that probability, with a relative error of about sqrt((1 - Z / M) / n).
"""

from math import log, sqrt
from numbers import Real
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, evaluate_log_prob, require, require_count
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.metropolis import draw_log_u
from course_lib.samplers.weighted import WeightedDraws, exact_draws


class RejectionInfo(NamedTuple):
    """acceptance_rate: the estimate of Z / M; num_proposals: T, the proposals until the last draw was kept."""

    acceptance_rate: float
    num_proposals: int


@torch.no_grad()
def rejection_sampling(log_prob: LogProb, proposal: object, log_bound: float, n: int, *, batch_size: int = 4096,
                       max_proposals: int = 10_000_000, generator: torch.Generator | None = None) -> WeightedDraws:
    """n independent exact draws of the density f = exp(log_prob), all of the same weight, and log Z.

    log_prob: (n, dim) -> (n,), not normalised. proposal: sample(n, generator) -> (n, dim), and log_prob (normalised).
    log_bound: log M. batch_size proposals are tried at once; `info` is a `RejectionInfo`.
    Raises `InputError` at the first proposal with f > M q, since the bound is false then and so are the draws; and after
    max_proposals.
    """
    require_count("n", n, minimum=2)
    require_count("batch_size", batch_size)
    require_count("max_proposals", max_proposals)
    require(isinstance(log_bound, Real) and not isinstance(log_bound, bool) and abs(log_bound) < float("inf"),
            "log_bound to be a finite number", describe(log_bound), "pass the largest log_prob - proposal.log_prob")
    kept, num_kept, num_tried = [], 0, 0
    while num_kept < n:
        require(num_tried < max_proposals, f"{n} draws within max_proposals = {max_proposals}", f"{num_kept}",
                "take a proposal nearer to the target, or a smaller log_bound if one holds")
        x = exact_draws("proposal", proposal, batch_size, generator)
        log_f, log_q = evaluate_log_prob(log_prob, x), evaluate_log_prob(proposal.log_prob, x)
        log_ratio = log_f - log_q
        require_bound(log_ratio, log_f, log_q, log_bound)
        accepted = (draw_log_u(x, generator) <= log_ratio - log_bound).nonzero()[: n - num_kept, 0]
        kept.append(x[accepted])
        num_kept += len(accepted)
        num_tried += batch_size if num_kept < n else int(accepted[-1]) + 1
    rate = (n - 1) / (num_tried - 1)
    x = torch.cat(kept)
    log_z = x.new_tensor(log_bound + log(rate))
    return WeightedDraws(x, log_z.expand(n).clone(), log_z, x.new_tensor(sqrt((1 - rate) / n)),
                         info=RejectionInfo(rate, num_tried))


def require_bound(log_ratio: Tensor, log_f: Tensor, log_q: Tensor, log_bound: float) -> None:
    """Require log f - log q <= log_bound at every draw, up to the rounding of the two."""
    size = torch.maximum(log_f.abs(), log_q.abs()).nan_to_num(posinf=0) + abs(log_bound) + 1
    excess = log_ratio - log_bound - 8 * torch.finfo(log_ratio.dtype).eps * size
    require(not bool((excess > 0).any()), f"log_prob - proposal.log_prob to be at most log_bound = {log_bound:g}",
            f"{float(log_ratio.max()):g} at a draw",
            "the bound is false: find the true maximum (it may be higher still) and begin afresh")
