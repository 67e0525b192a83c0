"""Denoising diffusion implicit models: walks with the same x_t at every t as the chain, and as little noise as one likes.

    x_s = sqrt(alpha_bar_s) x_0_hat + sqrt(1 - alpha_bar_s - sigma^2) eps_hat + sigma noise
    sigma^2 = eta^2 (1 - alpha_bar_s) / (1 - alpha_bar_t) (1 - alpha_bar_t / alpha_bar_s)

eta = 1 is ancestral sampling, with any steps; eta = 0 adds no noise: x_T decides x_0, and with small steps one can walk back.
Song, Meng and Ermon, 2021, arXiv:2010.02502, equations 12 and 16.
"""

from typing import Sequence

import torch
from torch import Tensor

from course_lib.dynamics.ancestral import Observer, PredictNoise, predicted, require_steps
from course_lib.dynamics.noise_schedule import NoiseSchedule
from course_lib.dynamics.noising import clean_from_noise, read, require_like
from course_lib.inputs import describe, require, require_batch


def ddim_step(x_t: Tensor, eps_hat: Tensor, t: int, s: int, eta: float, noise: Tensor | None, schedule: NoiseSchedule) -> Tensor:
    """x_s from x_t and the noise that a denoiser sees in it: (n, dim).

    x_t, eps_hat, noise: (n, dim); noise may be None for eta = 0. t in 1..T, s in 0..T, for eta > 0 below t; eta in [0, 1].
    Raises `InputError` otherwise.
    """
    require(0 <= eta <= 1, "eta between 0 and 1", describe(eta), "0 adds no noise, 1 as much as the chain has")
    for step, minimum in ((t, 1), (s, 0)):
        schedule.require_times(step, 1, minimum=minimum)
    require(s < t or eta == 0, "s below t", f"s={s}, t={t}, eta={eta}", "only without noise can one walk towards noise")
    clean = clean_from_noise(x_t, eps_hat, float(schedule.alpha_bar[t]))
    alpha_bar_t, alpha_bar_s = schedule.alpha_bar[t], schedule.alpha_bar[s]
    noise_t, noise_s = schedule.noise_variance[t], schedule.noise_variance[s]
    variance = eta**2 * noise_s / noise_t * (noise_t - noise_s) / alpha_bar_s
    kept = (noise_s - variance).clamp(min=0)
    x_s = alpha_bar_s.sqrt().to(x_t) * clean + kept.sqrt().to(x_t) * eps_hat
    if eta == 0:
        return x_s
    require_like("noise", noise, x_t)
    return x_s + variance.sqrt().to(x_t) * noise


@torch.no_grad()
def ddim_sample(predict_noise: PredictNoise, x: Tensor, schedule: NoiseSchedule, steps: Sequence[int] | None = None,
                eta: float = 0.0, observe: Observer | None = None, generator: torch.Generator | None = None) -> Tensor:
    """From x = x_T ~ N(0, I), (n, dim), to x_0, through all steps or through `steps` alone, from T to 0.

    Arguments as for `ancestral_sample`; with eta = 0 the generator is not used. Raises `InputError` as it does.
    """
    for t, s in require_steps(x, schedule, steps, generator):
        noise = None if eta == 0 else torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
        x = ddim_step(x, predicted(predict_noise, x, t), t, s, eta, noise, schedule)
        if observe is not None:
            observe(s, x)
    return x


@torch.no_grad()
def ddim_encode(predict_noise: PredictNoise, x: Tensor, schedule: NoiseSchedule, steps: Sequence[int] | None = None) -> Tensor:
    """The other way: from data x, (n, dim), to the x_T whose walk with eta = 0 leads back to x, nearly.

    A step from s up to t uses the noise seen at s instead of t, so the error of the round trip falls with the size of the
    steps. From 0 the first step is x_t = sqrt(alpha_bar_t) x: clean data show no noise. steps: as for `ddim_sample`.
    """
    require_batch("x", x)
    for t, s in reversed(require_steps(x, schedule, steps)):
        if s == 0:
            x = read(schedule.alpha_bar.sqrt(), t, x) * x
        else:
            x = ddim_step(x, predicted(predict_noise, x, s), s, t, 0.0, None, schedule)
    return x
