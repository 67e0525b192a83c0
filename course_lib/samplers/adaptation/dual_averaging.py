"""Step size by dual averaging (Nesterov, 2009; arXiv:1111.4246, section 3.2 and algorithm 4).

    H_t = (1 - 1/(t + t0)) H_{t-1} + (target - acceptance_t) / (t + t0)
    log step_t = log(10 step_0) - sqrt(t) / gamma H_t
    log average_t = t^-kappa log step_t + (1 - t^-kappa) log average_{t-1}

The step size in use moves fast and tries large values first; the average settles, and is what is kept. This supposes that
acceptance falls as the step grows. On a nearly Gaussian density it does not for HMC of a fixed number of steps, which has
resonances: the average may then settle at another acceptance. A little jitter smooths them away. Where acceptance falls
steeply, next to the stability limit, the step size swings for some hundred steps before the average can be trusted.
"""

from dataclasses import replace
from math import exp, log, sqrt
from typing import Any, NamedTuple

import torch

from course_lib.inputs import require
from course_lib.samplers.kernel import Kernel, LogProb

GAMMA, T0, KAPPA = 0.05, 10, 0.75  # the values of the paper
LOG_LIMIT = 600.0                  # exp stays a finite number above 0


class DualAveraging(NamedTuple):
    """The state of the recursion: numbers on the host, one step size for all chains."""

    log_start: float
    log_step: float
    log_average: float
    shortfall: float = 0.0  # H_t
    count: int = 0          # t

    @classmethod
    def start(cls, step_size: float) -> "DualAveraging":
        """Before the first step, at step_size > 0."""
        return cls(log(10 * step_size), log(step_size), log(step_size))

    def update(self, acceptance: float, target: float) -> "DualAveraging":
        """After a step with this acceptance probability (mean over chains), towards `target`, both in [0, 1]."""
        t = self.count + 1
        shortfall = (1 - 1 / (t + T0)) * self.shortfall + (target - acceptance) / (t + T0)
        log_step = max(-LOG_LIMIT, min(LOG_LIMIT, self.log_start - sqrt(t) / GAMMA * shortfall))
        weight = t**-KAPPA
        return DualAveraging(self.log_start, log_step, weight * log_step + (1 - weight) * self.log_average, shortfall, t)

    @property
    def step_size(self) -> float:
        return exp(self.log_step)

    @property
    def average(self) -> float:
        return exp(self.log_average)


def reasonable_step_size(kernel: Kernel, log_prob: LogProb, state: Any, target: float,
                         generator: torch.Generator | None = None) -> float:
    """Double or halve the kernel's step size until the mean acceptance of one step from `state` crosses `target`.

    HMC and NUTS try a single leapfrog step. No try moves the chains.
    Raises `InputError` if it does not cross within 60 doublings: a density without a scale, or a wrong gradient.
    """
    for name in ("num_integration_steps", "max_tree_depth"):
        if hasattr(kernel, name):
            kernel = replace(kernel, **{name: 1})

    def acceptance(step_size: float) -> float:
        trial = replace(kernel, step_size=step_size)
        return float(trial.step(log_prob, state, generator)[1].acceptance_probability.mean())

    step_size = kernel.step_size
    grow = acceptance(step_size) > target
    for _ in range(60):
        step_size = step_size * 2 if grow else step_size / 2
        if (acceptance(step_size) > target) != grow:
            return step_size
    change = "fall below" if grow else "rise above"
    require(False, f"the acceptance probability to {change} {target:g} at some step size",
            f"none between {kernel.step_size:g} and {step_size:g}",
            "check that the density has a finite scale" if grow else "check the gradient of log_prob, and the starting points")
