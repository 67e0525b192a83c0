"""A small U-Net that denoises 8x8 images whose pixels have few levels.

It knows that a clean pixel is one of `num_levels` grey values l_k, evenly spaced in [-1, 1], and that its noise is Gaussian:

    p(pixel = l_k | x_t) ∝ exp(net_k(x_t, t)) exp(-(pixel_t - sqrt(alpha_bar_t) l_k)^2 / (2 (1 - alpha_bar_t)))
    x_0 = sum_k l_k p(pixel = l_k | x_t),      eps = (x_t - sqrt(alpha_bar_t) x_0) / sqrt(1 - alpha_bar_t)

so the net has to say only what the other pixels tell about this one (Bayes' rule adds what the pixel itself tells), and rounding
at low noise comes for free. Like ordinary denoisers it is trained through eps alone.
"""

import torch
from torch import Tensor, nn

from course_lib.dynamics.noise_schedule import NoiseSchedule
from course_lib.inputs import describe, require, require_count
from course_lib.models.denoisers import TimeTable, known_labels, label_embedding, require_call
from course_lib.models.initialisation import conv, draw_weights, linear

SIDE = 8
GROUPS = 8  # of channels that are normalised together


class UNet(nn.Module):
    """Noise in 8x8 images given as rows of 64 pixels, x_0 in [-1, 1]: (n, 64), (n,) -> (n, 64); called like every denoiser.

    schedule: the chain it is trained with. channels: of the 8x8 maps, a multiple of 8; the 4x4 maps have twice as many.
    num_labels: classes, or None. num_levels: grey values of a clean pixel. dropout: in training mode, from torch's global
    random state. generator: on `device`; same seed, same weights. Raises `InputError` as `MLPDenoiser` does.
    Ronneberger et al., 2015, arXiv:1505.04597; for denoising Ho et al., 2020, arXiv:2006.11239.
    """

    dim = SIDE * SIDE

    def __init__(self, schedule: NoiseSchedule, channels: int = 32, num_labels: int | None = None, num_levels: int = 17,
                 dropout: float = 0.1, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32,
                 generator: torch.Generator | None = None):
        super().__init__()
        require_count("channels", channels, minimum=GROUPS)
        require(channels % GROUPS == 0, f"channels to be a multiple of {GROUPS}", describe(channels), "take 32")
        require_count("num_levels", num_levels, minimum=2)
        require(0 <= dropout < 1, "dropout in [0, 1)", describe(dropout), "take 0.1")
        where = {"device": device, "dtype": dtype}
        self.num_labels, self.num_levels, width = num_labels, num_levels, 2 * channels
        self.times = TimeTable(schedule, **where)
        self.register_buffer("levels", torch.linspace(-1, 1, num_levels, **where), persistent=False)
        self.time = linear(self.times.num_features, width, **where)
        self.label = label_embedding(num_labels, width, where)
        self.first = conv(2, channels, 1, **where)
        self.place = nn.Parameter(torch.zeros(channels, SIDE, SIDE, **where))  # digits are centred: a pixel's place tells much
        block = lambda channels_in, channels_out: Block(channels_in, channels_out, width, dropout, where)
        self.fine = nn.ModuleList([block(channels, channels), block(channels, channels)])
        self.down = conv(channels, width, 2, **where)
        self.coarse = nn.ModuleList([block(width, width), Attention(width, where), block(width, width)])
        self.up = nn.ModuleList([block(width + channels, channels), block(2 * channels, channels)])
        self.norm = nn.GroupNorm(GROUPS, channels, **where)
        self.last = conv(channels, num_levels, 1, **where)
        self.usual = nn.Parameter(torch.zeros(num_levels, SIDE, SIDE, **where))
        draw_weights(self, generator)

    def forward(self, x: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """The noise in x: (n, 64)."""
        x_0 = self.log_levels(x, t, labels).exp() @ self.levels
        signal, level = self.times.signal_and_level(t)
        return (x - signal * x_0) / level

    def log_levels(self, x: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """log p(pixel = l_k | x_t), normalised over k: (n, 64, num_levels). t in 1..T."""
        require_call(x, t, labels, self.dim, self.num_labels, self.times, first=1)
        signal, level = self.times.signal_and_level(t)
        own = -((x[:, :, None] - signal[:, :, None] * self.levels) / level[:, :, None]) ** 2 / 2
        rounded = own.softmax(-1) @ self.levels  # what the pixel alone says: nothing has to be learned for low noise
        others = self.net(torch.stack([x, rounded], 1).unflatten(2, (SIDE, SIDE)), self.context(t, labels, x))
        return torch.log_softmax(own + others.flatten(2).transpose(1, 2), -1)

    def context(self, t: Tensor, labels: Tensor | None, x: Tensor) -> Tensor:
        """Time and class, as every block sees them: (n, 2 channels)."""
        value = self.time(self.times.features(t))
        if self.label is not None:
            value = value + self.label(known_labels(labels, x, self.num_labels))
        return nn.functional.silu(value)

    def net(self, h: Tensor, context: Tensor) -> Tensor:
        """(n, 2, 8, 8) -> (n, num_levels, 8, 8)."""
        h = self.first(h) + self.place
        seen = []
        for block in self.fine:
            h = block(h, context)
            seen.append(h)
        h = self.down(h)  # (n, 2 channels, 4, 4)
        for block in self.coarse:
            h = block(h, context)
        h = nn.functional.interpolate(h, scale_factor=2.0, mode="nearest")
        for block in self.up:
            h = block(torch.cat([h, seen.pop()], 1), context)
        return self.last(nn.functional.silu(self.norm(h))) + self.usual


class Block(nn.Module):
    """x + convolutions of x, with time and class added between them."""

    def __init__(self, channels_in: int, channels_out: int, width: int, dropout: float, where: dict):
        super().__init__()
        self.norms = nn.ModuleList(nn.GroupNorm(GROUPS, channels, **where) for channels in (channels_in, channels_out))
        self.convs = nn.ModuleList(conv(channels, channels_out, 1, **where) for channels in (channels_in, channels_out))
        self.context = linear(width, channels_out, **where)
        self.dropout = nn.Dropout(dropout)
        self.skip = None if channels_in == channels_out else linear(channels_in, channels_out, **where)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        h = self.convs[0](nn.functional.silu(self.norms[0](x))) + self.context(context)[:, :, None, None]
        h = self.convs[1](self.dropout(nn.functional.silu(self.norms[1](h))))
        return h + (x if self.skip is None else self.skip(x.movedim(1, -1)).movedim(-1, 1))


class Attention(nn.Module):
    """x + what every place reads from all places (arXiv:1706.03762), one head."""

    def __init__(self, channels: int, where: dict):
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels, **where)
        self.read, self.write = linear(channels, 3 * channels, **where), linear(channels, channels, **where)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        places = self.norm(x).flatten(2).transpose(1, 2)  # (n, places, channels)
        query, key, value = self.read(places).chunk(3, -1)
        h = nn.functional.scaled_dot_product_attention(query, key, value)
        return x + self.write(h).transpose(1, 2).unflatten(2, x.shape[2:])
