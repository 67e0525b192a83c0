"""Samplers with one mistake each, on eight Gaussians, where the denoiser is exact: nothing else can be wrong.

The lecture's gallery. The chain is a cosine one of 300 steps, of which 20 are walked (`short chain`: 20 steps of Ho's betas).
"""

from typing import Callable

import torch
from torch import Tensor

from course_lib.dynamics import NoiseSchedule, clean_from_noise, cosine_schedule, linear_schedule, posterior, step_sequence
from course_lib.dynamics.noising import read
from course_lib.models.exact_denoisers import as_noise_predictor, mixture_denoiser
from course_lib.randomness import make_generator
from course_lib.targets import GaussianMixture, load_target

MISTAKES = ("time shifted", "noise last", "variance as deviation", "time ignored", "no root", "short chain")
Clean = Callable[[Tensor, int], Tensor]  # x_t, t -> x_0


def narrow_eight(scale: float = 0.06) -> GaussianMixture:
    """Eight Gaussians of standard deviation `scale` on a circle, three of them four times as heavy; float64."""
    means = load_target("eight_gaussians", dtype=torch.float64).means
    radius = (2 * (1 - scale**2)) ** 0.5
    return GaussianMixture(means / means[0].norm() * radius, scale, [4.0, 4.0, 4.0, 1.0, 1.0, 1.0, 1.0, 1.0], dtype=torch.float64)


def exact_noise(target: GaussianMixture, schedule: NoiseSchedule) -> Callable[[Tensor, Tensor], Tensor]:
    """E[eps | x_t] of a mixture, as predict_noise(x, t)."""
    return as_noise_predictor(lambda x, a: mixture_denoiser(x, a, target.means, target.scales, target.weights), schedule)


def without_time(target: GaussianMixture, schedule: NoiseSchedule) -> Callable[[Tensor, Tensor], Tensor]:
    """The best denoiser of all that do not see t, for t uniform in 1..T: E[eps | x] = sum_t p(t | x) E[eps | x_t = x, t]."""
    predict = exact_noise(target, schedule)

    def predict_noise(x: Tensor, t: Tensor) -> Tensor:
        steps = torch.arange(1, schedule.num_steps + 1, 3)  # every third, to save time
        log_p, eps = [], []
        for step in steps.tolist():
            a = float(schedule.alpha_bar[step])
            law = GaussianMixture(a**0.5 * target.means, (a * target.scales**2 + 1 - a).sqrt(), target.weights, dtype=x.dtype)
            log_p.append(law.log_prob(x))
            eps.append(predict(x, torch.full((len(x),), step)))
        return (torch.stack(log_p).softmax(0)[:, :, None] * torch.stack(eps)).sum(0)

    return predict_noise


def draws(mistake: str | None, n: int = 2000, num_used: int = 20, seed: int = 0) -> Tensor:
    """n ancestral draws, (n, 2), through num_used steps; `mistake` is one of MISTAKES, or None for the right walk."""
    target, generator = narrow_eight(), make_generator(seed)
    schedule = linear_schedule(20) if mistake == "short chain" else cosine_schedule(300)
    predict = (without_time if mistake == "time ignored" else exact_noise)(target, schedule)
    walk = step_sequence(schedule.num_steps, num_used)
    x = torch.randn(n, 2, dtype=torch.float64, generator=generator)
    for t, s in zip(walk, walk[1:]):
        seen = max(s, 1) if mistake == "time shifted" else t
        eps_hat = predict(x, torch.full((n,), seen))
        if mistake == "no root":
            eps_hat = eps_hat * read(schedule.noise_variance.sqrt(), t, x)  # x_0 = (x_t - (1 - alpha_bar) eps) / ...
        mean, variance = posterior(x, clean_from_noise(x, eps_hat, float(schedule.alpha_bar[t])), t, schedule, s)
        level = variance if mistake == "variance as deviation" else variance.sqrt()
        if mistake == "noise last" and s == 0:
            level = schedule.noise_variance[t].sqrt()  # the forward chain's: the posterior's is 0 here
        x = mean + level * torch.randn(x.shape, dtype=x.dtype, generator=generator)
    return x


def fingerprint(x: Tensor) -> tuple[float, float, float]:
    """Share of the three heavy blobs (exact: 12/17), deviation within blobs (exact: 0.06), share further than 0.5 from all."""
    distance, blob = torch.cdist(x, narrow_eight().means).min(1)
    near = distance < 0.5
    return float((blob < 3).double().mean()), float((distance[near] ** 2).mean() / 2) ** 0.5, 1 - float(near.double().mean())
