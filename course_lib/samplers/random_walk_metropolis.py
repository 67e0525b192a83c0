"""Random-walk Metropolis (Metropolis et al., 1953).

    y = x + step_size * noise,          noise ~ N(0, I)
    x' = y with probability min(1, p(y) / p(x)), else x

The proposal is symmetric, q(y | x) = q(x | y), so only the ratio of densities is left.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import require_positive
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.metropolis import MetropolisInfo, draw_log_u, metropolis_test
from course_lib.samplers.start import start


class RandomWalkState(NamedTuple):
    """position (chains, dim) and log_prob (chains,) there."""

    position: Tensor
    log_prob: Tensor


@dataclass(frozen=True, eq=False)
class RandomWalkMetropolis:
    """Propose a Gaussian step of standard deviation `step_size` in every coordinate; accept or stay.

    In high dimension an acceptance rate near 0.234 is best (Roberts, Gelman, Gilks, 1997).
    Raises `InputError` unless step_size is a finite number > 0.
    """

    step_size: float
    leaves_invariant: ClassVar[bool] = True

    def __post_init__(self):
        require_positive("step_size", self.step_size)

    def init(self, log_prob: LogProb, x: Tensor) -> RandomWalkState:
        """The state at x (chains, dim). Raises `InputError` if log_prob or x is not fit to start from."""
        return RandomWalkState(*start(log_prob, x))

    def step(self, log_prob: LogProb, state: RandomWalkState,
             generator: torch.Generator | None = None) -> tuple[RandomWalkState, MetropolisInfo]:
        """Draw noise and u, and make one transition."""
        x = state.position
        noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        return self.transition(log_prob, state, noise, draw_log_u(x, generator))

    @torch.no_grad()
    def transition(self, log_prob: LogProb, state: RandomWalkState, noise: Tensor,
                   log_u: Tensor) -> tuple[RandomWalkState, MetropolisInfo]:
        """The equation: noise (chains, dim), log_u (chains,)."""
        x, log_prob_x = state
        y = x + self.step_size * noise
        log_prob_y = log_prob(y)
        acceptance_probability, is_accepted = metropolis_test(log_prob_y - log_prob_x, log_u)
        state = RandomWalkState(torch.where(is_accepted[:, None], y, x), torch.where(is_accepted, log_prob_y, log_prob_x))
        return state, MetropolisInfo(y, acceptance_probability, is_accepted)
