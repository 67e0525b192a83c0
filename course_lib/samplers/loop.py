"""One loop runs any kernel: many chains, warm-up, thinning, progress."""

from typing import Any, Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.samplers.kernel import Kernel, LogProb
from course_lib.samplers.start import require_generator

Progress = Callable[[int, int], None]  # called with (steps done, steps in all)


class Run(NamedTuple):
    """What `sample` returns.

    positions        (num_draws, chains, dim), on the device of x
    acceptance_rate  (chains,): share of accepted steps after warm-up (1 for a kernel without a test)
    state            the kernel's last state; `sample(kernel, log_prob, run.state.position, ...)` goes on from it
    """

    positions: Tensor
    acceptance_rate: Tensor
    state: Any

    @property
    def draws(self) -> Tensor:
        """All chains in one batch: (num_draws * chains, dim)."""
        return self.positions.flatten(0, 1)

    @property
    def diverged(self) -> Tensor:
        """(chains,) bool: which chains have left for infinity or NaN. Only a kernel without a test can do that."""
        last = self.state.position
        return ~(torch.isfinite(self.positions).all(0) & torch.isfinite(last)).all(-1)


def print_progress(done: int, total: int) -> None:
    """One line of text that rewrites itself."""
    print(f"\r{done} of {total} steps", end="\n" if done == total else "", flush=True)


def sample(kernel: Kernel, log_prob: LogProb, x: Tensor, num_steps: int, *, warmup: int = 0, thin: int = 1,
           progress: bool | Progress = False, generator: torch.Generator | None = None) -> Run:
    """Run `kernel` on the density exp(log_prob) from x: warmup steps that are thrown away, then num_steps.

    x: (chains, dim) float32 or float64; log_prob: (chains, dim) -> (chains,). Draw k = 1, 2, ... num_steps // thin is
    the position after step warmup + k * thin; x itself is no draw. progress: True prints, a function is called with
    (done, total) about a hundred times. generator: on the device of x. Nothing between two reports waits for the device.
    With one generator, two calls of 50 steps, the second from `run.state.position`, are one call of 100.

    Raises `InputError` if an argument or the density is not fit to start.
    """
    require(not isinstance(kernel, type) and hasattr(kernel, "init") and hasattr(kernel, "step"),
            "kernel to be a kernel with its settings", describe(kernel), "pass for instance MALA(step_size=0.1)")
    require_batch("x", x)
    require_count("num_steps", num_steps)
    require_count("warmup", warmup, minimum=0)
    require_count("thin", thin)
    require(thin <= num_steps, f"thin to be at most num_steps = {num_steps}", str(thin), "no draw would be kept otherwise")
    require_generator(generator, x)
    report = print_progress if progress is True else progress or None
    state = kernel.init(log_prob, x)
    positions = torch.empty((num_steps // thin, *x.shape), dtype=x.dtype, device=x.device)
    num_accepted = torch.zeros(x.shape[0], dtype=torch.int64, device=x.device)
    total = warmup + num_steps
    report_every = max(1, total // 100)
    if report:
        report(0, total)
    for done in range(1, total + 1):
        state, info = kernel.step(log_prob, state, generator)
        kept = done - warmup
        if kept > 0:
            num_accepted += info.is_accepted
            if kept % thin == 0:
                positions[kept // thin - 1] = state.position
        if report and (done % report_every == 0 or done == total):
            report(done, total)
    return Run(positions, num_accepted.to(x.dtype) / num_steps, state)
