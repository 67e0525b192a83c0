"""Ancestral sampling: walk the chain back from noise, drawing every step from the law that the bound compares with.

    x_0_hat = (x_t - sqrt(1 - alpha_bar_t) eps_hat) / sqrt(alpha_bar_t)
    x_s ~ q(x_s | x_t, x_0 = x_0_hat),       s = t - 1, or any s < t

The last step, to s = 0, has variance 0: no noise is added there. Ho et al., 2020, arXiv:2006.11239; fewer steps as in Nichol and
Dhariwal, 2021, arXiv:2102.09672.
"""

from typing import Callable, Sequence

import torch
from torch import Tensor

from course_lib.dynamics.noise_schedule import NoiseSchedule
from course_lib.dynamics.noising import clean_from_noise, posterior, require_like
from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.samplers.start import require_generator

PredictNoise = Callable[[Tensor, Tensor], Tensor]  # x (n, dim), t int64 (n,) -> eps (n, dim)
Observer = Callable[[int, Tensor], None]  # step s and x_s, after every step


def ancestral_step(x_t: Tensor, eps_hat: Tensor, t: int, noise: Tensor, schedule: NoiseSchedule, s: int | None = None) -> Tensor:
    """x_s = posterior mean + sqrt(posterior variance) noise, with x_0 as eps_hat says; s = t - 1 unless given: (n, dim).

    x_t, eps_hat, noise: (n, dim). Raises `InputError` for other shapes, t outside 1..T or s outside 0..t-1.
    """
    schedule.require_times(t, 1)
    mean, variance = posterior(x_t, clean_from_noise(x_t, eps_hat, float(schedule.alpha_bar[t])), t, schedule, s)
    require_like("noise", noise, x_t)
    return mean + variance.sqrt() * noise


@torch.no_grad()
def ancestral_sample(predict_noise: PredictNoise, x: Tensor, schedule: NoiseSchedule, steps: Sequence[int] | None = None,
                     observe: Observer | None = None, generator: torch.Generator | None = None) -> Tensor:
    """From x = x_T ~ N(0, I), (n, dim), to x_0, through all steps T, T - 1, ..., 0 or through `steps` alone.

    predict_noise(x, t) -> (n, dim) with t int64 (n,). steps: falling, from T to 0, for instance `step_sequence(T, 50)`.
    observe(s, x_s) is called after every step. generator: on the device of x. Raises `InputError` for other steps.
    """
    for t, s in require_steps(x, schedule, steps, generator):
        eps_hat = predicted(predict_noise, x, t)
        noise = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        x = ancestral_step(x, eps_hat, t, noise, schedule, s)
        if observe is not None:
            observe(s, x)
    return x


def step_sequence(num_steps: int, num_used: int) -> tuple[int, ...]:
    """num_used + 1 whole numbers from T = num_steps down to 0, as even as can be: the steps of a shorter walk.

    Raises `InputError` unless 1 <= num_used <= num_steps.
    """
    require_count("num_steps", num_steps)
    require_count("num_used", num_used)
    require(num_used <= num_steps, f"num_used of at most {num_steps}", describe(num_used), "the chain has no more steps")
    return tuple((2 * num_steps * k + num_used) // (2 * num_used) for k in range(num_used, -1, -1))


def require_steps(x: Tensor, schedule: NoiseSchedule, steps: Sequence[int] | None,
                  generator: torch.Generator | None = None) -> list[tuple[int, int]]:
    """The pairs (t, s) of the walk. Raises `InputError` unless steps fall from T to 0 and x is a batch."""
    require_batch("x", x)
    require_generator(generator, x)
    steps = list(range(schedule.num_steps, -1, -1)) if steps is None else [int(step) for step in steps]
    falls = len(steps) > 1 and steps[0] == schedule.num_steps and steps[-1] == 0 and all(a > b for a, b in zip(steps, steps[1:]))
    require(falls, f"steps that fall from T = {schedule.num_steps} to 0", describe(steps),
            f"make them with step_sequence({schedule.num_steps}, {min(50, schedule.num_steps)})")
    return list(zip(steps, steps[1:]))


def predicted(predict_noise: PredictNoise, x: Tensor, t: int) -> Tensor:
    """predict_noise(x, t) with the same t for all, required to have the shape of x."""
    eps_hat = predict_noise(x, torch.full((len(x),), t, device=x.device))
    require(isinstance(eps_hat, Tensor) and eps_hat.shape == x.shape, f"predict_noise to return shape {tuple(x.shape)}",
            describe(eps_hat), "a denoiser says one number for every coordinate")
    return eps_hat
