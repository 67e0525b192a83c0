"""Densities, coupling networks, maps and velocities as torch functions, built from plain data.

"density"   log Σ_j w_j N(y; μ_j, σ² I)                       means (m, dim), log_weights (m,), width σ
"coupling"  h = A kept + ½ (A kept of the pixel on the left); shift = A₁.. + a₁, log_scale = 0.6 tanh(A₂.. + a₂)
"map"       g(z) = A tanh(B z + c), |A||B| < 1                 a (dim, dim), b (dim, dim), c (dim,)
"linear"    v(x, t) = (A + t² B) x + (1 + t) c                 a (dim, dim), b (dim, dim), c (dim,)
"curved"    v(x, t) = A tanh(B x + c + t d)                    a (dim, h), b (h, dim), c (h,), d (h,)

Each takes batches of any floating-point type and computes in that type; another shape is told in a sentence.
"""

from typing import Any, Callable, Mapping

import torch
from torch import Tensor

Spec = Mapping[str, Any]


def require_batch(x: Any, shape: tuple, who: str) -> None:
    """`x` is a floating-point tensor of this shape; a name in `shape` stands for any size."""
    fits = isinstance(x, Tensor) and x.ndim == len(shape) and all(
        isinstance(wanted, str) or wanted == size for wanted, size in zip(shape, x.shape))
    if not fits or not x.is_floating_point():
        came = f"a {x.dtype} tensor of shape {tuple(x.shape)}" if isinstance(x, Tensor) else f"a {type(x).__name__}"
        raise ValueError(f"{who} takes a float tensor of shape ({', '.join(map(str, shape))}), but got {came}")


def build_density(spec: Spec, who: str) -> Callable[[Tensor], Tensor]:
    """log-density: (n, dim) -> (n,)."""
    dim, width = spec["means"].shape[1], spec["width"]
    constant = dim * float(torch.tensor(width * (2 * torch.pi) ** 0.5, dtype=torch.float64).log())

    def log_density(y: Tensor) -> Tensor:
        require_batch(y, ("n", dim), who)
        means, log_weights = (torch.as_tensor(spec[name]).to(y) for name in ("means", "log_weights"))
        square = ((y[:, None, :] - means) ** 2).sum(-1)
        return torch.logsumexp(log_weights - square / (2 * width**2), -1) - constant
    return log_density


def build_coupling(spec: Spec) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """network(kept (n, kept, h, w)) -> (shift, log_scale), each (n, changed, h, w)."""
    kept_channels = spec["shift"].shape[1]

    def network(kept: Tensor) -> tuple[Tensor, Tensor]:
        require_batch(kept, ("n", kept_channels, "h", "w"), "network(kept)")
        seen = kept + 0.5 * torch.roll(kept, 1, -1)
        shift, log_scale = (
            torch.einsum("oc,nchw->nohw", torch.as_tensor(spec[name]).to(kept), seen)
            + torch.as_tensor(offset).to(kept)[:, None, None]
            for name, offset in zip(("shift", "log_scale"), spec["offset"]))
        return shift, 0.6 * torch.tanh(log_scale)
    return network


def build_map(spec: Spec) -> Callable[[Tensor], Tensor]:
    """g: (n, dim) -> (n, dim), each point alone."""
    dim = len(spec["c"])

    def g(z: Tensor) -> Tensor:
        require_batch(z, ("n", dim), "g")
        a, b, c = (torch.as_tensor(spec[name]).to(z) for name in "abc")
        return torch.tanh(z @ b.T + c) @ a.T
    return g


def as_time(t: Any, x: Tensor) -> Tensor:
    """A number, or one number for each point, as a tensor that broadcasts against (n, dim)."""
    t = torch.as_tensor(t).to(x)
    if t.numel() == 1:
        return t.reshape(())
    if t.shape not in ((len(x),), (len(x), 1)):
        raise ValueError(f"velocity(x, t) takes one number t, but got a tensor of shape {tuple(t.shape)}")
    return t.reshape(-1, 1)


def build_velocity(spec: Spec) -> Callable[[Tensor, Any], Tensor]:
    """v(x (n, dim), t) -> (n, dim), each point alone."""
    dim, linear = spec["b"].shape[1], spec["kind"] == "linear"

    def velocity(x: Tensor, t: Any) -> Tensor:
        require_batch(x, ("n", dim), "velocity(x, t)")
        t = as_time(t, x)
        a, b, c = (torch.as_tensor(spec[name]).to(x) for name in "abc")
        if linear:
            return x @ a.T + t**2 * (x @ b.T) + (1 + t) * c
        return torch.tanh(x @ b.T + c + t * torch.as_tensor(spec["d"]).to(x)) @ a.T
    return velocity
