"""Denoisers without training: E[x_0 | x_t] in closed form.

For data that are n points, each as likely as the other (the minimiser of the denoising loss on a training set):

    E[x_0 | x_t] = sum_i w_i x_i,     w = softmax(-|x_t - sqrt(alpha_bar) x_i|^2 / (2 (1 - alpha_bar)))

for data of known mean and covariance the best linear one (Wiener's), exact if they are Gaussian; and for a Gaussian mixture.
`as_noise_predictor` turns each into predict_noise(x, t) for the samplers and losses.
"""

from typing import Callable

import torch
from torch import Tensor

from course_lib.dynamics.noise_schedule import NoiseSchedule
from course_lib.dynamics.noising import read
from course_lib.inputs import describe, require, require_batch


def memorising_denoiser(x_t: Tensor, alpha_bar: Tensor | float, data: Tensor) -> Tensor:
    """E[x_0 | x_t] when the data are the rows of `data`, (m, dim): (n, dim).

    alpha_bar: a number or (n,), in [0, 1). Weights are compared on the log scale, so small noise does not underflow: the
    answer is then the training point nearest to x_t / sqrt(alpha_bar). Raises `InputError` for other shapes.
    """
    return memorising_weights(x_t, alpha_bar, data) @ data


def memorising_weights(x_t: Tensor, alpha_bar: Tensor | float, data: Tensor) -> Tensor:
    """p(x_0 = data_i | x_t): (n, m), rows sum to 1. Arguments as for `memorising_denoiser`."""
    signal, variance = _signal_and_variance(x_t, alpha_bar)
    require_batch("data", data, x_t.shape[1])
    # |x_t - signal x_i|^2 without |x_t|^2, which is the same for all i
    log_weight = (x_t @ data.T * signal - 0.5 * signal**2 * (data**2).sum(1)) / variance
    return log_weight.softmax(1)


def linear_denoiser(x_t: Tensor, alpha_bar: Tensor | float, mean: Tensor, covariance: Tensor) -> Tensor:
    """mean + sqrt(alpha_bar) C (alpha_bar C + (1 - alpha_bar) I)^-1 (x_t - sqrt(alpha_bar) mean): (n, dim).

    mean (dim,), covariance C (dim, dim), symmetric. The best linear estimate of x_0 from x_t; E[x_0 | x_t] if the data are
    Gaussian. alpha_bar: a number or (n,), in [0, 1). Raises `InputError` for other shapes.
    """
    signal, variance = _signal_and_variance(x_t, alpha_bar)
    dim = x_t.shape[1]
    require(isinstance(mean, Tensor) and mean.shape == (dim,), f"mean of shape ({dim},)", describe(mean),
            "one number a coordinate")
    require(isinstance(covariance, Tensor) and covariance.shape == (dim, dim), f"covariance of shape ({dim}, {dim})",
            describe(covariance), "compute it with torch.cov(data.T)")
    values, vectors = torch.linalg.eigh(covariance)  # once for all alpha_bar
    values = values.clamp(min=0)
    coordinates = (x_t - signal * mean) @ vectors * (signal * values / (signal**2 * values + variance))
    return mean + coordinates @ vectors.T


def mixture_denoiser(x_t: Tensor, alpha_bar: Tensor | float, means: Tensor, scales: Tensor, weights: Tensor) -> Tensor:
    """E[x_0 | x_t] when the data are sum_k weights_k N(means_k, scales_k^2 I): (n, dim).

    means (k, dim), scales and weights (k,). Noised, component k is N(sqrt(alpha_bar) means_k, v_k I) with
    v_k = alpha_bar scales_k^2 + 1 - alpha_bar. alpha_bar: a number or (n,), in [0, 1). Raises `InputError` for other shapes.
    """
    signal, variance = _signal_and_variance(x_t, alpha_bar)
    require_batch("means", means, x_t.shape[1])
    for name, value in (("scales", scales), ("weights", weights)):
        require(isinstance(value, Tensor) and value.shape == means.shape[:1], f"{name} of shape ({len(means)},)", describe(value),
                "one number a component")
    spread = signal**2 * scales**2 + variance  # (n or 1, k)
    away = x_t[:, None, :] - signal[:, :, None] * means
    log_weight = weights.log() - x_t.shape[1] / 2 * spread.log() - (away**2).sum(2) / (2 * spread)
    inside = means + (signal * scales**2 / spread)[:, :, None] * away  # E[x_0 | x_t, component]
    return (log_weight.softmax(1)[:, :, None] * inside).sum(1)


def as_noise_predictor(denoise: Callable[[Tensor, Tensor], Tensor],
                       schedule: NoiseSchedule) -> Callable[[Tensor, Tensor], Tensor]:
    """predict_noise(x, t) = (x - sqrt(alpha_bar_t) denoise(x, alpha_bar_t)) / sqrt(1 - alpha_bar_t).

    denoise(x (n, dim), alpha_bar (n,)) -> x_0 (n, dim), for instance lambda x, a: memorising_denoiser(x, a, data).
    """

    def predict_noise(x: Tensor, t: Tensor) -> Tensor:
        x_0 = denoise(x, read(schedule.alpha_bar, t, x)[:, 0])
        return (x - read(schedule.alpha_bar.sqrt(), t, x) * x_0) / read(schedule.noise_variance.sqrt(), t, x)

    return predict_noise


def _signal_and_variance(x_t: Tensor, alpha_bar: Tensor | float) -> tuple[Tensor, Tensor]:
    require_batch("x_t", x_t)
    if not isinstance(alpha_bar, Tensor):
        alpha_bar = torch.as_tensor(alpha_bar, dtype=torch.float64)  # 1 - alpha_bar in float64, too
    require(alpha_bar.is_floating_point() and alpha_bar.shape in ((), (len(x_t),), (len(x_t), 1)),
            f"alpha_bar to be a number, or a floating tensor of shape ({len(x_t)},)", describe(alpha_bar),
            "read it from the schedule, with schedule.alpha_bar[t]")
    require(bool(((alpha_bar >= 0) & (alpha_bar < 1)).all()), "alpha_bar at least 0 and below 1", describe(alpha_bar),
            "without noise x_t says x_0 itself")
    alpha_bar = alpha_bar.reshape(-1, 1)
    return alpha_bar.sqrt().to(x_t), (1 - alpha_bar).to(x_t)
