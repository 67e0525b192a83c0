"""The three layers of a Glow step, on images (n, channels, height, width): ActNorm, 1x1 convolution, coupling.

Their log-determinants have shape (n,): they are summed over pixels and channels, never over the batch.
(Kingma and Dhariwal, 2018, arXiv:1807.03039.)
"""

import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init

from course_lib.inputs import describe, require, require_count, require_positive
from course_lib.models.flows.layer import FlowLayer
from course_lib.models.initialisation import conv, draw_weights
from course_lib.models.networks import zero


def require_images(images: Tensor, channels: int | None = None) -> None:
    """Require a float32 or float64 tensor (n, channels, height, width), n >= 1."""
    fits = isinstance(images, Tensor) and images.ndim == 4 and images.dtype in (torch.float32, torch.float64)
    if fits and images.numel() > 0 and channels in (None, images.shape[1]):
        return  # the sentence is made only when it is needed
    if isinstance(images, Tensor) and images.ndim != 4:
        remedy = "give rows of pixels their shape with .unflatten(1, (channels, height, width))"
    else:
        remedy = "check the channels and the dtype, and pass at least one image"
    name = "channels" if channels is None else channels
    require(False, f"images as a float32 or float64 tensor of shape (n, {name}, height, width)", describe(images), remedy)


class ImageActNorm(FlowLayer):
    """z = (x - shift) exp(-log_scale), one shift and scale a channel; log|det dz/dx| = -height width sum log_scale.

    The first batch that `inverse` sees in training mode sets both, so that every channel of z has mean 0 and standard
    deviation 1 over batch and pixels. After that they are weights like others. `initialised` is saved with them: a loaded
    layer is not set again. In evaluation mode nothing is set.
    """

    def __init__(self, channels: int, *, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("channels", channels)
        self.channels = channels
        self.shift = nn.Parameter(torch.zeros(channels, 1, 1, device=device, dtype=dtype))
        self.log_scale = nn.Parameter(torch.zeros(channels, 1, 1, device=device, dtype=dtype))
        self.register_buffer("initialised", torch.tensor(False, device=device))

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: images and log|det dz/dx| (n,)."""
        require_images(x, self.channels)
        if self.training and not self.initialised:
            self._set_from(x.detach())
        return (x - self.shift) * torch.exp(-self.log_scale), -self._log_det(x)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: images and log|det dx/dz| (n,)."""
        require_images(z, self.channels)
        return z * torch.exp(self.log_scale) + self.shift, self._log_det(z)

    def _log_det(self, x: Tensor) -> Tensor:
        return (x.shape[2] * x.shape[3] * self.log_scale.sum()).expand(x.shape[0])

    @torch.no_grad()
    def _set_from(self, x: Tensor) -> None:
        std, mean = torch.std_mean(x, dim=(0, 2, 3), correction=0)
        require(bool((std > 0).all()), "every channel of the first batch to vary", "a constant channel",
                "start with a larger batch, or add noise to the images")
        self.shift.copy_(mean[:, None, None])
        self.log_scale.copy_(std.log()[:, None, None])
        self.initialised.fill_(True)


class InvertibleConv(FlowLayer):
    """z = W x at every pixel, W a matrix (channels, channels); log|det dz/dx| = height width log|det W|.

    Starts as a random rotation. The sign of det W does not matter. Raises `InputError` when W has become singular, up to
    rounding: then the layer cannot be undone.
    """

    def __init__(self, channels: int, *, generator: torch.Generator | None = None, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("channels", channels)
        self.channels = channels
        start = torch.randn(channels, channels, generator=generator, device=device, dtype=dtype)
        self.weight = nn.Parameter(torch.linalg.qr(start)[0])

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: images and log|det dz/dx| (n,)."""
        require_images(x, self.channels)
        log_det = self._log_det(x)
        return torch.einsum("ij,njhw->nihw", self.weight, x), log_det

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: images and log|det dx/dz| (n,)."""
        require_images(z, self.channels)
        log_det = -self._log_det(z)
        return torch.linalg.solve(self.weight, z.flatten(2)).view_as(z), log_det

    def _log_det(self, x: Tensor) -> Tensor:
        values = torch.linalg.svdvals(self.weight.detach())
        invertible = bool(values[-1] > self.channels * torch.finfo(values.dtype).eps * values[0])
        require(invertible, "a 1x1 convolution that can be undone", f"a singular {self.channels} x {self.channels} matrix",
                "start again from a rotation with a smaller learning rate")
        return (x.shape[2] * x.shape[3] * torch.linalg.slogdet(self.weight)[1]).expand(x.shape[0])


class ImageCoupling(FlowLayer):
    """The first half a of the channels stays; the second is shifted and scaled by what a convolution reads in a.

        z_b = (x_b - t(a)) exp(-s(a)),   s = c tanh(raw / c),   c = max_log_scale

    channels: at least 2 (an odd one stays). hidden: channels of the network, 3x3, 1x1, 3x3. It starts as the identity;
    the bound c keeps exp from overflowing whatever the input. generator: on `device`.
    """

    def __init__(self, channels: int, hidden: int = 32, max_log_scale: float = 2.0, *,
                 generator: torch.Generator | None = None, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("channels", channels, minimum=2)
        require_count("hidden", hidden)
        require_positive("max_log_scale", max_log_scale)
        self.channels, self.max_log_scale = channels, float(max_log_scale)
        self.sizes = [channels - channels // 2, channels // 2]  # that stay, that change
        where = {"device": device, "dtype": dtype}
        self.net = nn.Sequential(
            conv(self.sizes[0], hidden, 1, **where), nn.SiLU(),
            skip_init(nn.Conv2d, hidden, hidden, kernel_size=1, **where), nn.SiLU(),
            conv(hidden, 2 * self.sizes[1], 1, **where))
        draw_weights(self.net, generator)
        zero(self.net[-1])

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: images and log|det dz/dx| (n,)."""
        require_images(x, self.channels)
        stays, changes = x.split(self.sizes, 1)
        shift, log_scale = self._shift_and_log_scale(stays)
        return torch.cat([stays, (changes - shift) * torch.exp(-log_scale)], 1), -log_scale.flatten(1).sum(1)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: images and log|det dx/dz| (n,)."""
        require_images(z, self.channels)
        stays, changes = z.split(self.sizes, 1)
        shift, log_scale = self._shift_and_log_scale(stays)
        return torch.cat([stays, changes * torch.exp(log_scale) + shift], 1), log_scale.flatten(1).sum(1)

    def _shift_and_log_scale(self, stays: Tensor) -> tuple[Tensor, Tensor]:
        shift, raw = self.net(stays).chunk(2, 1)
        return shift, self.max_log_scale * torch.tanh(raw / self.max_log_scale)
