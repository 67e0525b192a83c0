"""Choose a kernel's settings while its chains find the target; then stop.

A kernel that goes on adapting is no Markov chain and need not keep the target. Here adaptation has an end: the kernel
that comes back has fixed settings, and the steps of the warm-up are no draws.
"""

from dataclasses import is_dataclass, replace
from math import pi
from numbers import Real
from typing import Any, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.samplers.adaptation.dual_averaging import DualAveraging, reasonable_step_size
from course_lib.samplers.adaptation.mass_estimate import MassEstimate
from course_lib.samplers.adaptation.trajectory_length import TrajectoryLength, steps_for
from course_lib.samplers.adaptation.windows import mass_windows
from course_lib.samplers.hamiltonian import HMC
from course_lib.samplers.kernel import Kernel, LogProb
from course_lib.samplers.mala import MALA
from course_lib.samplers.nuts import NUTS
from course_lib.samplers.random_walk_metropolis import RandomWalkMetropolis
from course_lib.samplers.start import require_generator

# The first two are best in high dimension (see the kernels); 0.8 is cautious, where a divergence costs more than a gradient.
TARGET_ACCEPTANCE = {RandomWalkMetropolis: 0.234, MALA: 0.574, HMC: 0.8, NUTS: 0.8}


class WarmUp(NamedTuple):
    """What `warm_up` returns.

    kernel            with the settings found; it never adapts again
    state             where the chains are; go on with `sample(warm.kernel, log_prob, warm.state.position, ...)`
    step_sizes        (num_steps,) float64 on the CPU: the step size in use at every step
    acceptance        (num_steps,) float64 on the CPU: the mean acceptance probability of every step
    num_divergences   (chains,) int64: steps with an energy error above 1000, 0 for kernels that have none
    """

    kernel: Kernel
    state: Any
    step_sizes: Tensor
    acceptance: Tensor
    num_divergences: Tensor


def warm_up(kernel: Kernel, log_prob: LogProb, x: Tensor, num_steps: int, *, target_acceptance: float | None = None,
            mass_matrix: str | None = None, trajectory: str | None = None,
            generator: torch.Generator | None = None) -> WarmUp:
    """Run `kernel` from x (chains, dim) for num_steps that adapt its settings, all chains together.

    Step size: dual averaging of the mean acceptance probability towards target_acceptance (None: 0.234 for random-walk
    Metropolis, 0.574 for MALA, 0.8 for HMC and NUTS). mass_matrix: None, "diagonal" or "dense", for HMC and NUTS.
    trajectory: None keeps num_integration_steps; "chees" fits the trajectory length of HMC, best with 32 chains or more.
    Raises `InputError` if an argument or the density is not fit, or no step size gives the acceptance asked for.
    """
    target = _check(kernel, x, num_steps, target_acceptance, mass_matrix, trajectory, generator)
    state = kernel.init(log_prob, x)
    windows = mass_windows(num_steps) if mass_matrix else []
    begins, ends = {begin for begin, _ in windows}, {end for _, end in windows}
    kernel, step, length = _restart(kernel, log_prob, state, target, trajectory, generator)
    step_sizes, acceptance = torch.empty(2, num_steps, dtype=torch.float64)
    num_divergences = torch.zeros(x.shape[0], dtype=torch.int64, device=x.device)
    for k in range(num_steps):
        before = state.position
        state, info = kernel.step(log_prob, state, generator)
        step_sizes[k], acceptance[k] = kernel.step_size, float(info.acceptance_probability.mean())
        num_divergences += getattr(info, "is_divergent", 0)
        step = step.update(float(acceptance[k]), target)
        changes = {"step_size": step.step_size}
        if trajectory:
            length = length.update(before, info, kernel.factor, kernel.step_size)
            changes["num_integration_steps"] = steps_for(length.length, step.step_size)
        kernel = replace(kernel, **changes)
        if k in begins:
            estimate = MassEstimate.start(x, mass_matrix)
        if windows and windows[0][0] <= k < windows[-1][1]:
            estimate = estimate.update(state.position)
        if k + 1 in ends:
            kernel = replace(kernel, inverse_mass_matrix=estimate.inverse_mass_matrix())
            if k + 1 < num_steps:  # else no step is left for another step size
                kernel, step, length = _restart(kernel, log_prob, state, target, trajectory, generator)
    changes = {"step_size": step.average}
    if trajectory:
        changes["num_integration_steps"] = steps_for(length.average, step.average)
    return WarmUp(replace(kernel, **changes), state, step_sizes, acceptance, num_divergences)


def _restart(kernel: Kernel, log_prob: LogProb, state: Any, target: float, trajectory: str | None,
             generator: torch.Generator | None) -> tuple[Kernel, DualAveraging, TrajectoryLength | None]:
    """Look for step size and trajectory length anew, as the mass matrix has just set the unit of both."""
    kernel = replace(kernel, step_size=reasonable_step_size(kernel, log_prob, state, target, generator))
    step = DualAveraging.start(kernel.step_size)
    if not trajectory:
        return kernel, step, None
    if kernel.inverse_mass_matrix is not None:  # the target has about unit scale: a quarter of a period
        kernel = replace(kernel, num_integration_steps=steps_for(pi / 2, kernel.step_size))
    return kernel, step, TrajectoryLength.start(kernel.step_size * kernel.num_integration_steps)


def _check(kernel: Kernel, x: Tensor, num_steps: int, target: float | None, mass_matrix: str | None,
           trajectory: str | None, generator: torch.Generator | None) -> float:
    """Require arguments that fit each other; the acceptance to aim for."""
    require(is_dataclass(kernel) and not isinstance(kernel, type) and hasattr(kernel, "step_size"),
            "kernel to be a kernel with a step_size", describe(kernel), "pass for instance HMC(0.1, num_integration_steps=10)")
    require(getattr(kernel, "leaves_invariant", True), "kernel to have a Metropolis test, whose acceptance sets the step size",
            type(kernel).__name__, "choose its step_size by its bias, or use MALA")
    require_batch("x", x)
    require_count("num_steps", num_steps, minimum=20 if mass_matrix else 1)
    require_generator(generator, x)
    require(mass_matrix in (None, "diagonal", "dense"), 'mass_matrix to be None, "diagonal" or "dense"', describe(mass_matrix),
            "choose one of the three")
    require(mass_matrix is None or hasattr(kernel, "inverse_mass_matrix"), "a kernel with a mass matrix to adapt it",
            type(kernel).__name__, "use HMC or NUTS, or leave mass_matrix out")
    require(trajectory in (None, "chees"), 'trajectory to be None or "chees"', describe(trajectory), "choose one of the two")
    require(trajectory is None or isinstance(kernel, HMC), "an HMC kernel to adapt its trajectory length",
            type(kernel).__name__, "use HMC, or leave trajectory out")
    require(trajectory is None or x.shape[0] >= 2, 'at least two chains for trajectory="chees"', f"{x.shape[0]} chain",
            "it compares chains: 32 or more are best")
    target = TARGET_ACCEPTANCE.get(type(kernel)) if target is None else target
    number = isinstance(target, Real) and not isinstance(target, bool)
    require(number and 0 < target < 1, "target_acceptance to be a number between 0 and 1", describe(target),
            "pass for instance target_acceptance=0.8")
    return float(target)
