"""From a density that is easy to one that is not, level by level: what AIS and SMC share.

    p_s(x) = base(x)^(1 - s) f(x)^s,        s from 0 (the base, drawn exactly) to 1 (the target f)

From level s to t a point gains the weight p_t(x) / p_s(x) = (f(x) / base(x))^(t - s).
"""

from typing import Any, Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, evaluate_log_prob, require, require_count
from course_lib.samplers.kernel import Kernel, LogProb
from course_lib.samplers.parallel_tempering import ParallelTempering
from course_lib.samplers.weighted import exact_draws

KernelAtLevel = Callable[[float], Kernel]


class PathInfo(NamedTuple):
    """What happened at each level after the first: schedule (K + 1,), from 0 to 1; ess and acceptance_rate (K,).

    ess is that of the weights on arrival at the level, before any resampling.
    """

    schedule: Tensor
    ess: Tensor
    acceptance_rate: Tensor


class GeometricPath(NamedTuple):
    """The densities between base and exp(log_prob), and moves that leave them invariant."""

    log_prob: LogProb
    base: Any

    def at(self, level: float) -> LogProb:
        """log p_s at s = level: (n, dim) -> (n,)."""
        if level == 1:  # 0 * log base would be NaN outside the base
            return self.log_prob
        return lambda x: (1 - level) * self.base.log_prob(x) + level * self.log_prob(x)

    @torch.no_grad()
    def log_ratio(self, x: Tensor) -> Tensor:
        """log f(x) - log base(x): (n, dim) -> (n,), -inf where f is zero."""
        log_base = evaluate_log_prob(self.base.log_prob, x)
        outside = int((log_base == -torch.inf).sum())
        require(outside == 0, "the base's own draws to lie where its density is positive", f"{outside} that do not",
                "check that base.sample and base.log_prob are of one law")
        return evaluate_log_prob(self.log_prob, x) - log_base

    def start(self, n: int, generator: torch.Generator | None) -> Tensor:
        """n exact draws of the base: (n, dim)."""
        require_count("n", n, minimum=2)
        return exact_draws("base", self.base, n, generator)

    def move(self, kernel: Kernel | KernelAtLevel, level: float, x: Tensor, log_weights: Tensor, num_steps: int,
             generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """num_steps of the kernel at this level from x (n, dim): the new positions, and the share accepted.

        A point of weight zero may stand where p_s is zero, from where no kernel starts: it moves on from where the
        heaviest point is, and its weight stays zero.
        """
        x = torch.where((log_weights == -torch.inf)[:, None], x[log_weights.argmax()], x)
        kernel, log_prob = kernel_at(kernel, level), self.at(level)
        state, accepted = kernel.init(log_prob, x), torch.zeros_like(log_weights)
        for _ in range(num_steps):
            state, info = kernel.step(log_prob, state, generator)
            accepted = accepted + info.is_accepted
        return state.position, accepted.mean() / num_steps


def kernel_at(kernel: Kernel | KernelAtLevel, level: float) -> Kernel:
    """The kernel for this level, which must leave the density there invariant. Raises `InputError` if it does not."""
    if callable(kernel) and not isinstance(kernel, type):
        kernel = kernel(level)
    require(not isinstance(kernel, type) and hasattr(kernel, "init") and hasattr(kernel, "step"),
            "kernel to be a kernel with its settings", describe(kernel), "pass for instance MALA(step_size=0.1)")
    require(getattr(kernel, "leaves_invariant", False) is True,
            "a kernel that leaves the density of every level invariant (leaves_invariant = True)",
            f"{type(kernel).__name__}, whose own bias would enter log Z", "use a kernel with a Metropolis test, such as MALA")
    require(not isinstance(kernel, ParallelTempering), "a kernel that is in balance wherever its position is",
            "ParallelTempering, whose hot replicas begin anew at every level and are not", "pass the kernel that it runs")
    return kernel


def require_schedule(schedule: Any) -> list[float]:
    """Require levels that rise from 0 to 1, as a tensor or a sequence; return them as floats."""
    try:
        levels = torch.as_tensor(schedule, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        levels = torch.empty(0)
    fits = levels.ndim == 1 and len(levels) > 1 and levels[0] == 0 and levels[-1] == 1 and bool((levels.diff() > 0).all())
    require(fits, "schedule to be levels that rise from 0 to 1, shape (K + 1,)", describe(schedule),
            "pass for instance torch.linspace(0, 1, 101, dtype=torch.float64)")
    return levels.tolist()
