"""Maps, networks and base laws of the flow questions as torch functions, built from plain data.

They work in the dtype of the points they get, and say in a sentence when the shape is not the one asked for.
"""

from typing import Any, Callable, Mapping

import torch
from torch import Tensor, nn

Spec = Mapping[str, Any]


def require_points(points: Any, dim: int, who: str, what: str = "a batch of points") -> None:
    """All maps here take batches (n, dim)."""
    if not isinstance(points, Tensor) or points.ndim != 2 or points.shape[1] != dim:
        came = f"a tensor of shape {tuple(points.shape)}" if isinstance(points, Tensor) else f"a {type(points).__name__}"
        raise ValueError(f"{who} takes {what}, a tensor of shape (n, {dim}), but got {came}")


def tensors(spec: Spec, like: Tensor, *names: str) -> list[Tensor]:
    """Entries of the spec in the dtype of `like`."""
    return [torch.as_tensor(spec[name]).to(like.dtype) for name in names]


def build_log_base(spec: Spec) -> Callable[[Tensor], Tensor]:
    """Independent logistic laws: log ρ(z) = Σ_i (−u_i − 2 log(1 + e^{−u_i}) − log w_i), u = (z − centre)/width."""

    def log_base(z: Tensor) -> Tensor:
        require_points(z, len(spec["centre"]), "log_base")
        centre, width = tensors(spec, z, "centre", "width")
        u = (z - centre) / width
        return (-u - 2 * nn.functional.softplus(-u) - width.log()).sum(-1)
    return log_base


def build_inverse(spec: Spec) -> Callable[[Tensor], Tensor]:
    """z = A (x + B tanh(C x + c)) + b."""

    def inverse(x: Tensor) -> Tensor:
        require_points(x, len(spec["b"]), "inverse")
        outer, inner, reach, offset, shift = tensors(spec, x, "A", "B", "C", "c", "b")
        return (x + torch.tanh(x @ reach.T + offset) @ inner.T) @ outer.T + shift
    return inverse


class Layer(nn.Module):
    """x = A (z + k √(1 + z²)) + b with |k| < 1, and back; k = 0 is x = A z + b."""

    def __init__(self, spec: Spec):
        super().__init__()
        self.spec, self.k = spec, float(spec["k"])

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        require_points(z, len(self.spec["b"]), "layer.forward")
        matrix, shift = tensors(self.spec, z, "A", "b")
        x = (z + self.k * (1 + z**2).sqrt()) @ matrix.T + shift
        return x, torch.linalg.slogdet(matrix).logabsdet + self.slope(z).log().sum(-1)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        require_points(x, len(self.spec["b"]), "layer.inverse")
        matrix, shift = tensors(self.spec, x, "A", "b")
        u = (x - shift) @ torch.linalg.inv(matrix).T
        z = (u - self.k * (u**2 + 1 - self.k**2).sqrt()) / (1 - self.k**2)
        return z, -torch.linalg.slogdet(matrix).logabsdet - self.slope(z).log().sum(-1)

    def slope(self, z: Tensor) -> Tensor:
        return 1 + self.k * z / (1 + z**2).sqrt()


def build_network(spec: Spec) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """(shift, log_scale) from the kept coordinates: one hidden layer, log_scale within ±1."""

    def network(kept: Tensor) -> tuple[Tensor, Tensor]:
        require_points(kept, spec["w_in"].shape[1], "network", "the coordinates that are kept")
        w_in, b_in, w_out, b_out = tensors(spec, kept, "w_in", "b_in", "w_out", "b_out")
        shift, log_scale = (torch.tanh(kept @ w_in.T + b_in) @ w_out.T + b_out).chunk(2, dim=1)
        return shift, torch.tanh(log_scale)
    return network


class Autoregressive:
    """(shift, log_scale), whose i-th entries depend on the coordinates before i only; counts the rows it was given."""

    def __init__(self, spec: Spec):
        self.spec, self.rows = spec, 0

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        require_points(x, len(self.spec["c"]), "network")
        self.rows += len(x)
        c, d, shift_matrix, scale_matrix = tensors(self.spec, x, "c", "d", "M", "N")
        return c + torch.tanh(x) @ shift_matrix.tril(-1).T, torch.tanh(d + x @ scale_matrix.tril(-1).T)


def build_forward(theta: Tensor) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """x = μ + e^λ z + e^κ tanh z, coordinate by coordinate; θ = (μ, λ, κ) as one vector (3·dim,)."""

    def forward(z: Tensor) -> tuple[Tensor, Tensor]:
        require_points(z, len(theta) // 3, "forward")
        mu, lam, kappa = theta.to(z.dtype).chunk(3)
        t = torch.tanh(z)
        slope = lam.exp() + kappa.exp() * (1 - t**2)
        return mu + lam.exp() * z + kappa.exp() * t, slope.log().sum(-1)
    return forward


def build_log_target(spec: Spec) -> Callable[[Tensor], Tensor]:
    """log π̃(x) = log_size − (x − c)·P(x − c)/2 − q Σ_i x_i⁴/4: not normalised."""

    def log_target(x: Tensor) -> Tensor:
        require_points(x, len(spec["c"]), "log_target")
        centre, precision = tensors(spec, x, "c", "P")
        away = x - centre
        return spec["log_size"] - ((away @ precision) * away).sum(-1) / 2 - spec["q"] * (x**4).sum(-1) / 4
    return log_target
