"""One loop runs any kernel: many chains, warm-up, thinning, running summaries, progress, checkpoints."""

import os
from pathlib import Path
from typing import Any, Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.samplers.checkpoint import in_form_of, read, write
from course_lib.samplers.identity import first_move, identity, require_same_move, require_same_run
from course_lib.samplers.kernel import Kernel, LogProb
from course_lib.samplers.progress import ProgressBar
from course_lib.samplers.record import Record
from course_lib.samplers.running import Summary
from course_lib.samplers.start import require_generator

Progress = Callable[[int, int], None]  # called with (steps done, steps in all)


class Run(NamedTuple):
    """What `sample` returns.

    positions        (num_draws, chains, dim), on the device of x; None where a summary was kept instead
    acceptance_rate  (chains,): share of accepted steps after warm-up (1 for a kernel without a test)
    state            the kernel's last state; `sample(kernel, log_prob, run.state.position, ...)` goes on from it
    summary          the summary's last state, or None: for instance `Moments`, with its mean and variance
    divergences      (chains,) int64: divergent steps after warm-up; None if the kernel's Info has no `is_divergent`
    energy           (num_draws, chains) at the draws; None if Info has no `energy` or positions were not kept
    """

    positions: Tensor | None
    acceptance_rate: Tensor
    state: Any
    summary: Any = None
    divergences: Tensor | None = None
    energy: Tensor | None = None

    @property
    def draws(self) -> Tensor:
        """All chains in one batch: (num_draws * chains, dim). Raises `InputError` if positions were not kept."""
        require(self.positions is not None, "a run that kept its positions", "one that kept a summary",
                "read run.summary, or sample with keep='positions'")
        return self.positions.flatten(0, 1)

    @property
    def diverged(self) -> Tensor:
        """(chains,) bool: which chains have left for infinity or NaN. Only a kernel without a test can do that.

        Where positions were not kept, the last one and the summary's `mean`, if it has one, stand for them.
        """
        last, kept = self.state.position, self.positions
        if kept is None:
            mean = getattr(self.summary, "mean", None)
            kept = mean[None] if isinstance(mean, Tensor) and mean.shape == last.shape else last[None]
        return ~(torch.isfinite(kept).all(0) & torch.isfinite(last)).all(-1)


def sample(kernel: Kernel, log_prob: LogProb, x: Tensor, num_steps: int, *, warmup: int = 0, thin: int = 1,
           progress: bool | Progress = False, keep: str | Summary = "positions",
           checkpoint: str | os.PathLike | None = None, checkpoint_every: int | None = None,
           generator: torch.Generator | None = None) -> Run:
    """Run `kernel` on the density exp(log_prob) from x: warmup steps that are thrown away, then num_steps.

    x: (chains, dim) float32 or float64; log_prob: (chains, dim) -> (chains,). Draw k = 1, 2, ... num_steps // thin is
    the position after step warmup + k * thin; x itself is no draw. progress: True prints, a function is called with
    (done, total) about a hundred times. generator: on the device of x. Nothing between two reports waits for the device.
    With one generator, two calls of 50 steps, the second from `run.state.position`, are one call of 100.

    keep: "positions", or a running summary such as RunningMoments(), which takes each draw and forgets it.
    checkpoint: a file, written every checkpoint_every steps (default: ten times a run) and at the end. If it is there,
    the run goes on from it, and `generator` is set to where it was: the draws are bit for bit those of an unbroken run
    on the same machine with the same number of threads. A finished run is read back, without a step. log_prob is called
    for one step more: what the first step does, on a generator of its own, tells one density from another.

    Raises `InputError` if an argument or the density is not fit to start, or if the checkpoint is damaged or of another
    kernel, start, density at x, length, summary, seed or version; the file is left as it was.
    """
    require(not isinstance(kernel, type) and hasattr(kernel, "init") and hasattr(kernel, "step"),
            "kernel to be a kernel with its settings", describe(kernel), "pass for instance MALA(step_size=0.1)")
    require_batch("x", x)
    require_count("num_steps", num_steps)
    require_count("warmup", warmup, minimum=0)
    require_count("thin", thin)
    require(thin <= num_steps, f"thin to be at most num_steps = {num_steps}", str(thin), "no draw would be kept otherwise")
    require_generator(generator, x)
    require(keep == "positions" if isinstance(keep, str) else not isinstance(keep, type) and hasattr(keep, "update"),
            "keep to be 'positions' or a running summary", describe(keep), "pass for instance keep=RunningMoments()")
    total = warmup + num_steps
    path = _path(checkpoint, checkpoint_every)
    checkpoint_every = checkpoint_every or -(-total // 10)
    start = state = kernel.init(log_prob, x)
    record, before = Record(x, num_steps // thin, keep), 0
    if path:
        source = generator or _default_generator(x)
        run = identity(kernel, x, generator, keep, num_steps=num_steps, warmup=warmup, thin=thin)
        move = first_move(kernel, log_prob, start)
        if found := read(path):
            theirs, tree = found
            require_same_run(path, run, theirs)
            require_same_move(path, move, tree["move"])
            before, state = tree["done"], in_form_of(tree["state"], start)
            tree["record"]["summary"] = in_form_of(tree["record"]["summary"], record.summary)
            record.restore(tree["record"])
            source.set_state(tree["generator"])
    bar = ProgressBar() if progress is True else None
    report_every = max(1, total // 100)

    def report(done: int) -> None:
        if bar:
            after = done - warmup
            bar(done, total, float(record.accepted.double().mean()) / after if after > 0 else None)
        elif progress:
            progress(done, total)

    report(before)
    for done in range(before + 1, total + 1):
        state, info = kernel.step(log_prob, state, generator)
        after = done - warmup
        if after > 0:
            record.count(info)
            if after % thin == 0:
                record.add(state.position, info)
        if done % report_every == 0 or done == total:
            report(done)
        if path and (done % checkpoint_every == 0 or done == total):
            write(path, run, {"done": done, "move": move, "state": in_form_of(state, start), "record": record.tree(),
                              "generator": source.get_state()})
    rate = record.accepted.to(x.dtype) / num_steps
    return Run(record.positions, rate, state, record.summary, record.divergences, record.energy)


def _path(checkpoint: str | os.PathLike | None, checkpoint_every: int | None) -> Path | None:
    """The file of the checkpoints, or None. Raises `InputError` if the two arguments do not fit."""
    if checkpoint_every is not None:
        require_count("checkpoint_every", checkpoint_every)
        require(checkpoint is not None, "checkpoint to name a file, since checkpoint_every is given", "None",
                "pass for instance checkpoint='run.npz'")
    if checkpoint is None:
        return None
    require(isinstance(checkpoint, (str, os.PathLike)) and str(checkpoint) != "", "checkpoint to be the name of a file",
            describe(checkpoint), "pass for instance checkpoint='run.npz'")
    return Path(checkpoint).absolute()


def _default_generator(x: Tensor) -> torch.Generator:
    """Torch's global generator on the device of x: what `generator=None` draws from."""
    return torch.default_generator if x.device.type == "cpu" else torch.cuda.default_generators[x.device.index]
