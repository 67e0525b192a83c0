"""Networks that are shown x_t and the step t, and say which noise is in x_t.

Every denoiser is called (x, t) or (x, t, labels): x (n, dim), t int64 (n,), steps in 0..T of the schedule it was made with,
labels int64 (n,). (The U-Net has no t = 0: it divides by the noise.) It returns the noise (n, dim). With num_labels = k,
classes are 0..k-1 and k is the null label, "no class told" (labels=None means that): what classifier-free guidance needs.
"""

import math

import torch
from torch import Tensor, nn

from course_lib.dynamics.noise_schedule import NoiseSchedule
from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.models.initialisation import draw_weights, linear

TIME_FREQUENCIES = 8


class MLPDenoiser(nn.Module):
    """A fully connected denoiser of points, best of unit variance: (n, dim), (n,) -> (n, dim).

        eps = sqrt(1 - alpha_bar_t) x_t + sqrt(alpha_bar_t) net(x_t, t)

    so the net says v (arXiv:2202.00512), whose size is about the same at every t. The time enters every layer, see `TimeTable`.
    width, depth: units and number of hidden layers. generator: on `device`; same seed, same weights.
    forward raises `InputError` unless x is (n, dim) like the weights, and t and labels fit.
    """

    def __init__(self, dim: int, schedule: NoiseSchedule, width: int = 128, depth: int = 3, num_labels: int | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32,
                 generator: torch.Generator | None = None):
        super().__init__()
        for name, value in (("dim", dim), ("width", width), ("depth", depth)):
            require_count(name, value)
        where = {"device": device, "dtype": dtype}
        self.dim, self.num_labels = dim, num_labels
        self.times = TimeTable(schedule, **where)
        self.label = label_embedding(num_labels, width, where)
        widths = [dim] + depth * [width]
        self.layers = nn.ModuleList(linear(num_in, width, **where) for num_in in widths[:-1])
        self.moments = nn.ModuleList(linear(self.times.num_features, width, **where) for _ in range(depth))
        self.last = linear(width, dim, **where)
        draw_weights(self, generator)

    def forward(self, x: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """The noise in x: (n, dim)."""
        require_call(x, t, labels, self.dim, self.num_labels, self.times)
        features = self.times.features(t)
        h = x
        for i, (layer, moment) in enumerate(zip(self.layers, self.moments)):
            h = layer(h) + moment(features)
            if i == 0 and self.label is not None:
                h = h + self.label(known_labels(labels, x, self.num_labels))
            h = nn.functional.silu(h)
        signal, level = self.times.signal_and_level(t)
        return level * x + signal * self.last(h)


class TimeTable(nn.Module):
    """What a denoiser knows of its schedule: sqrt(alpha_bar), sqrt(1 - alpha_bar), and features of t. No weights.

    The features are sines and cosines of u_t = sigmoid(-log(snr_t) / 4), 0 at data and 1 at noise: how noisy x_t is, not which
    number it has, so trained weights also serve a schedule with another T.
    """

    def __init__(self, schedule: NoiseSchedule, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require(isinstance(schedule, NoiseSchedule), "schedule to be a NoiseSchedule", describe(schedule),
                "pass the one that the model will be trained with, for instance cosine_schedule(200)")
        schedule = schedule.to("cpu")
        fraction = torch.sigmoid(-schedule.snr.log() / 4)
        angles = math.pi * fraction[:, None] * torch.arange(1, TIME_FREQUENCIES + 1)
        features = torch.cat([2 * fraction[:, None] - 1, angles.sin(), angles.cos()], 1)
        self.num_features, self.num_steps = features.shape[1], schedule.num_steps
        tables = {"signal": schedule.alpha_bar.sqrt(), "level": schedule.noise_variance.sqrt(), "table": features}
        for name, value in tables.items():  # not in the saved weights: they follow from the schedule
            self.register_buffer(name, value.to(device, dtype), persistent=False)

    def features(self, t: Tensor) -> Tensor:
        """(n,) -> (n, num_features)."""
        return self.table[t]

    def signal_and_level(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """sqrt(alpha_bar_t) and sqrt(1 - alpha_bar_t), each (n, 1)."""
        return self.signal[t, None], self.level[t, None]


def label_embedding(num_labels: int | None, width: int, where: dict) -> nn.Linear | None:
    """Weights for every class and for the null label; None without classes."""
    if num_labels is None:
        return None
    require_count("num_labels", num_labels)
    return linear(num_labels + 1, width, **where)


def known_labels(labels: Tensor | None, x: Tensor, num_labels: int) -> Tensor:
    """One row of zeros and a one for every example, (n, num_labels + 1); the last column is the null label."""
    if labels is None:
        labels = torch.full((len(x),), num_labels, device=x.device)
    return nn.functional.one_hot(labels, num_labels + 1).to(x)


def require_call(x: Tensor, t: Tensor, labels: Tensor | None, dim: int, num_labels: int | None, times: TimeTable,
                 first: int = 0) -> None:
    """Require (n, dim) like the weights, int64 steps (n,) in first..T, and labels (n,) in 0..num_labels, if any."""
    require_batch("x", x, dim)
    dtype = str(times.signal.dtype).removeprefix("torch.")
    require(x.dtype == times.signal.dtype and x.device == times.signal.device,
            f"x in {dtype} on {times.signal.device}, like the weights of this denoiser", f"{describe(x)} on {x.device}",
            f"pass x.to('{times.signal.device}', torch.{dtype})")
    _require_whole("t", t, len(x), first, times.num_steps, "steps of the schedule that the denoiser was made with")
    if labels is not None:
        require(num_labels is not None, "no labels, for this denoiser was made without", describe(labels),
                "make it with num_labels=")
        _require_whole("labels", labels, len(x), 0, num_labels, "classes, and the null label as the largest")


def _require_whole(name: str, value: Tensor, n: int, smallest: int, largest: int, meaning: str) -> None:
    fits = isinstance(value, Tensor) and value.dtype == torch.int64 and value.shape == (n,)
    require(fits, f"{name} to be an int64 tensor of shape ({n},)", describe(value), f"give every example its own: {meaning}")
    low, high = int(value.min()), int(value.max())
    require(smallest <= low and high <= largest, f"{name} in {smallest}..{largest}", f"{low}..{high}", f"these are {meaning}")
