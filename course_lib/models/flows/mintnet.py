"""Invertible convolutions: a mask orders the pixels, so that the Jacobian is triangular and the log-det is that of its diagonal.

Images are (n, channels, height, width). The order: pixel after pixel in raster order (row by row), in each pixel channel after
channel; `flip=True` is the same from the end. Output number k then depends on the inputs 1 ... k only.
"""

from typing import Callable

import torch
from torch import Tensor, nn

from course_lib.inputs import describe, require, require_count
from course_lib.models.flows.implicit import with_gradient
from course_lib.models.flows.layer import FlowLayer
from course_lib.models.flows.triangular import solve_triangular_map
from course_lib.models.initialisation import conv, draw_weights


class MaskedConv(nn.Module):
    """3x3 convolutions, zero outside the image, `num_in` -> `num_out` groups of `channels` each, that see only what came before.

    The kernel at earlier positions is free (`earlier`). That from a channel's own number is `own`, passed at every call, of
    shape (num_out, num_in, channels): the diagonal of the Jacobian from group to group.
    """

    def __init__(self, channels: int, num_in: int = 1, num_out: int = 1, flip: bool = False, **where):
        super().__init__()
        self.shape = (num_out, channels, num_in, channels)
        self.earlier = conv(num_in * channels, num_out * channels, 1, **where)
        mask = torch.zeros(channels, channels, 3, 3)
        mask[:, :, 0], mask[:, :, 1, 0], mask[:, :, 1, 1] = 1, 1, torch.ones(channels, channels).tril(-1)
        mask = mask.flip(0, 1, 2, 3) if flip else mask
        self.register_buffer("mask", mask.repeat(num_out, num_in, 1, 1).to(**where))

    def forward(self, x: Tensor, own: Tensor) -> Tensor:
        """The convolution with `own` on the diagonal: (n, num_in channels, h, w) -> (n, num_out channels, h, w)."""
        num_out, channels, num_in, _ = self.shape
        diagonal = torch.diag_embed(own).transpose(1, 2).reshape(num_out * channels, num_in * channels)
        kernel = self.earlier.weight * self.mask + nn.functional.pad(diagonal[..., None, None], (1, 1, 1, 1))
        return nn.functional.conv2d(x, kernel, self.earlier.bias, padding=1)


class TriangularLayer(FlowLayer):
    """A layer on images whose Jacobian is triangular in the order of the pixels. A child defines `_value_and_slope`."""

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """x and log|det dx/dz|, one pass: (n, channels, h, w) -> the same shape, (n,)."""
        require_images("z", z, self.channels)
        x, slope = self._value_and_slope(z)
        return x, slope.log().flatten(1).sum(-1)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The z that gives x, to the rounding error, and log|det dz/dx|; as many passes as numbers in an image, often fewer.

        First derivatives in x and in the weights are exact. Raises `InputError` for another shape.
        """
        require_images("x", x, self.channels)
        z = solve_triangular_map(self._value_and_slope, x, self.flip)
        with torch.no_grad():
            slope = self._value_and_slope(z)[1]
        z = with_gradient(lambda z: self._value_and_slope(z)[0], z, x, slope, max_iterations=2 * x[0].numel() + 10)
        return z, -self._value_and_slope(z)[1].log().flatten(1).sum(-1)

    def _value_and_slope(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """x and the diagonal of dx/dz, both of the shape of z."""
        raise NotImplementedError


class MaskedInvertibleConv(TriangularLayer):
    """x = masked 3x3 convolution of z, with exp(log_slope) > 0 on the diagonal: log|det| = height width sum_c log_slope_c.

    channels: of the images; flip: raster order from the end (take turns). Starts with slope 1 and the convolution's usual first
    weights. generator: on `device`; same seed, same weights. The linear heart of MintNet (Song et al., 2019, arXiv:1907.07945).
    """

    def __init__(self, channels: int, flip: bool = False, *, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("channels", channels)
        self.channels, self.flip = channels, flip
        self.conv = MaskedConv(channels, flip=flip, device=device, dtype=dtype)
        self.log_slope = nn.Parameter(torch.zeros(channels, device=device, dtype=dtype))
        draw_weights(self, generator)

    def _value_and_slope(self, z: Tensor) -> tuple[Tensor, Tensor]:
        slope = self.log_slope.exp()
        return self.conv(z, slope[None, None]), slope[:, None, None].expand_as(z)


class MintLayer(TriangularLayer):
    """x = t z + sum_i W3_i h(sum_j W2_ij h(W1_j z + b1_j) + b2_i) + b3, one layer of MintNet, h = ELU.

        dx_k/dz_k = t + sum_i w3_i h'(a2_i) sum_j w2_ij h'(a1_j) w1_j  >=  t  >  0

    W1_j, W2_ij, W3_i: masked 3x3 convolutions (lower triangular matrices), w the entries on their diagonals; a1, a2: what h
    is applied to. No h' is negative, so it is enough that every w3_i w2_ij w1_j >= 0: w2_ij = |u_ij| sign(w3_i) sign(w1_j)
    here, while w1, w3 and u are free. t = exp(log_slope), one number a channel. A product of triangular matrices is
    triangular, with the product of the diagonals on its diagonal: the log-det is exact, and no Jacobian is ever formed.

    channels: of the images; num_paths: i and j run from 1 to it; flip, generator: as in `MaskedInvertibleConv`.
    Song, Meng & Ermon (2019), MintNet, arXiv:1907.07945.
    """

    def __init__(self, channels: int, num_paths: int = 8, flip: bool = False, *, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("channels", channels)
        require_count("num_paths", num_paths)
        self.channels, self.flip = channels, flip
        where = {"device": device, "dtype": dtype}
        sizes = ((1, num_paths), (num_paths, num_paths), (num_paths, 1))
        self.convs = nn.ModuleList(MaskedConv(channels, num_in, num_out, flip, **where) for num_in, num_out in sizes)
        draw_weights(self, generator)
        first = lambda num_in, num_out: nn.Parameter(
            torch.randn(num_out, num_in, channels, generator=generator, **where) / (9 * num_in * channels) ** 0.5)
        self.own1, self.free2, self.own3 = (first(*size) for size in sizes)
        self.log_slope = nn.Parameter(torch.zeros(channels, **where))

    def own2(self) -> Tensor:
        """w2, (num_paths, num_paths, channels): its signs are those of w3 and w1 multiplied."""
        sign = lambda w: torch.where(w < 0, -1.0, 1.0).to(w.dtype)
        return self.free2.abs() * sign(self.own3).transpose(0, 1) * sign(self.own1).transpose(0, 1)

    def _value_and_slope(self, z: Tensor) -> tuple[Tensor, Tensor]:
        own2, t = self.own2(), self.log_slope.exp()[:, None, None]
        groups = lambda a: a.unflatten(1, (-1, self.channels))  # (n, num_paths, channels, h, w)
        a1 = self.convs[0](z, self.own1)
        a2 = self.convs[1](nn.functional.elu(a1), own2)
        x = t * z + self.convs[2](nn.functional.elu(a2), self.own3)
        slope1 = groups(elu_slope(a1)) * self.own1[:, 0, :, None, None]
        slope2 = groups(elu_slope(a2)) * torch.einsum("ijc,njchw->nichw", own2, slope1)
        return x, t + (slope2 * self.own3[0, :, :, None, None]).sum(1)


def elu_slope(a: Tensor) -> Tensor:
    """h'(a) of h = ELU: exp(a) below 0, 1 above."""
    return a.clamp(max=0).exp()


def require_images(name: str, x: Tensor, channels: int) -> None:
    """Require images (n, channels, height, width)."""
    fits = isinstance(x, Tensor) and x.is_floating_point() and x.ndim == 4 and x.shape[1] == channels and x.numel() > 0
    require(fits, f"{name} to be images, a floating tensor of shape (n, {channels}, height, width)", describe(x),
            "rows of pixels become images with x.unflatten(1, (channels, height, width))")
