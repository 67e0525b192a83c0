"""The no-U-turn sampler (arXiv:1111.4246) with multinomial sampling and the generalised criterion (arXiv:1701.02434, A.2-4).

A trajectory of H(x, v) = -log p(x) + |v|^2 / 2 (in the units of the mass matrix, as in HMC) is doubled, forwards or
backwards in time with probability 1/2, until it turns, diverges or has been doubled max_tree_depth times. With
r = sum of all v of a (sub)tree minus half of its two ends (the trapezoid rule: about the way from end to end), it turns when

    v_left . r <= 0   or   v_right . r <= 0

A new half in which any subtree turns, or a point has an energy error above 1000, is thrown away and ends the trajectory.
Within a new half a point is drawn with probability proportional to exp(-H); it replaces the old draw with probability
min(1, W_new / W_old), W the sum of exp(-H) over a half.

All chains grow their trees together, leaf k at a time: the bits of k tell which subtrees end with it (arXiv:1912.11554). A
chain that has finished waits for the others, and once a doubling the device is asked whether any is left.
"""

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import require_count, require_positive
from course_lib.samplers.counter_uniform import counter_uniform, draw_seed
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.leapfrog import HamiltonianState, PhasePoint, is_divergent, leapfrog, where
from course_lib.samplers.mass_matrix import mass_factor, require_mass
from course_lib.samplers.start import start_with_grad


class NUTSInfo(NamedTuple):
    """What a step did, all (chains,).

    acceptance_probability: mean of min(1, exp(H_start - H)) over all new points. is_accepted: the draw is one of them.
    energy: H of the draw. num_integration_steps: the chain's own, thrown away or not. tree_depth: doublings that were kept.
    """

    acceptance_probability: Tensor
    is_accepted: Tensor
    energy: Tensor
    is_divergent: Tensor
    num_integration_steps: Tensor
    tree_depth: Tensor


class Tally(NamedTuple):
    """Over all new points of a chain: sum of acceptance probabilities, number of points, any divergence; (chains,)."""

    acceptance: Tensor
    steps: Tensor
    divergent: Tensor


class Half(NamedTuple):
    """The new half of a tree: its outer end, the draw from it, the sum of v (chains, dim), log W, and is it valid."""

    end: PhasePoint
    draw: PhasePoint
    momentum_sum: Tensor
    log_weight: Tensor
    is_valid: Tensor


def is_turning(v_left: Tensor, v_right: Tensor, momentum_sum: Tensor) -> Tensor:
    """The criterion above: (chains, dim) each -> (chains,). It does not change when left and right are swapped."""
    way = momentum_sum - (v_left + v_right) / 2
    return ((v_left * way).sum(-1) <= 0) | ((v_right * way).sum(-1) <= 0)


@dataclass(frozen=True, eq=False)
class NUTS:
    """HMC that chooses the length of every trajectory: at most 2^max_tree_depth - 1 leapfrog steps of `step_size`.

    inverse_mass_matrix: None for I, (dim,) for a diagonal, or (dim, dim); at best the covariance of the target.
    Raises `InputError` if a setting does not fit.
    """

    step_size: float
    inverse_mass_matrix: Tensor | None = None
    max_tree_depth: int = 10
    factor: Tensor | None = field(init=False, repr=False)  # F
    leaves_invariant: ClassVar[bool] = True

    def __post_init__(self):
        require_positive("step_size", self.step_size)
        require_count("max_tree_depth", self.max_tree_depth)
        object.__setattr__(self, "factor", mass_factor(self.inverse_mass_matrix))

    def init(self, log_prob: LogProb, x: Tensor) -> HamiltonianState:
        """The state at x (chains, dim). Raises `InputError` if log_prob has no gradient, or x or the mass do not fit."""
        state = HamiltonianState(*start_with_grad(log_prob, x))
        require_mass(self.factor, x)
        return state

    def step(self, log_prob: LogProb, state: HamiltonianState,
             generator: torch.Generator | None = None) -> tuple[HamiltonianState, NUTSInfo]:
        """Draw noise and a seed for each chain, and make one transition."""
        x = state.position
        noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        return self.transition(log_prob, state, noise, draw_seed(x, generator))

    def transition(self, log_prob: LogProb, state: HamiltonianState, noise: Tensor,
                   seed: Tensor) -> tuple[HamiltonianState, NUTSInfo]:
        """The algorithm: noise v (chains, dim); seed (chains,) int64, from which come directions and draws."""
        start = left = right = draw = PhasePoint(state.position, noise, state.log_prob, state.grad)
        momentum_sum, log_weight, depth = noise, torch.zeros_like(state.log_prob), torch.zeros_like(seed)  # W / exp(-H_start)
        going, moved = torch.ones_like(seed, dtype=torch.bool), torch.zeros_like(seed, dtype=torch.bool)
        tally = Tally(acceptance=log_weight, steps=depth, divergent=moved)  # zeros
        for doubling in range(self.max_tree_depth):
            forwards = counter_uniform(seed, -1 - 2 * doubling) < 0.5
            log_u = counter_uniform(seed, -2 - 2 * doubling).log().to(noise.dtype)
            end = where(forwards, right, left)
            half, tally = self._new_half(log_prob, end, forwards, going, doubling, seed, start.energy, tally)
            kept = going & half.is_valid
            take = kept & (log_u < half.log_weight - log_weight)
            draw, moved = where(take, half.draw, draw), moved | take
            left, right = where(kept & ~forwards, half.end, left), where(kept & forwards, half.end, right)
            momentum_sum = torch.where(kept[:, None], momentum_sum + half.momentum_sum, momentum_sum)
            log_weight = torch.where(kept, torch.logaddexp(log_weight, half.log_weight), log_weight)
            depth = depth + kept
            going = kept & ~is_turning(left.momentum, right.momentum, momentum_sum)
            if doubling + 1 < self.max_tree_depth and not bool(going.any()):
                break
        return draw.state, NUTSInfo(tally.acceptance / tally.steps, moved, draw.energy, tally.divergent, tally.steps, depth)

    def _new_half(self, log_prob: LogProb, end: PhasePoint, forwards: Tensor, going: Tensor, doubling: int, seed: Tensor,
                  start_energy: Tensor, tally: Tally) -> tuple[Half, Tally]:
        """2^doubling steps outwards from `end`. A chain for which `valid` becomes False has results that nobody reads."""
        step_size = self.step_size * (2 * forwards[:, None].to(start_energy.dtype) - 1)
        draw, valid = end, going
        momentum_sum, log_weight = torch.zeros_like(end.momentum), torch.full_like(start_energy, -torch.inf)
        first = {}  # level -> v of the first leaf of the open subtree there, and momentum_sum before it
        for leaf in range(2**doubling):
            end = where(valid, leapfrog(log_prob, end, step_size, self.factor), end)
            error = end.energy - start_energy
            divergent = valid & is_divergent(error)
            accept = torch.where(valid & ~divergent, (-error).clamp(max=0).exp(), 0.0)
            tally = Tally(tally.acceptance + accept, tally.steps + valid, tally.divergent | divergent)
            valid = valid & ~divergent
            log_weight = torch.logaddexp(log_weight, -error)
            log_u = counter_uniform(seed, 2**doubling + leaf).log().to(error.dtype)
            draw = where(log_u < -error - log_weight, end, draw)
            level = (leaf >> 1).bit_count()
            if leaf % 2 == 0:
                first[level] = end.momentum, momentum_sum
            momentum_sum = momentum_sum + end.momentum
            closing = (~leaf & (leaf + 1)).bit_length() - 1  # subtrees that end with this leaf: as many as its trailing ones
            for v_first, sum_before in (first[level - k] for k in range(closing)):
                valid = valid & ~is_turning(v_first, end.momentum, momentum_sum - sum_before)
        return Half(end, draw, momentum_sum, log_weight, valid), tally
