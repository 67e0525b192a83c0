"""Independence Metropolis (Hastings, 1970; how fast: Mengersen and Tweedie, 1996).

    y ~ q,  wherever the chain is
    x' = y with probability min(1, w(y) / w(x)), else x,          w = p / q

The proposal does not depend on x, so the ratio p(y) q(x) / (p(x) q(y)) is one of importance weights. If w <= M with p and
q normalised, every step forgets the start with probability 1 / M. If w is not bounded (q has the lighter tails), a chain
that gets to a point of large weight stays there for a long time.
"""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol

import torch
from torch import Tensor

from course_lib.inputs import describe, evaluate_log_prob, require
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.metropolis import MetropolisInfo, draw_log_u, metropolis_test
from course_lib.samplers.start import start


class Proposal(Protocol):
    """A law with draws and a density: any target of this library, for instance `Gaussian`.

    sample(n, generator) -> (n, dim); log_prob: (n, dim) -> (n,), normalised or not.
    """

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor: ...

    def log_prob(self, x: Tensor) -> Tensor: ...


class IndependenceState(NamedTuple):
    """position (chains, dim), and there log_prob (chains,) and the proposal's log-density log_proposal (chains,)."""

    position: Tensor
    log_prob: Tensor
    log_proposal: Tensor


@dataclass(frozen=True, eq=False)
class IndependenceMetropolis:
    """Propose draws of `proposal`, whatever the position; accept by the ratio of importance weights.

    Raises `InputError` unless proposal has `sample(n, generator)` and `log_prob(x)`.
    """

    proposal: Proposal
    leaves_invariant: ClassVar[bool] = True

    def __post_init__(self):
        fits = all(callable(getattr(self.proposal, name, None)) for name in ("sample", "log_prob"))
        require(fits and not isinstance(self.proposal, type), "proposal to have sample(n, generator) and log_prob(x)",
                describe(self.proposal), "pass for instance Gaussian(mean, covariance)")

    def init(self, log_prob: LogProb, x: Tensor) -> IndependenceState:
        """The state at x (chains, dim). Raises `InputError` if x is not fit to start, or the proposal cannot reach it."""
        x, log_prob_x = start(log_prob, x)
        with torch.no_grad():
            log_q = evaluate_log_prob(self.proposal.log_prob, x)
        outside = int((log_q == -torch.inf).sum())
        require(outside == 0, "the proposal's density to be positive at every starting point",
                f"log_prob = -inf at {outside} of {x.shape[0]} points", "start at draws of the proposal")
        return IndependenceState(x, log_prob_x, log_q)

    def step(self, log_prob: LogProb, state: IndependenceState,
             generator: torch.Generator | None = None) -> tuple[IndependenceState, MetropolisInfo]:
        """Draw a proposal and u, and make one transition."""
        x = state.position
        y = self.proposal.sample(x.shape[0], generator=generator)
        require(isinstance(y, Tensor) and y.shape == x.shape, f"proposal.sample(n) to return shape {tuple(x.shape)} as x has",
                describe(y), "take a proposal on the space of x")
        return self.transition(log_prob, state, y.to(x), draw_log_u(x, generator))

    @torch.no_grad()
    def transition(self, log_prob: LogProb, state: IndependenceState, y: Tensor,
                   log_u: Tensor) -> tuple[IndependenceState, MetropolisInfo]:
        """The equation: y (chains, dim), drawn from the proposal; log_u (chains,)."""
        x, log_prob_x, log_q_x = state
        log_prob_y, log_q_y = log_prob(y), self.proposal.log_prob(y)
        acceptance_probability, is_accepted = metropolis_test((log_prob_y - log_q_y) - (log_prob_x - log_q_x), log_u)
        state = IndependenceState(
            torch.where(is_accepted[:, None], y, x),
            torch.where(is_accepted, log_prob_y, log_prob_x),
            torch.where(is_accepted, log_q_y, log_q_x),
        )
        return state, MetropolisInfo(y, acceptance_probability, is_accepted)
