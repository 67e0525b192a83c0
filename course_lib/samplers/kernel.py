"""What a kernel is: one Markov step of many chains at once.

A kernel is a small frozen dataclass of its hyper-parameters (`eq=False`: two kernels are the same only if they
are one object) with two methods.

init(log_prob, x) -> State              checks log_prob and the starting points, once
step(log_prob, state, generator)        -> (State, Info); draws the noise and calls the pure `transition`

State   what the next step needs and nothing else: `position` (chains, dim), and cached values of the density there.
        Whoever changes the density calls `init` again: a cached value of another density is a silent bias.
Info    what a reader wants to see: at least `acceptance_probability` (chains,) and `is_accepted` (chains,) bool.

`transition(log_prob, state, noise, ...)` is the equation: no randomness, and nothing in it waits for the device.
"""

from typing import Any, Callable, NamedTuple, Protocol

import torch
from torch import Tensor

LogProb = Callable[[Tensor], Tensor]  # (chains, dim) -> (chains,), not normalised


class Kernel(Protocol):
    def init(self, log_prob: LogProb, x: Tensor) -> NamedTuple: ...

    def step(self, log_prob: LogProb, state: Any, generator: torch.Generator | None = None) -> tuple[Any, Any]: ...
