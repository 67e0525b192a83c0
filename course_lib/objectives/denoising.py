"""Denoising as a loss, and as a bound on the likelihood.

    simple loss   |eps - eps_hat(x_t, t)|^2 / dim,      x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps
    bound         -log p(x_0) <= L_T + sum_{t=2}^T L_{t-1} + L_0

    L_T     = KL(q(x_T | x_0) || N(0, I))                                     no weights in it: 0 if the chain ends in noise
    L_{t-1} = KL(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t)) = w_t |eps - eps_hat|^2
    L_0     = -log p(x_0 | x_1)                                               a density, or the probability of grey values

Both Gaussians of L_{t-1} have the posterior variance, so it is a squared distance of means. Ho et al., 2020, arXiv:2006.11239.
"""

import math
from typing import Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.dynamics.noise_schedule import NoiseSchedule
from course_lib.dynamics.noising import add_noise, clean_from_noise, read
from course_lib.inputs import describe, require, require_count, require_positive
from course_lib.samplers.start import require_generator

PredictNoise = Callable[[Tensor, Tensor], Tensor]  # x (n, dim), t int64 (n,) -> eps (n, dim)
Reconstruction = Callable[[Tensor, Tensor], Tensor]  # x_0, x_1 (n, dim) -> -log p(x_0 | x_1), nats, (n,)


def simple_loss(predict_noise: PredictNoise, x_0: Tensor, t: Tensor, noise: Tensor, schedule: NoiseSchedule) -> Tensor:
    """Mean over the coordinates of (eps - eps_hat)^2, for every example: (n,).

    x_0, noise: (n, dim); t: int64 (n,), each example its own step in 1..T. Raises `InputError` for other shapes.
    """
    schedule.require_times(t, len(x_0))
    return _squared_error(predict_noise, x_0, t, noise, schedule) / x_0.shape[1]


def bound_weights(schedule: NoiseSchedule) -> Tensor:
    """w_t of L_{t-1} = w_t |eps - eps_hat|^2, nats, indexed by t: (T + 1,) float64.

        w_t = (snr_{t-1} / snr_t - 1) / 2 = beta_t^2 / (2 posterior_variance_t alpha_t (1 - alpha_bar_t)),   t >= 2

    w_0 and w_1 are 0: step 1 is L_0, which has another form.
    """
    weights = torch.zeros_like(schedule.snr)
    weights[2:] = schedule.beta[1:] / (2 * schedule.noise_variance[1:-1] * (1 - schedule.beta[1:]))
    return weights


def prior_term(x_0: Tensor, schedule: NoiseSchedule) -> Tensor:
    """L_T in nats: sum over coordinates of (alpha_bar_T x_0^2 - alpha_bar_T - log(1 - alpha_bar_T)) / 2: (n,)."""
    alpha_bar, noise_variance = schedule.alpha_bar[-1].to(x_0), schedule.noise_variance[-1]
    return (alpha_bar * x_0**2 - alpha_bar - noise_variance.log().to(x_0)).sum(1) / 2


def bound_term(predict_noise: PredictNoise, x_0: Tensor, t: Tensor, noise: Tensor, schedule: NoiseSchedule,
               reconstruction: Reconstruction) -> Tensor:
    """The term of step t of every example, in nats, for one draw of x_t: L_{t-1} for t >= 2, L_0 for t = 1: (n,).

    Arguments as for `simple_loss`. T times its mean over uniform t in 1..T, plus `prior_term`, is the bound.
    """
    schedule.require_times(t, len(x_0))
    weight = read(bound_weights(schedule), t, x_0)[:, 0]
    value = weight * _squared_error(predict_noise, x_0, t, noise, schedule)
    first = t == 1
    if bool(first.any()):
        x_1 = add_noise(x_0[first], 1, noise[first], schedule)
        value = value.masked_scatter(first, reconstruction(x_0[first], x_1))
    return value


class Bound(NamedTuple):
    """Terms in nats: prior (n,) is L_T, steps (n, T - 1) are L_1 ... L_{T-1}, reconstruction (n,) is L_0."""

    prior: Tensor
    steps: Tensor
    reconstruction: Tensor

    @property
    def total(self) -> Tensor:
        """The bound on -log p(x_0): (n,)."""
        return self.prior + self.steps.sum(1) + self.reconstruction


def bound_terms(predict_noise: PredictNoise, x_0: Tensor, schedule: NoiseSchedule, reconstruction: Reconstruction,
                generator: torch.Generator | None = None) -> Bound:
    """Every term of the bound for every example, with one draw of x_t a term: T calls of the denoiser.

    x_0: (n, dim); generator: on its device. An unbiased estimate of the bound; `sampled_bound` needs fewer calls.
    """
    require_generator(generator, x_0)
    terms = []
    for step in range(1, schedule.num_steps + 1):
        t = torch.full((len(x_0),), step, device=x_0.device)
        noise = torch.randn(x_0.shape, dtype=x_0.dtype, device=x_0.device, generator=generator)
        terms.append(bound_term(predict_noise, x_0, t, noise, schedule, reconstruction))
    return Bound(prior_term(x_0, schedule), torch.stack(terms[1:], 1) if terms[1:] else x_0.new_zeros(len(x_0), 0), terms[0])


def sampled_bound(predict_noise: PredictNoise, x_0: Tensor, schedule: NoiseSchedule, reconstruction: Reconstruction,
                  num_times: int, generator: torch.Generator | None = None) -> Tensor:
    """An unbiased estimate of the bound from num_times of its T terms an example, in nats: (n,).

    The steps are stratified: one uniform draw from each of num_times equal parts of 1..T. L_0 and L_T are always in:
    L_0 once, from a draw of its own. num_times = T - 1 takes every step once. Raises `InputError` for num_times > T - 1.
    """
    require_count("num_times", num_times)
    num_steps = schedule.num_steps - 1
    require(num_times <= num_steps, f"num_times of at most {num_steps}", describe(num_times), "there are no more steps")
    require_generator(generator, x_0)
    draw = {"dtype": x_0.dtype, "device": x_0.device, "generator": generator}
    value = prior_term(x_0, schedule) + reconstruction(x_0, add_noise(x_0, 1, torch.randn(x_0.shape, **draw), schedule))
    for part in range(num_times):
        place = (part + torch.rand(len(x_0), **draw)) / num_times
        t = 2 + (place * num_steps).long().clamp(max=num_steps - 1)
        noise = torch.randn(x_0.shape, **draw)
        value = value + bound_term(predict_noise, x_0, t, noise, schedule, reconstruction) * (num_steps / num_times)
    return value


def gaussian_reconstruction(predict_noise: PredictNoise, schedule: NoiseSchedule,
                            variance: float | None = None) -> Reconstruction:
    """L_0 for densities: p(x_0 | x_1) = N(x_0; x_hat_0(x_1), variance), variance = beta_1 unless given."""
    variance = float(schedule.beta[0]) if variance is None else variance
    require_positive("variance", variance)

    def reconstruction(x_0: Tensor, x_1: Tensor) -> Tensor:
        error = x_0 - _clean(predict_noise, x_1, schedule)
        return (error**2 / variance + math.log(2 * math.pi * variance)).sum(1) / 2

    return reconstruction


def discretised_gaussian_reconstruction(predict_noise: PredictNoise, schedule: NoiseSchedule, num_levels: int,
                                        variance: float | None = None) -> Reconstruction:
    """L_0 for grey values, num_levels evenly in [-1, 1]: the mass of N(x_hat_0(x_1), variance) nearest to the level.

    Half a step to either side of a level; the outer two reach to infinity. variance = beta_1 unless given.
    Ho et al., 2020, arXiv:2006.11239, equation 13.
    """
    require_count("num_levels", num_levels, minimum=2)
    variance = float(schedule.beta[0]) if variance is None else variance
    require_positive("variance", variance)
    half = 1 / (num_levels - 1)

    def reconstruction(x_0: Tensor, x_1: Tensor) -> Tensor:
        error = (x_0 - _clean(predict_noise, x_1, schedule)).double() / math.sqrt(variance)
        side = torch.where(error > 0, -1.0, 1.0)  # mirrored into the lower tail, where log_ndtr is accurate
        infinity = torch.full_like(error, math.inf)
        upper = torch.where(x_0 > 1 - half, infinity, error + half / math.sqrt(variance))
        lower = torch.where(x_0 < half - 1, -infinity, error - half / math.sqrt(variance))
        ends = torch.stack([side * lower, side * upper]).sort(0).values
        small, large = torch.special.log_ndtr(ends[0]), torch.special.log_ndtr(ends[1])
        return -(large + torch.log(-torch.expm1(small - large))).sum(1).to(x_0)

    return reconstruction


def level_reconstruction(log_levels: Callable[[Tensor, Tensor], Tensor], num_levels: int) -> Reconstruction:
    """L_0 for grey values by a model that gives every pixel a law over them: log_levels(x_1, t) -> (n, dim, num_levels).

    x_0: num_levels values evenly in [-1, 1]. Pixels are independent given x_1, so the masses of all images sum to 1.
    """
    require_count("num_levels", num_levels, minimum=2)

    def reconstruction(x_0: Tensor, x_1: Tensor) -> Tensor:
        index = ((x_0 + 1) / 2 * (num_levels - 1)).round().long()
        log_p = log_levels(x_1, torch.ones(len(x_1), dtype=torch.int64, device=x_1.device))
        return -log_p.gather(2, index[:, :, None])[:, :, 0].sum(1)

    return reconstruction


def _clean(predict_noise: PredictNoise, x_1: Tensor, schedule: NoiseSchedule) -> Tensor:
    t = torch.ones(len(x_1), dtype=torch.int64, device=x_1.device)
    return clean_from_noise(x_1, predict_noise(x_1, t), float(schedule.alpha_bar[1]))


def _squared_error(predict_noise: PredictNoise, x_0: Tensor, t: Tensor, noise: Tensor, schedule: NoiseSchedule) -> Tensor:
    eps_hat = predict_noise(add_noise(x_0, t, noise, schedule), t)
    require(isinstance(eps_hat, Tensor) and eps_hat.shape == noise.shape, f"predict_noise to return shape {tuple(noise.shape)}",
            describe(eps_hat), "a denoiser says one number for every coordinate")
    return ((noise - eps_hat) ** 2).sum(1)
