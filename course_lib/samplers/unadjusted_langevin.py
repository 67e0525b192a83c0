"""Unadjusted Langevin algorithm (arXiv:1507.05021): Euler's method for dX = grad log p(X) dt + sqrt(2) dW.

    x' = x + step_size * grad log p(x) + sqrt(2 * step_size) * noise,          noise ~ N(0, I)

There is no test, so the chain keeps a bias that grows with step_size: on N(0, sigma^2) its stationary variance is
sigma^2 / (1 - step_size / (2 sigma^2)), and from step_size = 2 sigma^2 on it diverges.
"""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import log_prob_and_grad, require_positive
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.start import start_with_grad


class LangevinState(NamedTuple):
    """position (chains, dim), and there log_prob (chains,) and its gradient (chains, dim)."""

    position: Tensor
    log_prob: Tensor
    grad: Tensor


class LangevinInfo(NamedTuple):
    """Every move is kept: probability 1 and True, each (chains,)."""

    acceptance_probability: Tensor
    is_accepted: Tensor


def langevin_move(x: Tensor, grad: Tensor, step_size: float, noise: Tensor) -> Tensor:
    """x + step_size * grad + sqrt(2 * step_size) * noise; all of shape (chains, dim)."""
    return x + step_size * grad + sqrt(2 * step_size) * noise


@dataclass(frozen=True, eq=False)
class UnadjustedLangevin:
    """Drift along the gradient of log p with `step_size`, plus noise of variance 2 * step_size.

    A chain that diverges stays at infinity or NaN, for all to see: nothing is clipped. Other chains do not notice.
    Raises `InputError` unless step_size is a finite number > 0.
    """

    step_size: float
    leaves_invariant: ClassVar[bool] = False

    def __post_init__(self):
        require_positive("step_size", self.step_size)

    def init(self, log_prob: LogProb, x: Tensor) -> LangevinState:
        """The state at x (chains, dim). Raises `InputError` if log_prob has no gradient or x is not fit to start from."""
        return LangevinState(*start_with_grad(log_prob, x))

    def step(self, log_prob: LogProb, state: LangevinState,
             generator: torch.Generator | None = None) -> tuple[LangevinState, LangevinInfo]:
        """Draw noise and make one transition."""
        x = state.position
        noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        return self.transition(log_prob, state, noise)

    def transition(self, log_prob: LogProb, state: LangevinState, noise: Tensor) -> tuple[LangevinState, LangevinInfo]:
        """The equation: noise (chains, dim)."""
        y = langevin_move(state.position, state.grad, self.step_size, noise)
        state = LangevinState(y, *log_prob_and_grad(log_prob, y))
        one = torch.ones_like(state.log_prob)
        return state, LangevinInfo(one, one.bool())
