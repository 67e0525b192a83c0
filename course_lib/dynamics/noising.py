"""From data to noise in one leap, one step back when data are known, and the three ways to say what a denoiser says.

    x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps        v_t = sqrt(alpha_bar_t) eps - sqrt(1 - alpha_bar_t) x_0

With x_t known, any one of eps, x_0, v and the score gives the others.
"""

import torch
from torch import Tensor

from course_lib.dynamics.noise_schedule import NoiseSchedule
from course_lib.inputs import describe, require, require_batch


def add_noise(x_0: Tensor, t: Tensor | int, noise: Tensor, schedule: NoiseSchedule) -> Tensor:
    """x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) noise: (n, dim).

    x_0, noise: (n, dim). t: int64 (n,), each example its own, or one whole number; 0..T. Raises `InputError` otherwise.
    """
    require_batch("x_0", x_0)
    require_like("noise", noise, x_0)
    schedule.require_times(t, len(x_0), minimum=0)
    return read(schedule.alpha_bar.sqrt(), t, x_0) * x_0 + read(schedule.noise_variance.sqrt(), t, x_0) * noise


def posterior(x_t: Tensor, x_0: Tensor, t: Tensor | int, schedule: NoiseSchedule,
              s: Tensor | int | None = None) -> tuple[Tensor, Tensor]:
    """Mean and variance of q(x_s | x_t, x_0) for s < t, s = t - 1 unless given: (n, dim) and (n, 1).

        a = alpha_bar_t / alpha_bar_s                                        (alpha_t, if s = t - 1)
        mean = (sqrt(alpha_bar_s) (1 - a) x_0 + sqrt(a) (1 - alpha_bar_s) x_t) / (1 - alpha_bar_t)
        variance = (1 - alpha_bar_s) (1 - a) / (1 - alpha_bar_t)

    At s = 0 this is x_0, with variance 0. Raises `InputError` for other shapes, t outside 1..T or s outside 0..t-1.
    Ho et al., 2020, arXiv:2006.11239, equations 6 and 7.
    """
    require_batch("x_t", x_t)
    require_like("x_0", x_0, x_t)
    schedule.require_times(t, len(x_t))
    if s is None:
        s = t - 1
    schedule.require_times(s, len(x_t), minimum=0)
    require(bool(torch.as_tensor(s < t).all()), "s below t", f"s = {s}, t = {t}", "a step back goes towards the data")
    alpha_bar_t, alpha_bar_s = (read(schedule.alpha_bar, k, schedule.alpha_bar) for k in (t, s))
    noise_t, noise_s = (read(schedule.noise_variance, k, schedule.alpha_bar) for k in (t, s))
    a = alpha_bar_t / alpha_bar_s
    lost = (noise_t - noise_s) / alpha_bar_s  # 1 - a
    weight_0, weight_t, variance = alpha_bar_s.sqrt() * lost / noise_t, a.sqrt() * noise_s / noise_t, noise_s * lost / noise_t
    mean = weight_0.to(x_t) * x_0 + weight_t.to(x_t) * x_t
    return mean, variance.to(x_t).expand(len(x_t), 1)


def clean_from_noise(x_t: Tensor, noise: Tensor, alpha_bar: Tensor | float) -> Tensor:
    """x_0 = (x_t - sqrt(1 - alpha_bar) eps) / sqrt(alpha_bar). x_t, noise: (n, dim); alpha_bar: a number, or (n,), in (0, 1)."""
    signal, level = _signal_and_level(x_t, noise, alpha_bar)
    return (x_t - level * noise) / signal


def noise_from_clean(x_t: Tensor, x_0: Tensor, alpha_bar: Tensor | float) -> Tensor:
    """eps = (x_t - sqrt(alpha_bar) x_0) / sqrt(1 - alpha_bar). Arguments as for `clean_from_noise`."""
    signal, level = _signal_and_level(x_t, x_0, alpha_bar)
    return (x_t - signal * x_0) / level


def velocity_from_noise(x_t: Tensor, noise: Tensor, alpha_bar: Tensor | float) -> Tensor:
    """v = sqrt(alpha_bar) eps - sqrt(1 - alpha_bar) x_0 = (eps - sqrt(1 - alpha_bar) x_t) / sqrt(alpha_bar).

    Arguments as for `clean_from_noise`. Salimans and Ho, 2022, arXiv:2202.00512.
    """
    signal, level = _signal_and_level(x_t, noise, alpha_bar)
    return (noise - level * x_t) / signal


def noise_from_velocity(x_t: Tensor, velocity: Tensor, alpha_bar: Tensor | float) -> Tensor:
    """eps = sqrt(1 - alpha_bar) x_t + sqrt(alpha_bar) v. Arguments as for `clean_from_noise`."""
    signal, level = _signal_and_level(x_t, velocity, alpha_bar)
    return level * x_t + signal * velocity


def clean_from_velocity(x_t: Tensor, velocity: Tensor, alpha_bar: Tensor | float) -> Tensor:
    """x_0 = sqrt(alpha_bar) x_t - sqrt(1 - alpha_bar) v. Arguments as for `clean_from_noise`."""
    signal, level = _signal_and_level(x_t, velocity, alpha_bar)
    return signal * x_t - level * velocity


def score_from_noise(noise: Tensor, alpha_bar: Tensor | float) -> Tensor:
    """Gradient of log p(x_t) = -E[eps | x_t] / sqrt(1 - alpha_bar). noise: (n, dim), what a denoiser says."""
    _, level = _signal_and_level(noise, noise, alpha_bar)
    return -noise / level


def read(table: Tensor, t: Tensor | int, like: Tensor) -> Tensor:
    """table[t] as a column (n, 1), or (1, 1) for one t, with the dtype and on the device of `like`."""
    index = torch.as_tensor(t, device=table.device).reshape(-1, 1)
    return table[index].to(like)


def require_like(name: str, value: Tensor, x: Tensor) -> None:
    """Require a tensor with the shape, dtype and device of x."""
    if isinstance(value, Tensor) and (value.shape, value.dtype, value.device) == (x.shape, x.dtype, x.device):
        return
    dtype = str(x.dtype).removeprefix("torch.")
    require(False, f"{name} of shape {tuple(x.shape)} in {dtype} on {x.device}, like the points it belongs to", describe(value),
            "give every coordinate its own number")


def _signal_and_level(x: Tensor, other: Tensor, alpha_bar: Tensor | float) -> tuple[Tensor, Tensor]:
    require_batch("x_t", x)
    require_like("what is converted", other, x)
    if not isinstance(alpha_bar, Tensor):
        alpha_bar = torch.as_tensor(alpha_bar, dtype=torch.float64)  # 1 - alpha_bar in float64, too
    fits = alpha_bar.is_floating_point() and alpha_bar.shape in ((), (1,), (len(x),), (len(x), 1), (1, 1))
    require(fits, f"alpha_bar to be a number, or a floating tensor of shape ({len(x)},)", describe(alpha_bar),
            "read it from the schedule, with schedule.alpha_bar[t]")
    require(bool(((alpha_bar > 0) & (alpha_bar < 1)).all()), "alpha_bar above 0 and below 1", describe(alpha_bar),
            "at 1 there is no noise to speak of, at 0 no data")
    alpha_bar = alpha_bar.reshape(-1, 1)
    return alpha_bar.sqrt().to(x), (1 - alpha_bar).sqrt().to(x)
