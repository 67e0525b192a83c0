"""Flow layers that bend every coordinate by a monotone spline. All of them start as the identity, exactly."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.inputs import require_batch, require_count, require_positive
from course_lib.models.flows.autoregressive import MaskedMLP
from course_lib.models.flows.layer import FlowLayer
from course_lib.models.flows.splines import evaluate, knots
from course_lib.models.networks import MLP


class SplineLayer(FlowLayer):
    """What the layers below share: 3 K - 1 raw numbers a coordinate make one spline of K bins on [-tail_bound, tail_bound].

    Outside, a coordinate passes unchanged: the data should be standardised, and then 5 holds nearly everything.
    """

    def __init__(self, dim: int, num_bins: int, tail_bound: float):
        super().__init__()
        require_count("dim", dim)
        require_count("num_bins", num_bins, minimum=2)
        require_positive("tail_bound", tail_bound)
        self.dim, self.num_bins, self.tail_bound = dim, num_bins, float(tail_bound)

    def bend(self, x: Tensor, raw: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor]:
        """The splines of raw (..., 3 K - 1) at x (...), and the logarithm of their slopes, (...)."""
        bins, slopes = raw[..., :2 * self.num_bins], raw[..., 2 * self.num_bins:]
        return evaluate(x, knots(bins.unflatten(-1, (2, self.num_bins)), slopes, self.tail_bound), self.tail_bound, inverse)


class SplineMarginals(SplineLayer):
    """x_i = spline_i(z_i), one learned spline a coordinate, whatever the others are.

    dim, num_bins: whole numbers; tail_bound: in the units of x. Has no first weights to draw: it starts as x = z.
    """

    def __init__(self, dim: int, num_bins: int = 8, tail_bound: float = 5.0, *, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        super().__init__(dim, num_bins, tail_bound)
        self.raw = nn.Parameter(torch.zeros(dim, 3 * num_bins - 1, device=device, dtype=dtype))

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """(n, dim) -> x (n, dim) and log|det dx/dz| (n,)."""
        return self._bend("z", z, inverse=False)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(n, dim) -> z (n, dim) and log|det dz/dx| (n,)."""
        return self._bend("x", x, inverse=True)

    def _bend(self, name: str, value: Tensor, inverse: bool) -> tuple[Tensor, Tensor]:
        require_batch(name, value, self.dim)
        value, log_slope = self.bend(value, self.raw, inverse)
        return value, log_slope.sum(-1)


class SplineCoupling(SplineLayer):
    """x_a = z_a,  x_b = spline(z_b; net(z_a)): half of the coordinates bend the other half.

    a: the first dim // 2 coordinates, or the last dim - dim // 2 with flip=True. Both directions are one pass.
    hidden: widths of the net. generator: on `device`; same seed, same weights. Raises `InputError` for dim = 1.
    Durkan and others (2019), arXiv:1906.04032.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64), flip: bool = False, num_bins: int = 8, tail_bound: float = 5.0,
                 *, activation: type[nn.Module] = nn.SiLU, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        require_count("dim", dim, minimum=2)
        super().__init__(dim, num_bins, tail_bound)
        self.flip, self.sizes = bool(flip), [dim // 2, dim - dim // 2]
        kept, bent = self.sizes[::-1] if flip else self.sizes
        self.net = MLP(kept, bent * (3 * num_bins - 1), hidden, zero_last=True, activation=activation, generator=generator,
                       device=device, dtype=dtype)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """(n, dim) -> x (n, dim) and log|det dx/dz| (n,)."""
        return self._couple("z", z, inverse=False)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(n, dim) -> z (n, dim) and log|det dz/dx| (n,)."""
        return self._couple("x", x, inverse=True)

    def _couple(self, name: str, value: Tensor, inverse: bool) -> tuple[Tensor, Tensor]:
        require_batch(name, value, self.dim)
        first, second = value.split(self.sizes, -1)
        kept, bent = (second, first) if self.flip else (first, second)
        bent, log_slope = self.bend(bent, self.net(kept).unflatten(-1, (bent.shape[-1], -1)), inverse)
        return torch.cat([bent, kept] if self.flip else [kept, bent], -1), log_slope.sum(-1)


class SplineAutoregressive(SplineLayer):
    """z_i = spline(x_i; net(x_j, j before i in the order)): every coordinate is bent by those of x before it.

    `inverse` is one pass of the masked net, `forward` takes dim passes: fast where densities are needed (maximum
    likelihood); `Inverted` of it is fast where draws are. order: order[k] is the coordinate that comes k-th; None means
    0, 1, ..., dim - 1. hidden: widths of the masked net. generator: on `device`; same seed, same weights.
    Durkan and others (2019), arXiv:1906.04032.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64), order: Sequence[int] | None = None, num_bins: int = 8,
                 tail_bound: float = 5.0, *, activation: type[nn.Module] = nn.SiLU,
                 generator: torch.Generator | None = None, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        super().__init__(dim, num_bins, tail_bound)
        self.net = MaskedMLP(dim, 3 * num_bins - 1, hidden, order, zero_last=True, activation=activation,
                             generator=generator, device=device, dtype=dtype)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data, dim passes: (n, dim) -> x and log|det dx/dz|, (n,)."""
        require_batch("z", z, self.dim)
        x = z
        for _ in range(self.dim):  # after the k-th pass the first k coordinates of the order are right, and stay so
            x, log_slope = self.bend(z, self.net(x), inverse=True)
        return x, log_slope.sum(-1)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent, one pass: (n, dim) -> z and log|det dz/dx|, (n,)."""
        require_batch("x", x, self.dim)
        z, log_slope = self.bend(x, self.net(x))
        return z, log_slope.sum(-1)
