"""The leapfrog integrator of Hamilton's equations (Neal, 2011: arXiv:1206.1901, section 5.2.3).

    H(x, p) = -log p(x) + p^T M^-1 p / 2;        dx/dt = M^-1 p,   dp/dt = grad log p(x)

In the units v = F^T p of `mass_matrix`, M^-1 = F F^T, one step of length h is

    v <- v + h/2 F^T grad log p(x);      x <- x + h F v;      v <- v + h/2 F^T grad log p(x)

Each line moves one half of (x, v) by a function of the other, so the map keeps volume; running it with -h undoes it.
The energy H oscillates by O(h^2) and does not drift.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import log_prob_and_grad
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.mass_matrix import to_force, to_velocity

DIVERGENCE = 1000.0  # an energy error above this (in nats) is a trajectory that has left the true one (arXiv:1701.02434)


class HamiltonianState(NamedTuple):
    """position (chains, dim), and there log_prob (chains,) and its gradient (chains, dim)."""

    position: Tensor
    log_prob: Tensor
    grad: Tensor


class PhasePoint(NamedTuple):
    """position and momentum v (chains, dim), and at the position log_prob (chains,) and its gradient (chains, dim)."""

    position: Tensor
    momentum: Tensor
    log_prob: Tensor
    grad: Tensor

    @property
    def energy(self) -> Tensor:
        """H = -log p(x) + |v|^2 / 2: (chains,)."""
        return self.momentum.square().sum(-1) / 2 - self.log_prob

    @property
    def state(self) -> HamiltonianState:
        return HamiltonianState(self.position, self.log_prob, self.grad)


def leapfrog(log_prob: LogProb, point: PhasePoint, step_size: float | Tensor, factor: Tensor | None) -> PhasePoint:
    """One step. step_size: a number or (chains, 1), negative to go back in time; factor: F of `mass_matrix`.

    A chain that would leave for infinity or NaN stays where it is with a momentum of NaN, hence an energy of NaN from then
    on: log_prob is never asked for its value at a point that is none.
    """
    v = point.momentum + step_size / 2 * to_force(factor, point.grad)
    x = point.position + step_size * to_velocity(factor, v)
    lost = ~torch.isfinite(x).all(-1, keepdim=True)
    x = torch.where(lost, point.position, x)
    log_prob_x, grad = log_prob_and_grad(log_prob, x)
    v = (v + step_size / 2 * to_force(factor, grad)).masked_fill(lost, torch.nan)
    return PhasePoint(x, v, log_prob_x, grad)


def is_divergent(energy_error: Tensor) -> Tensor:
    """Which energy errors (chains,) are above `DIVERGENCE`, infinite or NaN."""
    return ~(torch.isfinite(energy_error) & (energy_error <= DIVERGENCE))


def where(mask: Tensor, a: NamedTuple, b: NamedTuple) -> NamedTuple:
    """Chain by chain a or b, of the same type: mask (chains,)."""
    return type(a)(*(torch.where(mask if s.ndim == 1 else mask[:, None], s, t) for s, t in zip(a, b)))
