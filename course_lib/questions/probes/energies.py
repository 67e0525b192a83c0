"""Energies as torch functions, built from plain data: U_θ(x) for a batch of points.

"wells"    U = Σ_j θ_j |x − c_j|²,                 centres (p, dim), θ (p,)
"network"  U = Σ_j v_j tanh(w_j·x + b_j) + |x|²/2, θ = (w (h, dim), b (h,), v (h,)) as one flat vector
"""

from typing import Any, Callable, Mapping

import torch
from torch import Tensor, nn

EnergyFunction = Callable[[Tensor, Tensor], Tensor]


def build_energy(spec: Mapping[str, Any]) -> EnergyFunction:
    """U(theta, x): theta (p,), x (n, dim) -> (n,)."""
    if spec["kind"] == "wells":
        centres = torch.as_tensor(spec["centres"])

        def energy(theta: Tensor, x: Tensor) -> Tensor:
            return ((x[:, None, :] - centres) ** 2).sum(-1) @ theta
    else:
        h = int(spec["hidden"])

        def energy(theta: Tensor, x: Tensor) -> Tensor:
            w, b, v = theta[:-2 * h].reshape(h, -1), theta[-2 * h:-h], theta[-h:]
            return torch.tanh(x @ w.T + b) @ v + (x**2).sum(-1) / 2
    return energy


class Energy(nn.Module):
    """An energy that holds its parameters: energy(x) -> (n,). A batch of another shape is told in a sentence."""

    def __init__(self, spec: Mapping[str, Any]):
        super().__init__()
        self.function = build_energy(spec)
        self.theta = nn.Parameter(torch.as_tensor(spec["theta"]))
        self.dim = int(spec["dim"])

    def forward(self, x: Tensor) -> Tensor:
        require_points(x, self.dim, "energy")
        return self.function(self.theta, x)


def require_points(x: Any, dim: int, who: str) -> None:
    """Energies and kernels take batches (n, dim)."""
    if not isinstance(x, Tensor) or x.ndim != 2 or x.shape[1] != dim:
        came = f"a tensor of shape {tuple(x.shape)}" if isinstance(x, Tensor) else f"a {type(x).__name__}"
        raise ValueError(f"{who} takes a batch of points, a tensor of shape (n, {dim}), but got {came}")
