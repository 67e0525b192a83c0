"""A flow: layers one after the other, and the density they make out of a standard normal law."""

import math
from collections.abc import Iterable
from itertools import chain

import torch
from torch import Tensor, nn

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.models.flows.layer import FlowLayer

LOG_2PI = math.log(2 * math.pi)


def standard_normal_log_prob(z: Tensor) -> Tensor:
    """log rho(z) = -(|z|^2 + dim log 2 pi) / 2, the standard normal base law: (n, ...) -> (n,)."""
    z = z.flatten(1)
    return -0.5 * (z.square().sum(-1) + z.shape[1] * LOG_2PI)


class Flow(FlowLayer):
    """The layers in a row, x = layers[-1](... layers[0](z)), with z ~ rho = N(0, I).

        log p(x) = log rho(z) + log|det dz/dx|,   z = the inverse of all layers at x

    layers: FlowLayers (a Flow is one, too), the first one next to the latent, the last one next to the data. dim: the
    number of coordinates. The flow lives where its layers do. Raises `InputError` for anything that is not a layer.
    Rezende and Mohamed (2015), arXiv:1505.05770; Papamakarios and others (2021), arXiv:1912.02762.
    """

    def __init__(self, layers: Iterable[FlowLayer], dim: int):
        super().__init__()
        require_count("dim", dim)
        layers = list(layers)
        for layer in layers:
            require(isinstance(layer, FlowLayer), "every layer to be a FlowLayer", describe(layer),
                    "derive it from FlowLayer, with forward and inverse")
        self.layers, self.dim = nn.ModuleList(layers), dim
        like = next((t for t in chain(self.parameters(), self.buffers()) if t.is_floating_point()), torch.zeros(()))
        # Tells where and in what precision to draw; goes along with .to(), and is no part of what is saved.
        self.register_buffer("centre", torch.zeros(dim, device=like.device, dtype=like.dtype), persistent=False)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: (n, dim) -> x and log|det dx/dz|, (n,)."""
        x, log_det = z, z.new_zeros(z.shape[0])
        for layer in self.layers:
            x, change = layer(x)
            log_det = log_det + change
        return x, log_det

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: (n, dim) -> z and log|det dz/dx|, (n,)."""
        z, log_det = x, x.new_zeros(x.shape[0])
        for layer in reversed(self.layers):
            z, change = layer.inverse(z)
            log_det = log_det + change
        return z, log_det

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density of every point, normalised: (n, dim) -> (n,). Raises `InputError` for another shape or dtype."""
        self._require_points("x", x)
        z, log_det = self.inverse(x)
        return standard_normal_log_prob(z) + log_det

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, dim), without gradient: for one, call the flow itself on a z ~ N(0, I)."""
        require_count("n", n)
        z = torch.randn(n, self.dim, generator=generator, device=self.centre.device, dtype=self.centre.dtype)
        return self(z)[0]

    def path(self, z: Tensor) -> list[Tensor]:
        """What becomes of z, (n, dim), layer by layer: [z, after layers[0], ..., x], one tensor more than layers."""
        self._require_points("z", z)
        steps = [z]
        for layer in self.layers:
            steps.append(layer(steps[-1])[0])
        return steps

    def _require_points(self, name: str, x: Tensor) -> None:
        require_batch(name, x, self.dim)
        here = self.centre
        if x.dtype != here.dtype or x.device != here.device:  # the sentence is made only when it is needed
            dtype = str(here.dtype).removeprefix("torch.")
            require(False, f"{name} in {dtype} on {here.device}, like the weights of this flow",
                    f"{describe(x)} on {x.device}",
                    f"pass {name}.to('{here.device}', torch.{dtype}), or make the flow with other dtype= and device=")
