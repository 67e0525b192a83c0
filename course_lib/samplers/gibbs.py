"""Gibbs sampling (Geman and Geman, 1984): redraw one block of coordinates at a time, given all others.

    x_B' ~ p(x_B | x_rest),          the other coordinates stay

Each such update leaves p invariant, hence so do all of them in turn ("systematic" scan: one step is one sweep) and one of
them picked at random ("random" scan: one step is one update, and reversible).

The conditionals are written by hand for one density, so a Gibbs kernel cannot follow another, tempered one. Whether they
are those of log_prob is checked before the first step: for a block redrawn, x -> y,

    log p(y) - log p(x) = log p(y_B | rest) - log p(x_B | rest)
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol, Sequence

import torch
from torch import Tensor

from course_lib.inputs import describe, require
from course_lib.randomness import make_generator
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.start import start

SCANS = ("systematic", "random")


class Update(Protocol):
    """One conditional of the density.

    noise(x, generator) -> Tensor (chains, ...)   the randomness of one update, whose law does not depend on x
    move(x, noise) -> (chains, dim)               x with the block redrawn; x itself is not changed
    log_conditional(x) -> (chains,)               log p(x_B | x_rest), up to terms in which x_B does not occur
    """

    def noise(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor: ...

    def move(self, x: Tensor, noise: Tensor) -> Tensor: ...

    def log_conditional(self, x: Tensor) -> Tensor: ...


class GibbsState(NamedTuple):
    """position (chains, dim)."""

    position: Tensor


class GibbsInfo(NamedTuple):
    """A draw from a conditional is always kept: probability 1 and True, each (chains,)."""

    acceptance_probability: Tensor
    is_accepted: Tensor


@dataclass(frozen=True, eq=False)
class Gibbs:
    """Redraw blocks by `updates`, all in turn (scan="systematic") or one picked by each chain (scan="random").

    A random scan computes all updates and keeps one a chain: its step costs as much as a sweep.
    Raises `InputError` unless updates is a sequence of at least one object with noise, move and log_conditional.
    """

    updates: Sequence[Update]
    scan: str = "systematic"
    leaves_invariant: ClassVar[bool] = True  # of the density that init has checked, and of no other

    def __post_init__(self):
        require(self.scan in SCANS, f"scan to be one of {', '.join(SCANS)}", describe(self.scan), "pass scan='systematic'")
        require(isinstance(self.updates, (list, tuple)) and len(self.updates) > 0, "updates to be a list of updates",
                describe(self.updates), "pass for instance checkerboard_updates(Ising(8, 8, 0.4))")
        for update in self.updates:
            fits = all(callable(getattr(update, name, None)) for name in ("noise", "move", "log_conditional"))
            require(fits and not isinstance(update, type), "every update to have noise, move and log_conditional",
                    describe(update), "see course_lib.samplers.gibbs.Update")
        object.__setattr__(self, "updates", tuple(self.updates))

    def init(self, log_prob: LogProb, x: Tensor) -> GibbsState:
        """The state at x (chains, dim). Raises `InputError` if x is not fit, or an update is no conditional of log_prob."""
        x, log_prob_x = start(log_prob, x)
        generator = make_generator(0, x.device)  # its own: no draw of a run depends on this check
        with torch.no_grad():
            for number, update in enumerate(self.updates):
                y = update.move(x, update.noise(x, generator))
                log_prob_y, before, after = log_prob(y), update.log_conditional(x), update.log_conditional(y)
                scale = 1 + torch.stack([log_prob_x, log_prob_y, before, after]).abs().amax(0)
                error = ((log_prob_y - log_prob_x) - (after - before)).abs() / scale
                worst = float(torch.nan_to_num(error, nan=torch.inf).max())
                require(worst < 100 * torch.finfo(x.dtype).eps ** 0.75, f"updates[{number}] to be a conditional of log_prob",
                        f"a change of log_prob that differs from that of log_conditional by {worst:.2g} of its size",
                        "write the updates for this very density, or use a kernel that follows any density, such as MALA")
        return GibbsState(x)

    def step(self, log_prob: LogProb, state: GibbsState,
             generator: torch.Generator | None = None) -> tuple[GibbsState, GibbsInfo]:
        """Draw the noise of all updates, and for a random scan who makes which; then make one transition."""
        x = state.position
        noises = tuple(update.noise(x, generator) for update in self.updates)
        choice = None
        if self.scan == "random":
            choice = torch.randint(len(self.updates), (x.shape[0],), device=x.device, generator=generator)
        return self.transition(log_prob, state, noises, choice)

    @torch.no_grad()
    def transition(self, log_prob: LogProb, state: GibbsState, noises: Sequence[Tensor],
                   choice: Tensor | None = None) -> tuple[GibbsState, GibbsInfo]:
        """The equation: one noise an update; choice (chains,): the number of the only update that a chain makes."""
        x = state.position
        for number, (update, noise) in enumerate(zip(self.updates, noises)):
            y = update.move(x, noise)
            x = y if choice is None else torch.where((choice == number)[:, None], y, x)
        one = torch.ones_like(x[:, 0])
        return GibbsState(x), GibbsInfo(one, one.bool())
