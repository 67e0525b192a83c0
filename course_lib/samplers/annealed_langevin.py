"""Annealed Langevin dynamics (arXiv:1907.05600): follow the scores of ever less blurred densities.

    for each level s_1 > s_2 > ... > s_L, num_steps times:
        x <- x + h_i * score(x, s_i) + sqrt(2 h_i) * noise,          h_i = step_size * (s_i / s_L)^2

The paper's alpha_i is 2 h_i. Two readings of a level:
    noise level     score(x, s) = grad log p_s(x), p_s the density of data + s * N(0, I): the paper's. Blurring keeps the
                    weight of each mode, so chains that mix while the modes still overlap are split as they should be.
    temperature     score(x, T) = grad log p(x) / T (`tempered_score`); a length grows as sqrt(T), so pass step sizes
                    proportional to T. Heating p to p^(1/T) changes the weights of the modes: chains are split by the weights
                    of the temperature at which they last could cross, and those need not be the ones at T = 1.
Nothing is tested and no level is reached exactly: the last positions are draws of no known law. For exact weights temper a
Metropolised kernel (`ParallelTempering`).
"""

from typing import Callable, NamedTuple, Sequence

import torch
from torch import Tensor

from course_lib.inputs import describe, log_prob_and_grad, require, require_batch, require_count, require_positive
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.start import require_generator
from course_lib.samplers.unadjusted_langevin import langevin_move

Score = Callable[[Tensor, float], Tensor]  # x (chains, dim) and a level -> (chains, dim)


class AnnealedRun(NamedTuple):
    """positions (levels, chains, dim): where the chains are at the end of each level; the last is the result."""

    positions: Tensor

    @property
    def diverged(self) -> Tensor:
        """(chains,) bool: which chains have left for infinity or NaN."""
        return ~torch.isfinite(self.positions).all(0).all(-1)


def geometric_levels(first: float, last: float, num_levels: int) -> tuple[float, ...]:
    """num_levels >= 2 numbers from first down to last > 0, each the same multiple of the one before."""
    require_positive("first", first)
    require_positive("last", last)
    require_count("num_levels", num_levels, minimum=2)
    require(last < first, "last below first", f"first={first} and last={last}", "levels fall")
    ratio = (last / first) ** (1 / (num_levels - 1))
    return (*(first * ratio**i for i in range(num_levels - 1)), last)


def tempered_score(log_prob: LogProb) -> Score:
    """score(x, temperature) = grad log p(x) / temperature, for log_prob: (chains, dim) -> (chains,)."""
    return lambda x, temperature: log_prob_and_grad(log_prob, x)[1] / temperature


def annealed_langevin(score: Score, x: Tensor, levels: Sequence[float], step_size: float | Sequence[float],
                      num_steps: int, generator: torch.Generator | None = None) -> AnnealedRun:
    """Take num_steps Langevin steps at each of the falling `levels`, from x (chains, dim).

    score: x and a level -> (chains, dim). step_size: that of the last level, from which the others follow by the square of
    the level; or one number a level. Raises `InputError` if levels do not fall, if a number is not finite and > 0, or if
    the score at x is not finite and of the shape of x.
    """
    require_batch("x", x)
    require(callable(score), "score to be a function of x and a level", describe(score), "pass the function itself")
    require(isinstance(levels, (list, tuple)) and len(levels) > 0, "levels to be a list of numbers", describe(levels),
            "pass for instance geometric_levels(10.0, 0.1, 20)")
    for level in levels:
        require_positive("each level", level)
    require(all(a > b for a, b in zip(levels, levels[1:])), "levels that fall", describe(levels), "sort them, largest first")
    if not isinstance(step_size, (list, tuple)):
        require_positive("step_size", step_size)
        step_size = [step_size * (level / levels[-1]) ** 2 for level in levels]
    require(len(step_size) == len(levels), f"one step_size for each of {len(levels)} levels", f"{len(step_size)} of them",
            "pass one number to have them follow from the levels")
    for value in step_size:
        require_positive("each step_size", value)
    require_count("num_steps", num_steps)
    require_generator(generator, x)
    x = x.detach()
    first = score(x, levels[0])
    require(isinstance(first, Tensor) and first.shape == x.shape, f"score to return shape {tuple(x.shape)}, as x has",
            describe(first), "return one vector a point")
    bad = int((~torch.isfinite(first)).any(-1).sum())
    require(bad == 0, "the score to be finite at every starting point", f"NaN or infinity at {bad} of {x.shape[0]} points",
            "move these points")
    positions = torch.empty((len(levels), *x.shape), dtype=x.dtype, device=x.device)
    for i, (level, h) in enumerate(zip(levels, step_size)):
        for _ in range(num_steps):
            noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
            x = langevin_move(x, score(x, level).detach(), h, noise)
        positions[i] = x
    return AnnealedRun(positions)
