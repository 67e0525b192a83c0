"""Glow: couplings of convolutions on images, (n, channels, height, width), at several scales.

Squeezing trades pixels for channels, 1x1 convolutions mix the channels, couplings read one half of them and shift and
scale the other half. (Kingma and Dhariwal, 2018, arXiv:1807.03039; squeeze and scales: RealNVP, arXiv:1605.08803.)
"""

import torch
from torch import Tensor, nn

from course_lib.inputs import require, require_batch, require_count
from course_lib.models.flows.image_layers import ImageActNorm, ImageCoupling, InvertibleConv, require_images
from course_lib.models.flows.layer import FlowLayer


def squeeze(images: Tensor) -> Tensor:
    """Every 2x2 block of pixels becomes four channels: (n, c, h, w) -> (n, 4c, h/2, w/2).

    Channel 4i + 2r + s holds row r and column s of the blocks of channel i. It only moves numbers: log-determinant 0.
    Raises `InputError` for an odd height or width.
    """
    require_images(images)
    height, width = images.shape[2:]
    require(height % 2 == 0 and width % 2 == 0, "an even height and width", f"{height} x {width} pixels",
            "pad the images, or squeeze fewer times")
    return nn.functional.pixel_unshuffle(images, 2)


def unsqueeze(images: Tensor) -> Tensor:
    """The way back: (n, 4c, h, w) -> (n, c, 2h, 2w). Raises `InputError` unless the channels come in fours."""
    require_images(images)
    require(images.shape[1] % 4 == 0, "channels in fours", f"{images.shape[1]} channels", "unsqueeze only what was squeezed")
    return nn.functional.pixel_shuffle(images, 2)


class GlowStep(FlowLayer):
    """One step, read from the data: ActNorm, 1x1 convolution, coupling; images (n, channels, h, w) both ways.

    channels: at least 2. hidden: channels inside the coupling's network. generator: on `device`.
    """

    def __init__(self, channels: int, hidden: int = 32, *, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        where = {"device": device, "dtype": dtype}
        self.norm = ImageActNorm(channels, **where)
        self.mix = InvertibleConv(channels, generator=generator, **where)
        self.coupling = ImageCoupling(channels, hidden, generator=generator, **where)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: images and log|det dz/dx| (n,)."""
        log_det = x.new_zeros(x.shape[0])
        for layer in (self.norm, self.mix, self.coupling):
            x, change = layer.inverse(x)
            log_det = log_det + change
        return x, log_det

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: images and log|det dx/dz| (n,)."""
        log_det = z.new_zeros(z.shape[0])
        for layer in (self.coupling, self.mix, self.norm):
            z, change = layer(z)
            log_det = log_det + change
        return z, log_det


class Glow(FlowLayer):
    """Squeeze and num_steps Glow steps, at num_scales scales; after each but the last, half the channels are done.

    Rows of numbers both ways, (n, channels * height * width), so it stands in a `Flow` like any layer: x is the image
    read row by row; z holds first the channels that leave at the first scale, last those that go through all of them.
    At the start it is a rotation, once ActNorm has seen data: a standard normal stays one.

    Raises `InputError` when height or width cannot be halved num_scales times.
    """

    def __init__(self, channels: int = 1, height: int = 8, width: int = 8, num_scales: int = 2, num_steps: int = 4,
                 hidden: int = 32, *, generator: torch.Generator | None = None, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        super().__init__()
        for name, value in (("channels", channels), ("height", height), ("width", width), ("num_scales", num_scales),
                            ("num_steps", num_steps), ("hidden", hidden)):
            require_count(name, value)
        require(height % 2**num_scales == 0 and width % 2**num_scales == 0,
                f"height and width that can be halved {num_scales} times", f"{height} x {width} pixels",
                "pad the images, or take fewer scales")
        self.image, self.dim = (channels, height, width), channels * height * width
        self.scales = nn.ModuleList()
        for scale in range(num_scales):
            channels = 4 * channels if scale == 0 else 2 * channels  # half of them are done, the others are squeezed
            self.scales.append(nn.ModuleList(GlowStep(channels, hidden, generator=generator, device=device, dtype=dtype)
                                             for _ in range(num_steps)))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: (n, dim) -> z (n, dim), log|det dz/dx| (n,)."""
        require_batch("x", x, self.dim)
        h, done, log_det = x.unflatten(1, self.image), [], x.new_zeros(x.shape[0])
        for scale, steps in enumerate(self.scales):
            if scale > 0:
                leaving, h = h.chunk(2, 1)
                done.append(leaving.flatten(1))
            h = squeeze(h)
            for step in steps:
                h, change = step.inverse(h)
                log_det = log_det + change
        return torch.cat([*done, h.flatten(1)], 1), log_det

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: (n, dim) -> x (n, dim), log|det dx/dz| (n,)."""
        require_batch("z", z, self.dim)
        *done, h = self._pieces(z)
        log_det = z.new_zeros(z.shape[0])
        for scale, steps in reversed(list(enumerate(self.scales))):
            for step in reversed(steps):
                h, change = step(h)
                log_det = log_det + change
            h = unsqueeze(h)
            if scale > 0:
                h = torch.cat([done.pop(), h], 1)
        return h.flatten(1), log_det

    def _pieces(self, z: Tensor) -> list[Tensor]:
        """z cut into what left at each scale, as images: (n, c, h, w) with c channels at that scale."""
        channels, height, width = self.image
        shapes = []
        for _ in self.scales[1:]:
            channels, height, width = 2 * channels, height // 2, width // 2
            shapes.append((channels, height, width))
        shapes.append((4 * channels, height // 2, width // 2))
        sizes = [c * h * w for c, h, w in shapes]
        return [piece.unflatten(1, shape) for piece, shape in zip(z.split(sizes, 1), shapes)]
