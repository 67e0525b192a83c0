"""Affine layers, one coordinate at a time: scale, shift, standardise."""

import torch
from torch import Tensor, nn

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.models.flows.layer import FlowLayer


class ElementwiseAffine(FlowLayer):
    """Every coordinate has its own learned scale and shift; starts as the identity.

        x_i = shift_i + exp(log_scale_i) z_i,   log|det dx/dz| = sum_i log_scale_i

    The last layer of NICE, whose other layers keep volumes. Dinh, Krueger and Bengio (2014), arXiv:1410.8516.
    """

    def __init__(self, dim: int, *, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("dim", dim)
        self.dim = dim
        self.shift = nn.Parameter(torch.zeros(dim, device=device, dtype=dtype))
        self.log_scale = nn.Parameter(torch.zeros(dim, device=device, dtype=dtype))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: (n, dim) -> x and log|det dx/dz|, (n,)."""
        require_batch("z", z, self.dim)
        return self.shift + self.log_scale.exp() * z, self.log_scale.sum().expand(z.shape[0])

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: (n, dim) -> z and log|det dz/dx|, (n,)."""
        require_batch("x", x, self.dim)
        return (x - self.shift) * (-self.log_scale).exp(), -self.log_scale.sum().expand(x.shape[0])


class ActNorm(ElementwiseAffine):
    """An elementwise affine layer that sets itself by the first batch it is trained on, and is learned from there.

        shift = mean of the batch,   exp(log_scale) = its standard deviation:   z then has mean 0 and standard deviation 1

    It sets itself once, in the first `inverse` in train mode; the buffer `initialised` remembers that through
    state_dict, so that a loaded layer does not set itself anew. In eval mode it never sets itself: before the first
    training batch it is what its parameters say, the identity. The same holds for `forward`, in either mode. After
    setting itself it is the same map in train and in eval mode.
    Raises `InputError` where the first batch has one point only, or a coordinate that is the same in all points.
    Kingma and Dhariwal (2018), arXiv:1807.03039.
    """

    def __init__(self, dim: int, *, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__(dim, device=device, dtype=dtype)
        self.register_buffer("initialised", torch.tensor(False, device=device))
        self._ready = False  # the buffer as seen from Python: asking a buffer on a GPU at every step would wait for it
        self.register_load_state_dict_post_hook(_remember)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent, setting itself the first time in train mode: (n, dim) -> z and log|det dz/dx|."""
        if self.training and not self._ready:
            require_batch("x", x, self.dim)
            mean, std = mean_and_std(x.detach())
            with torch.no_grad():
                self.shift.copy_(mean)
                self.log_scale.copy_(std.log())
                self.initialised.fill_(True)
            self._ready = True
        return super().inverse(x)


def _remember(layer: ActNorm, keys: object) -> None:
    layer._ready = bool(layer.initialised)


class Standardise(FlowLayer):
    """Fixed scale and shift, x = mean + std * z: the layer next to the data, for data that is not near N(0, I).

    mean, std: (dim,), buffers that are saved and never learned. `Standardise.from_data(x)` takes both from a batch.
    Raises `InputError` unless both have the same shape (dim,) and every std is positive.
    """

    def __init__(self, mean: Tensor, std: Tensor):
        super().__init__()
        require(mean.ndim == 1 and mean.shape == std.shape, "mean and std of the same shape (dim,)",
                f"{tuple(mean.shape)} and {tuple(std.shape)}", "pass one number a coordinate")
        require(bool((std > 0).all() and std.isfinite().all() and mean.isfinite().all()),
                "a finite mean and a finite std above 0 in every coordinate", describe(std.tolist()),
                "leave out coordinates that are constant")
        self.dim = mean.shape[0]
        self.register_buffer("mean", mean.detach().clone())
        self.register_buffer("std", std.detach().clone())

    @classmethod
    def from_data(cls, x: Tensor) -> "Standardise":
        """The layer whose `inverse` gives the batch x, (n, dim), mean 0 and standard deviation 1 in every coordinate."""
        require_batch("x", x)
        return cls(*mean_and_std(x))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: (n, dim) -> x and log|det dx/dz|, (n,)."""
        require_batch("z", z, self.dim)
        return self.mean + self.std * z, self.std.log().sum().expand(z.shape[0])

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: (n, dim) -> z and log|det dz/dx|, (n,)."""
        require_batch("x", x, self.dim)
        return (x - self.mean) / self.std, -self.std.log().sum().expand(x.shape[0])


def mean_and_std(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (divided by n) of every column, (n, dim) -> twice (dim,).

    Raises `InputError` for one row, a column that does not vary, or entries that are not finite.
    """
    require(x.shape[0] > 1, "at least two points, to take a mean and a standard deviation from", describe(x),
            "pass a larger batch first")
    mean, std = x.mean(0), x.std(0, correction=0)
    require(bool((std > 0).all() and std.isfinite().all()), "every coordinate to be finite and to vary over the batch",
            f"standard deviations {[round(s, 6) for s in std.tolist()[:8]]}",
            "leave out constant coordinates, or pass more and different points")
    return mean, std
