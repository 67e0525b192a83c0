"""Energies U(x), p(x) = exp(-U(x)) / Z: low is likely.

    U(x) = net(x) + |x - centre|^2 / (2 confinement^2)

Why the second term: the networks below are compositions of affine maps and SiLU, whose slope is at most 1.1, so they
are globally Lipschitz and fall at most linearly far away. The quadratic wins, exp(-U) has Gaussian tails, and Z is
finite whatever the weights. Without it nothing makes Z finite. SiLU is smooth, so a Langevin sampler meets no kinks.
"""

import torch
from torch import Tensor, nn

from course_lib.inputs import describe, require, require_batch, require_count, require_positive
from course_lib.models.initialisation import conv, draw_weights, linear


class MLPEnergy(nn.Module):
    """U(x) = net(x) + |x|^2 / (2 confinement^2) with a fully connected net: (n, dim) -> (n,).

    width: units a hidden layer; depth: hidden layers; confinement: standard deviation of the Gaussian that holds the
    mass together, in the units of x, a little wider than the data. generator: on `device`; same seed, same weights.
    forward raises `InputError` unless x is (n, dim) with the dtype of the weights.
    """

    def __init__(self, dim: int = 2, width: int = 64, depth: int = 2, confinement: float = 4.0,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32,
                 generator: torch.Generator | None = None):
        super().__init__()
        require_count("dim", dim)
        require_count("width", width)
        require_count("depth", depth)
        require_positive("confinement", confinement)
        self.dim, self.confinement = dim, float(confinement)
        widths = [dim] + depth * [width]
        layers = []
        for num_in, num_out in zip(widths, widths[1:]):
            layers += [linear(num_in, num_out, device=device, dtype=dtype), nn.SiLU()]
        self.net = nn.Sequential(*layers, linear(width, 1, device=device, dtype=dtype))
        draw_weights(self.net, generator)

    def forward(self, x: Tensor) -> Tensor:
        """Energy of every point: (n, dim) -> (n,)."""
        require_input(x, self.dim, self.net[0].weight)
        return self.net(x)[:, 0] + (x**2).sum(-1) / (2 * self.confinement**2)


class ConvEnergy(nn.Module):
    """Energy of 8x8 grey images, given as rows of 64 pixels on the scale 0..16: (n, 64) -> (n,).

        u = (x - 8) / 8,   U(x) = net(u) + |x - 8|^2 / (2 confinement^2)

    The net sees u, which lies in [-1, 1]; steps of a sampler are in pixel units. width: channels of the first
    convolution; confinement: in pixel units. generator: on `device`; same seed, same weights.
    forward raises `InputError` unless x is (n, 64) with the dtype of the weights.
    """

    dim = 64

    def __init__(self, width: int = 8, confinement: float = 8.0, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32, generator: torch.Generator | None = None):
        super().__init__()
        require_count("width", width)
        require_positive("confinement", confinement)
        self.confinement = float(confinement)
        where = {"device": device, "dtype": dtype}
        self.net = nn.Sequential(  # 1x8x8
            conv(1, width, 1, **where), nn.SiLU(),  # width x 8x8
            conv(width, 2 * width, 2, **where), nn.SiLU(),  # 2 width x 4x4
            nn.Flatten(), linear(32 * width, 4 * width, **where), nn.SiLU(),
            linear(4 * width, 1, **where),
        )
        draw_weights(self.net, generator)

    def forward(self, x: Tensor) -> Tensor:
        """Energy of every image: (n, 64) -> (n,)."""
        require_input(x, self.dim, self.net[0].weight)
        u = (x - 8) / 8
        return self.net(u.unflatten(1, (1, 8, 8)))[:, 0] + ((x - 8) ** 2).sum(-1) / (2 * self.confinement**2)


def require_input(x: Tensor, dim: int, weight: Tensor) -> None:
    """Require points (n, dim) with the dtype and on the device of the weights."""
    require_batch("x", x, dim)
    if x.dtype != weight.dtype or x.device != weight.device:  # the sentence is made only when it is needed
        dtype = str(weight.dtype).removeprefix("torch.")
        require(False, f"x in {dtype} on {weight.device}, like the weights of this energy", f"{describe(x)} on {x.device}",
                f"pass x.to('{weight.device}', torch.{dtype}), or make the energy with other dtype= and device=")
