"""Trajectory length of HMC from many chains: ChEES (Hoffman, Radul, Sountsov, 2021; compared in arXiv:2110.11576).

    ChEES(T) = E (|x' - E x'|^2 - |x - E x|^2)^2 / 4,      the change in the estimator of the expected square

grows with T until trajectories turn back. Along a trajectory of length t = s T (s the jitter) dx'/dT = s M^-1 p', so

    d ChEES / d log T = E t (|x' - E x'|^2 - |x - E x|^2) (x' - E x')^T M^-1 p'

estimated over the chains, each weighted by its acceptance probability, and climbed by Adam (arXiv:1412.6980) without momentum.
"""

from math import exp, log, sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.samplers.hamiltonian import HMCInfo
from course_lib.samplers.mass_matrix import to_velocity

RATE, DECAY = 0.025, 0.95  # Adam's learning rate and memory of the squared gradient
MAX_STEPS = 1000           # leapfrog steps in a trajectory


class TrajectoryLength(NamedTuple):
    """log T, its running average, Adam's memory, and the number of updates."""

    log_length: float
    log_average: float
    square: float = 0.0
    count: int = 0

    @classmethod
    def start(cls, length: float) -> "TrajectoryLength":
        """Before the first update, at the length T > 0."""
        return cls(log(length), log(length))

    def update(self, x: Tensor, info: HMCInfo, factor: Tensor | None, step_size: float) -> "TrajectoryLength":
        """After an HMC step from x (chains, dim), chains >= 2. factor: F of `mass_matrix`; step_size limits T to MAX_STEPS."""
        gradient = float(chees_gradient(x, info, factor))
        t = self.count + 1
        square = DECAY * self.square + (1 - DECAY) * gradient**2
        direction = gradient / (sqrt(square / (1 - DECAY**t)) + 1e-300)
        log_length = min(self.log_length + RATE * direction, log(MAX_STEPS * step_size))
        weight = t**-0.5
        return TrajectoryLength(log_length, weight * log_length + (1 - weight) * self.log_average, square, t)

    @property
    def length(self) -> float:
        return exp(self.log_length)

    @property
    def average(self) -> float:
        return exp(self.log_average)


def chees_gradient(x: Tensor, info: HMCInfo, factor: Tensor | None) -> Tensor:
    """The estimate above, a float64 scalar (it has the fourth power of a length); 0 if no chain has any weight."""
    usable = info.acceptance_probability > 0  # a chain that diverged may be at infinity, and 0 * infinity is NaN
    x, weight = x.double(), info.acceptance_probability.double()
    weight = weight / weight.sum().clamp(min=torch.finfo(weight.dtype).tiny)
    proposal = torch.where(usable[:, None], info.proposal, 0.0).double()
    velocity = to_velocity(factor, torch.where(usable[:, None], info.momentum, 0.0).double())
    before, after = x - x.mean(0), proposal - weight @ proposal
    change = after.square().sum(-1) - before.square().sum(-1)
    return weight @ (info.trajectory_length * change * (after * velocity).sum(-1))


def steps_for(length: float, step_size: float) -> int:
    """The number of leapfrog steps nearest to a trajectory of this length: 1 ... MAX_STEPS."""
    return min(MAX_STEPS, max(1, round(length / step_size)))
