"""Metropolis-adjusted Langevin algorithm (Roberts and Tweedie, 1996; rates: arXiv:1801.02309).

    y = x + h grad log p(x) + sqrt(2 h) * noise,          noise ~ N(0, I),   h = step_size
    x' = y with probability min(1, p(y) q(x | y) / (p(x) q(y | x))), else x

The proposal q(y | x) = N(y; x + h g(x), 2 h I), g = grad log p, is not symmetric. Its ratio, with the squares expanded
(|y - x|^2 / 4h cancels, which also spares digits), is

    log q(x | y) - log q(y | x) = -(y - x) . (g(x) + g(y)) / 2 + h (|g(x)|^2 - |g(y)|^2) / 4
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from course_lib.inputs import log_prob_and_grad, require_positive
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.metropolis import MetropolisInfo, draw_log_u, metropolis_test
from course_lib.samplers.start import start_with_grad
from course_lib.samplers.unadjusted_langevin import LangevinState, langevin_move


@dataclass(frozen=True, eq=False)
class MALA:
    """Propose a Langevin step of `step_size`; accept or stay, so that p is kept exactly.

    In high dimension an acceptance rate near 0.574 is best (Roberts and Rosenthal, 1998).
    Raises `InputError` unless step_size is a finite number > 0.
    """

    step_size: float
    leaves_invariant: ClassVar[bool] = True

    def __post_init__(self):
        require_positive("step_size", self.step_size)

    def init(self, log_prob: LogProb, x: Tensor) -> LangevinState:
        """The state at x (chains, dim). Raises `InputError` if log_prob has no gradient or x is not fit to start from."""
        return LangevinState(*start_with_grad(log_prob, x))

    def step(self, log_prob: LogProb, state: LangevinState,
             generator: torch.Generator | None = None) -> tuple[LangevinState, MetropolisInfo]:
        """Draw noise and u, and make one transition."""
        x = state.position
        noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        return self.transition(log_prob, state, noise, draw_log_u(x, generator))

    def transition(self, log_prob: LogProb, state: LangevinState, noise: Tensor,
                   log_u: Tensor) -> tuple[LangevinState, MetropolisInfo]:
        """The equation: noise (chains, dim), log_u (chains,)."""
        x, log_prob_x, grad_x = state
        y = langevin_move(x, grad_x, self.step_size, noise)
        log_prob_y, grad_y = log_prob_and_grad(log_prob, y)
        log_q_ratio = (-(y - x) * (grad_x + grad_y) / 2 + self.step_size / 4 * (grad_x**2 - grad_y**2)).sum(-1)
        acceptance_probability, is_accepted = metropolis_test(log_prob_y - log_prob_x + log_q_ratio, log_u)
        state = LangevinState(
            torch.where(is_accepted[:, None], y, x),
            torch.where(is_accepted, log_prob_y, log_prob_x),
            torch.where(is_accepted[:, None], grad_y, grad_x),
        )
        return state, MetropolisInfo(y, acceptance_probability, is_accepted)
