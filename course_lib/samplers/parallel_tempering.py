"""Parallel tempering around any kernel, with deterministic even-odd swaps (arXiv:1905.02939).

Replica r runs at inverse temperature b_r, 1 = b_0 > b_1 > ... > b_last > 0, on the density

    log p_r(x) = log rho(x) + b_r * (log p(x) - log rho(x)),          rho a reference, or 1: then p_r is p^b_r

One step: every replica makes num_kernel_steps steps of the kernel on its own density; then neighbours r, r + 1 exchange
their positions, r even and r odd in turn, with D = log p - log rho, with probability

    min(1, exp((b_r - b_(r+1)) * (D(x_(r+1)) - D(x_r))))

(`replica_swaps`). This leaves the product of all p_r invariant. All replicas of all chains are one batch for the kernel.
A swap changes the density that a position belongs to, so the kernel's state is made anew by `kernel.init` after every
swap: nothing that was cached at another temperature is used. That costs two evaluations of log p a step, and waits for the
device once.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Sequence

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_count, require_positive
from course_lib.samplers.kernel import Kernel, LogProb
from course_lib.samplers.metropolis import draw_log_u
from course_lib.samplers.replica_swaps import TemperingState, even_odd_swap, follow_round_trips
from course_lib.samplers.start import start


class TemperingInfo(NamedTuple):
    """acceptance_probability and is_accepted (chains,): the kernel's last step at p itself. The kernel's own info of all
    replicas in one batch. swap_probability, is_swapped (replicas - 1, chains): 0 and False for pairs not in turn."""

    acceptance_probability: Tensor
    is_accepted: Tensor
    kernel: Any
    swap_probability: Tensor
    is_swapped: Tensor


@dataclass(frozen=True, eq=False)
class ParallelTempering:
    """Run `kernel` at all `inverse_temperatures` (the first is 1, then falling, all above 0) and swap neighbours.

    reference: log rho, (chains, dim) -> (chains,), positive wherever p is; a prior for instance; None for a constant.
    scales: at replica r the kernel moves in the coordinates x / scales[r], so that one step size serves all temperatures;
    None: b_r^(-1/2), the width of a Gaussian at b_r, or 1 if there is a reference.
    Raises `InputError` if the kernel does not leave the density it is given invariant, or a number does not fit.
    """

    kernel: Kernel
    inverse_temperatures: Sequence[float]
    num_kernel_steps: int = 1
    reference: LogProb | None = None
    scales: Sequence[float] | None = None
    leaves_invariant: ClassVar[bool] = True

    def __post_init__(self):
        require(not isinstance(self.kernel, type) and getattr(self.kernel, "leaves_invariant", False) is True,
                "a kernel that leaves every tempered density invariant", describe(self.kernel),
                "unadjusted ones are not exact at any temperature: pass for instance MALA(step_size=0.1)")
        ladder = self.inverse_temperatures
        require(isinstance(ladder, (list, tuple)) and len(ladder) > 1, "inverse_temperatures to be a list of at least two",
                describe(ladder), "pass for instance (1.0, 0.5, 0.25)")
        for value in ladder:
            require_positive("each inverse temperature", value)
        require(ladder[0] == 1 and all(a > b for a, b in zip(ladder, ladder[1:])),
                "inverse_temperatures that begin with 1 and fall", describe(ladder), "pass for instance (1.0, 0.5, 0.25)")
        require_count("num_kernel_steps", self.num_kernel_steps)
        require(self.reference is None or callable(self.reference), "reference to be a log_prob or None",
                describe(self.reference), "pass the function itself")
        scales = self.scales if self.scales is not None else [1.0 if self.reference else b**-0.5 for b in ladder]
        require(isinstance(scales, (list, tuple)) and len(scales) == len(ladder),
                f"one scale for each of {len(ladder)} inverse temperatures", describe(scales), "leave scales out for the default")
        for value in scales:
            require_positive("each scale", value)
        object.__setattr__(self, "inverse_temperatures", tuple(ladder))
        object.__setattr__(self, "scales", tuple(scales))

    def init(self, log_prob: LogProb, x: Tensor) -> TemperingState:
        """All replicas of each chain start at x (chains, dim). Raises `InputError` if the kernel cannot start there.

        A run that goes on from `run.state.position` therefore sets out anew with its hot replicas; a checkpoint keeps them.
        """
        x, _ = start(log_prob, x)
        replicas = x.expand(len(self.scales), *x.shape).clone()
        self._start_kernel(log_prob, replicas)
        walker = torch.arange(len(self.scales), device=x.device)[:, None].repeat(1, x.shape[0])
        leg, trips = follow_round_trips(torch.zeros_like(walker), torch.zeros_like(walker[0]))
        return TemperingState(x, replicas, self._log_ratio(log_prob, replicas), torch.zeros_like(walker[0, 0]), walker,
                              leg, trips, torch.zeros_like(replicas[1:, :, 0]))

    def step(self, log_prob: LogProb, state: TemperingState,
             generator: torch.Generator | None = None) -> tuple[TemperingState, TemperingInfo]:
        """Explore with the kernel, then draw u for every pair and swap."""
        replicas, info = self.explore(log_prob, state.replicas, generator)
        state = state._replace(replicas=replicas, log_ratio=self._log_ratio(log_prob, replicas))
        log_u = torch.stack([draw_log_u(state.position, generator) for _ in state.swap_probability])
        state, swap_probability, is_swapped = even_odd_swap(self.inverse_temperatures, state, log_u)
        chains = state.position.shape[0]
        return state, TemperingInfo(info.acceptance_probability[:chains], info.is_accepted[:chains], info, swap_probability,
                                    is_swapped)

    def explore(self, log_prob: LogProb, replicas: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Any]:
        """num_kernel_steps of the kernel at every temperature, from a fresh kernel state: (replicas, chains, dim)."""
        density, state = self._start_kernel(log_prob, replicas)
        for _ in range(self.num_kernel_steps):
            state, info = self.kernel.step(density, state, generator)
        return (state.position * self._column(self.scales, replicas)).reshape(replicas.shape), info

    def _start_kernel(self, log_prob: LogProb, replicas: Tensor) -> tuple[LogProb, Any]:
        """The tempered density in the kernel's coordinates, all replicas in one batch, and the kernel's state in it."""
        b, scale = self._column(self.inverse_temperatures, replicas), self._column(self.scales, replicas)

        def density(z: Tensor) -> Tensor:
            require(len(z) == len(b), f"the kernel to evaluate its {len(b)} chains in one batch, each at its own temperature",
                    f"a batch of {len(z)}", "pass a kernel that does; tempering inside tempering does not")
            x = z * scale
            if self.reference is None:
                return b[:, 0] * log_prob(x)
            log_rho = self.reference(x)
            return log_rho + b[:, 0] * (log_prob(x) - log_rho)

        return density, self.kernel.init(density, replicas.flatten(0, 1) / scale)

    @torch.no_grad()
    def _log_ratio(self, log_prob: LogProb, replicas: Tensor) -> Tensor:
        x = replicas.flatten(0, 1)
        value = log_prob(x) if self.reference is None else log_prob(x) - self.reference(x)
        return value.reshape(replicas.shape[:2])

    def _column(self, numbers: Sequence[float], replicas: Tensor) -> Tensor:
        """One number a replica -> (replicas * chains, 1), as the batch is laid out."""
        column = torch.tensor(numbers, dtype=replicas.dtype, device=replicas.device)
        return column.repeat_interleave(replicas.shape[1])[:, None]
