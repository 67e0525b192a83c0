"""Hamiltonian Monte Carlo (Duane et al., 1987; Neal, 2011: arXiv:1206.1901).

    v ~ N(0, I);      (y, w) = num_integration_steps leapfrog steps of H(x, v) = -log p(x) + |v|^2 / 2 from (x, v)
    x' = y with probability min(1, exp(H(x, v) - H(y, w))), else x

The map (x, v) -> (y, -w) keeps volume and is its own inverse, so nothing but the energies enters the ratio. v is the
momentum p ~ N(0, M) in units of the mass matrix M: v = F^T p with M^-1 = F F^T.
"""

from dataclasses import dataclass, field
from numbers import Real
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_count, require_positive
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.leapfrog import HamiltonianState, PhasePoint, is_divergent, leapfrog, where
from course_lib.samplers.mass_matrix import mass_factor, require_mass
from course_lib.samplers.metropolis import draw_log_u, metropolis_test
from course_lib.samplers.start import start_with_grad


class HMCInfo(NamedTuple):
    """What a step did. proposal and momentum w at the end of the trajectory: (chains, dim); all else (chains,).

    energy: H of the point that was kept, for E-BFMI. is_divergent: the energy error was above 1000 or no number, so the
    step size is too large there and the proposal was rejected. trajectory_length: step size times number of steps.
    """

    proposal: Tensor
    acceptance_probability: Tensor
    is_accepted: Tensor
    energy: Tensor
    is_divergent: Tensor
    num_integration_steps: Tensor
    trajectory_length: Tensor
    momentum: Tensor


@dataclass(frozen=True, eq=False)
class HMC:
    """Follow the energy surface for `num_integration_steps` leapfrog steps of `step_size`; accept or stay.

    inverse_mass_matrix: None for I, (dim,) for a diagonal, or (dim, dim); at best the covariance of the target.
    jitter: in [0, 1]. At every step each chain shortens its trajectory by its own factor, uniform in [1 - jitter, 1], by
    shorter leapfrog steps: a fixed length can come back to where it started, period after period. All chains take
    the same number of leapfrog steps, so nothing waits for the device.
    An acceptance rate near 0.651 is best in high dimension (arXiv:1001.4460); 0.8 is a cautious choice.
    Raises `InputError` if a setting does not fit.
    """

    step_size: float
    num_integration_steps: int
    inverse_mass_matrix: Tensor | None = None
    jitter: float = 0.0
    factor: Tensor | None = field(init=False, repr=False)  # F
    leaves_invariant: ClassVar[bool] = True

    def __post_init__(self):
        require_positive("step_size", self.step_size)
        require_count("num_integration_steps", self.num_integration_steps)
        number = isinstance(self.jitter, Real) and not isinstance(self.jitter, bool)
        require(number and 0 <= self.jitter <= 1, "jitter to be a number between 0 and 1", describe(self.jitter),
                "pass for instance jitter=0.2 to shorten trajectories by up to a fifth")
        object.__setattr__(self, "factor", mass_factor(self.inverse_mass_matrix))

    def init(self, log_prob: LogProb, x: Tensor) -> HamiltonianState:
        """The state at x (chains, dim). Raises `InputError` if log_prob has no gradient, or x or the mass do not fit."""
        state = HamiltonianState(*start_with_grad(log_prob, x))
        require_mass(self.factor, x)
        return state

    def step(self, log_prob: LogProb, state: HamiltonianState,
             generator: torch.Generator | None = None) -> tuple[HamiltonianState, HMCInfo]:
        """Draw noise, u and the jitter, and make one transition."""
        x = state.position
        noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        log_u = draw_log_u(x, generator)
        if self.jitter == 0:
            return self.transition(log_prob, state, noise, log_u)
        u = torch.rand(x.shape[0], dtype=x.dtype, device=x.device, generator=generator)
        return self.transition(log_prob, state, noise, log_u, 1 - self.jitter * u)

    def transition(self, log_prob: LogProb, state: HamiltonianState, noise: Tensor, log_u: Tensor,
                   shortening: Tensor | None = None) -> tuple[HamiltonianState, HMCInfo]:
        """The equation: noise v (chains, dim), log_u (chains,), shortening (chains,) the jitter's factors, None for 1."""
        step_size = self.step_size * (torch.ones_like(log_u) if shortening is None else shortening)
        start = end = PhasePoint(state.position, noise, state.log_prob, state.grad)
        for _ in range(self.num_integration_steps):
            end = leapfrog(log_prob, end, step_size[:, None], self.factor)
        energy_error = end.energy - start.energy
        acceptance_probability, is_accepted = metropolis_test(-energy_error, log_u)
        info = HMCInfo(
            proposal=end.position,
            acceptance_probability=acceptance_probability,
            is_accepted=is_accepted,
            energy=torch.where(is_accepted, end.energy, start.energy),
            is_divergent=is_divergent(energy_error),
            num_integration_steps=torch.full_like(log_u, self.num_integration_steps, dtype=torch.int64),
            trajectory_length=step_size * self.num_integration_steps,
            momentum=end.momentum,
        )
        return where(is_accepted, end.state, state), info
