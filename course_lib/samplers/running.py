"""Running summaries: what a long run says of its density, without its positions in memory.

A summary is a small frozen dataclass of its settings, as a kernel is, with two methods:

init(x, num_draws) -> State            x (chains, dim): the starting points; num_draws: how many positions will come
update(state, position) -> State       takes one more position (chains, dim); nothing in it waits for the device

State is a NamedTuple of tensors, numbers and tuples, so that a checkpoint can hold it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from course_lib.inputs import require_count


class Summary(Protocol):
    def init(self, x: Tensor, num_draws: int) -> Any: ...

    def update(self, state: Any, position: Tensor) -> Any: ...


class Moments(NamedTuple):
    """Moments of n = `count` draws of each chain, in float64, by Welford's recursion.

    mean             (chains, dim)
    squares          (chains, dim): sum of squared deviations from the mean
    batch_size       b: successive draws of a chain that make one batch
    batch_sum        (chains, dim): sum over the batch that is being filled, of deviations from `shift`
    batches          (dim,) each: mean of the full batches' means, and sum of their squared deviations
    shift            (chains, dim): the starting points, subtracted from batch sums against cancellation
    """

    count: int
    mean: Tensor
    squares: Tensor
    batch_size: int
    batch_sum: Tensor
    batches: tuple[Tensor, Tensor]
    shift: Tensor

    @property
    def variance(self) -> Tensor:
        """(chains, dim): each chain's own variance, with n - 1; NaN for a single draw."""
        return self.squares / (self.count - 1) if self.count > 1 else torch.full_like(self.squares, torch.nan)

    @property
    def pooled_mean(self) -> Tensor:
        """(dim,): mean over all draws of all chains."""
        return self.mean.mean(0)

    @property
    def pooled_variance(self) -> Tensor:
        """(dim,): variance over all draws of all chains, with (number of draws) - 1."""
        between = self.count * ((self.mean - self.pooled_mean) ** 2).sum(0)
        total = self.count * len(self.mean)
        return (self.squares.sum(0) + between) / (total - 1) if total > 1 else torch.full_like(between, torch.nan)

    @property
    def standard_error(self) -> Tensor:
        """(dim,): Monte Carlo standard error of `pooled_mean`, by replicated batch means (Argon, Andradottir, 2006).

        sqrt(b * V / number of draws), V the variance of all full batches' means, b their length. Good where b is
        well above the autocorrelation time, or where each chain is one batch and the chains are independent: then V
        also sees chains that have not mixed. NaN before two batches are full.
        """
        number = self.count // self.batch_size * len(self.mean)
        if number < 2:
            return torch.full_like(self.pooled_mean, torch.nan)
        return (self.batch_size * self.batches[1] / (number - 1) / (self.count * len(self.mean))).sqrt()

    @property
    def effective_sample_size(self) -> Tensor:
        """(dim,): how many independent draws would give `pooled_mean` this error: pooled_variance / standard_error^2."""
        return self.pooled_variance / self.standard_error**2

    @property
    def r_hat(self) -> Tensor:
        """(dim,): sqrt of (between-chain + within-chain) over within-chain variance (Gelman, Rubin, 1992).

        Of whole chains, neither split nor rank-normalised: it does not see a drift that all chains share, nor heavy
        tails. NaN with one chain or one draw.
        """
        if self.count < 2 or len(self.mean) < 2:
            return torch.full_like(self.pooled_mean, torch.nan)
        return ((self.count - 1) / self.count + self.mean.var(0) / self.variance.mean(0)).sqrt()


@dataclass(frozen=True, eq=False)
class RunningMoments:
    """Means and variances of each chain and of all, with their standard error: memory 5 * chains * dim float64.

    mean_n = mean_(n-1) + (x_n - mean_(n-1)) / n
    squares_n = squares_(n-1) + (x_n - mean_(n-1)) (x_n - mean_n)          (Welford, 1962)

    num_batches: how many batches, in all chains together, the standard error rests on at the least; its own relative
    error is about 1 / sqrt(2 num_batches). With so many chains or more, each chain is one batch; fewer chains are cut.
    Raises `InputError` unless num_batches is a whole number of at least 2.
    """

    num_batches: int = 64

    def __post_init__(self):
        require_count("num_batches", self.num_batches, minimum=2)

    def init(self, x: Tensor, num_draws: int) -> Moments:
        """No draw yet. x: (chains, dim); num_draws: how many will come from each chain."""
        batch_size = max(1, num_draws // -(-self.num_batches // len(x)))
        zero, zeros = torch.zeros_like(x[0], dtype=torch.float64), torch.zeros_like(x, dtype=torch.float64)
        return Moments(0, zeros, zeros, batch_size, zeros, (zero, zero), x.detach().to(torch.float64, copy=True))

    @torch.no_grad()
    def update(self, state: Moments, position: Tensor) -> Moments:
        """One more draw of every chain: position (chains, dim)."""
        count, mean, squares, batch_size, batch_sum, batches, shift = state
        count += 1
        deviation = position.double() - mean
        mean = mean + deviation / count
        squares = squares + deviation * (position - mean)
        batch_sum = batch_sum + (position - shift)
        if count % batch_size == 0:  # `count` is a number of Python: no question to the device
            batches = _merge(batches, count // batch_size - 1, batch_sum / batch_size + shift)
            batch_sum = torch.zeros_like(batch_sum)
        return Moments(count, mean, squares, batch_size, batch_sum, batches, shift)


def _merge(batches: tuple[Tensor, Tensor], merged: int, new: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and sum of squares (dim,) of `merged` rounds of batches and of one more, new (chains, dim) (Chan et al., 1979)."""
    mean, squares = batches
    deviation = new.mean(0) - mean
    squares = squares + ((new - new.mean(0)) ** 2).sum(0) + deviation**2 * len(new) * merged / (merged + 1)
    return mean + deviation / (merged + 1), squares
