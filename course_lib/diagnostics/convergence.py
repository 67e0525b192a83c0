"""R-hat: do chains that started apart look like draws of one law?

    R-hat = sqrt(((n - 1) / n W + B / n) / W)

W is the mean variance within a chain, B / n the variance of the chains' means, n the draws of a chain. Rank-normalised
split R-hat (arXiv:1903.08008): every chain is cut in halves, values become normal scores of their ranks, and the larger
R-hat of x and of |x - median| counts, so that chains which agree in location and not in scale are caught as well.
1 means no difference seen; above 1.01 is a reason to run longer.
"""

import torch
from torch import Tensor

from course_lib.diagnostics.positions import require_positions, split_chains
from course_lib.diagnostics.ranks import fold, rank_normalise
from course_lib.inputs import require, require_count


def rhat(positions: Tensor, *, rank_normalised: bool = True) -> Tensor:
    """R-hat of every coordinate: (dim,) float64; infinite where all half chains stand still, each elsewhere.

    positions: (num_draws, chains, dim), at least 2 chains and 4 draws. rank_normalised=False: split R-hat of the values
    themselves, blind to scale and lost without a variance. Raises `InputError` for less, NaN, infinity or a constant.
    """
    halves = split_chains(require_positions(positions, min_chains=2))
    if not rank_normalised:
        return _rhat(halves)
    # a law of two values folds to a constant, 0 / 0: that part then says nothing
    return torch.fmax(_rhat(rank_normalise(halves)), _rhat(rank_normalise(fold(halves))))


def nested_rhat(positions: Tensor, num_superchains: int, *, rank_normalised: bool = True) -> Tensor:
    """Nested R-hat for many short chains (arXiv:2110.13017): (dim,) float64.

        sqrt(1 + B / W),   B = variance of the superchains' means,   W = mean over superchains of (W_k + B_k)

    B_k is the variance of the chains' means inside superchain k, W_k their mean variance. Chains of one superchain must
    have started at the same point, superchains apart: then B sees the bias of the start, however short the chains are.

    positions: (num_draws, chains, dim); superchain k is the k-th run of chains / num_superchains neighbours in the chain
    axis. rank_normalised: halves, ranks and folding as in `rhat`, from 4 draws on; False: the equation as it stands, from
    one draw on. Raises `InputError` as `rhat`, or if the chains are not whole superchains of at least two chains.
    """
    require_count("num_superchains", num_superchains, minimum=2)
    x = require_positions(positions, min_draws=4 if rank_normalised else 1, min_chains=2)
    chains = x.shape[1]
    require(chains % num_superchains == 0 and chains >= 2 * num_superchains,
            f"a number of chains that is a multiple of num_superchains = {num_superchains}, at least two each", str(chains),
            "choose num_superchains so that every superchain has the same number of chains")
    if not rank_normalised:
        return _nested_rhat(x, num_superchains, 1)
    halves = split_chains(x)
    return torch.fmax(_nested_rhat(rank_normalise(halves), num_superchains, 2),
                      _nested_rhat(rank_normalise(fold(halves)), num_superchains, 2))


def _rhat(x: Tensor) -> Tensor:
    n = x.shape[0]
    return ((x.mean(0).var(0) * n / x.var(0).mean(0) + n - 1) / n).sqrt()


def _nested_rhat(x: Tensor, num_superchains: int, parts: int) -> Tensor:
    """x: (n, parts * chains, dim): the first, then the second halves of all chains; both belong to one superchain."""
    means = x.mean(0).unflatten(0, (parts, num_superchains, -1)).movedim(0, 1).flatten(1, 2)
    within = x.var(0).mean(0) if x.shape[0] > 1 else 0
    return (1 + means.mean(1).var(0) / (within + means.var(1).mean(0))).sqrt()
