"""Stochastic gradient Langevin dynamics (Welling and Teh, 2011): a Langevin step with the gradient of a minibatch.

    x' = x + h_t * g(x) + sqrt(2 h_t) * noise,     g = grad of log p(x) + N/n * sum over the n examples of log p(y_i | x)

The paper writes epsilon_t = 2 h_t. Every chain draws its own n of the N examples, uniformly and with replacement, so that
chains stay independent. There is no test, and two errors remain at a constant step size h:

    the bias of Euler's method, as in `UnadjustedLangevin`
    the variance of g, which heats the chain: on a Gaussian posterior of precision A in one dimension the stationary
    variance is (2 + h V) / (A (2 - h A)) instead of 1 / A, V the variance of g; V grows as N^2 / n and the first error does
    not know it, so h must be small against 2 / V

Both vanish with h: the paper lets h_t fall so slowly that sum h_t is infinite and sum h_t^2 is not (`polynomial_decay`).
Averages over such a run are weighted by h_t; at a constant h they are plain, and biased.
"""

from dataclasses import dataclass
from typing import Callable, ClassVar, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, log_prob_and_grad, require, require_count, require_positive
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.start import start_with_grad
from course_lib.samplers.unadjusted_langevin import LangevinInfo, langevin_move

BatchLogProb = Callable[[Tensor, Tensor], Tensor]  # x (chains, dim), batch (chains, n, ...) -> (chains,)
Schedule = Callable[[int], float]  # the number of steps done -> step size


def minibatch_log_prob(log_prior: LogProb, log_likelihood: BatchLogProb, num_data: int) -> BatchLogProb:
    """log_prob(x, batch) = log_prior(x) + num_data / n * sum over the batch: on average the log-posterior.

    log_prior: (chains, dim) -> (chains,). log_likelihood: x and batch (chains, n, ...) -> (chains, n), one number an example.
    Raises `InputError` unless num_data is a whole number >= 1; log_prob does if log_likelihood returns another shape.
    """
    require_count("num_data", num_data)

    def log_prob(x: Tensor, batch: Tensor) -> Tensor:
        value = log_likelihood(x, batch)
        require(isinstance(value, Tensor) and value.shape == batch.shape[:2],
                f"log_likelihood to return one number an example, shape {tuple(batch.shape[:2])}", describe(value),
                "compare x[:, None] with the batch, and sum over the axes of one example only")
        return log_prior(x) + num_data / batch.shape[1] * value.sum(-1)

    return log_prob


def polynomial_decay(first: float, offset: float = 1.0, power: float = 0.55) -> Schedule:
    """The schedule h_t = first * (1 + t / offset)^-power, t = 0, 1, ...: first > 0, offset > 0, 1/2 < power <= 1."""
    require_positive("first", first)
    require_positive("offset", offset)
    require_positive("power", power)
    require(0.5 < power <= 1, "power above 1/2 and at most 1", describe(power), "the sum of h_t must diverge, that of h_t^2 not")
    return lambda t: first * (1 + t / offset) ** -power


class SGLDState(NamedTuple):
    """position (chains, dim), and the number of steps done, which a schedule needs."""

    position: Tensor
    num_steps: int


@dataclass(frozen=True, eq=False)
class SGLD:
    """Langevin steps for a density log_prob(x, batch), with minibatches of `batch_size` rows of `data` (N, ...).

    step_size: a number, or a function of the number of steps done. batch_size=None: all data, in their order, at every step
    (then this is `UnadjustedLangevin`). Data and chains live on one device.
    Raises `InputError` unless data has a row, 1 <= batch_size < N, and step_size is finite and > 0 (a function: at t = 0).
    """

    data: Tensor
    step_size: float | Schedule
    batch_size: int | None = None
    leaves_invariant: ClassVar[bool] = False

    def __post_init__(self):
        require(isinstance(self.data, Tensor) and self.data.ndim > 0 and self.data.shape[0] > 0,
                "data to be a tensor with at least one example a row", describe(self.data), "make it one with torch.as_tensor")
        require_positive("step_size" if not callable(self.step_size) else "step_size(0)", self.step_size_at(0))
        if self.batch_size is not None:
            require_count("batch_size", self.batch_size)
            require(self.batch_size < len(self.data), f"batch_size below the {len(self.data)} examples of data",
                    describe(self.batch_size), "leave it out for all of them")

    def step_size_at(self, t: int) -> float:
        """h_t."""
        return self.step_size(t) if callable(self.step_size) else self.step_size

    def init(self, log_prob: BatchLogProb, x: Tensor) -> SGLDState:
        """The state at x (chains, dim). Raises `InputError` if log_prob of x and the first examples is not fit to start."""
        first = self.data[: self.batch_size]
        x, _, _ = start_with_grad(lambda x: log_prob(x, first.expand(x.shape[0], *first.shape)), x)
        return SGLDState(x, 0)

    def step(self, log_prob: BatchLogProb, state: SGLDState,
             generator: torch.Generator | None = None) -> tuple[SGLDState, LangevinInfo]:
        """Draw noise, then a minibatch for each chain, and make one transition."""
        x = state.position
        noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        if self.batch_size is None:
            return self.transition(log_prob, state, noise, self.data.expand(x.shape[0], *self.data.shape))
        rows = torch.randint(len(self.data), (x.shape[0], self.batch_size), device=x.device, generator=generator)
        return self.transition(log_prob, state, noise, self.data[rows])

    def transition(self, log_prob: BatchLogProb, state: SGLDState, noise: Tensor,
                   batch: Tensor) -> tuple[SGLDState, LangevinInfo]:
        """The equation: noise (chains, dim), batch (chains, n, ...)."""
        _, grad = log_prob_and_grad(lambda x: log_prob(x, batch), state.position)
        y = langevin_move(state.position, grad, self.step_size_at(state.num_steps), noise)
        one = torch.ones_like(y[:, 0])
        return SGLDState(y, state.num_steps + 1), LangevinInfo(one, one.bool())
