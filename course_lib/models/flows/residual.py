"""The invertible residual block: x = z + g(z) with a g that contracts.

If |g(a) - g(b)| <= L |a - b| with L < 1, then z = x - g(z) has exactly one solution (Banach), and I + dg/dz has a positive
determinant: every eigenvalue of dg/dz lies inside the unit circle.
"""

import math
from collections.abc import Sequence
from typing import Callable

import torch
from torch import Tensor, nn

from course_lib.inputs import describe, require, require_batch, require_count, require_positive
from course_lib.models.flows.implicit import with_gradient
from course_lib.models.flows.layer import FlowLayer
from course_lib.models.networks import MLP

SILU_SLOPE = 1.1  # the steepest slope of SiLU is 1.0998, at 2.40


class InvertibleResidual(FlowLayer):
    """x = z + g(z), g an MLP with Lipschitz constant at most `lipschitz` < 1; both (n, dim).

        g = W_m a(... a(W_1 z + b_1) ...) + b_m,   a = SiLU / 1.1 (slope at most 1),   |W_k| <= lipschitz^(1/m)

    A composition's constant is at most the product, so Lip(g) <= lipschitz. |W_k| is the largest singular value, computed
    exactly at every call: the matrices are small, and power iteration comes from below, so that its "bound" would not be one.
    A weight whose norm is below the limit is left as it is; the parameters are never overwritten.

    log_det  "exact": dim backward passes and an LU;
             "series": sum_{k=1}^{num_terms} (-1)^(k+1) e . J^k e / k, averaged over num_probes draws of e = +-1 a point; unbiased
             for the truncated series, which is off by at most dim L^(n+1) / ((n+1)(1-L)), n = num_terms (`truncation_bound`).
    forward is one pass; inverse is a fixed-point iteration. To fit data, wrap it in `Inverted`: the density then needs the pass.
    generator: on `device`, of the first weights; forward and inverse take one for the probes.
    Raises `InputError` unless 0 < lipschitz < 1.
    Behrmann et al. (2019), i-ResNet, arXiv:1811.00995; SiLU / 1.1: Chen et al. (2019), arXiv:1906.02735.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (64, 64), lipschitz: float = 0.9, log_det: str = "exact",
                 num_terms: int = 20, num_probes: int = 1, *, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_positive("lipschitz", lipschitz)
        require(lipschitz < 1, "lipschitz below 1", describe(lipschitz), "at 1 and above x = z + g(z) need not be invertible")
        require(log_det in ("exact", "series"), "log_det to be exact or series", describe(log_det), "choose log_det='exact'")
        require_count("num_terms", num_terms)
        require_count("num_probes", num_probes)
        self.dim, self.lipschitz, self.log_det = dim, float(lipschitz), log_det
        self.num_terms, self.num_probes = num_terms, num_probes
        self.net = MLP(dim, dim, hidden, generator=generator, device=device, dtype=dtype)

    def residual(self) -> Callable[[Tensor], Tensor]:
        """g with its weights normalised, once for all calls of it."""
        layers = [layer for layer in self.net.modules() if isinstance(layer, nn.Linear)]
        limit = self.lipschitz ** (1 / len(layers))
        weights = [layer.weight * (limit / torch.linalg.matrix_norm(layer.weight, 2)).clamp(max=1) for layer in layers]

        def g(z: Tensor) -> Tensor:
            for layer, weight in zip(layers[:-1], weights):
                z = nn.functional.silu(nn.functional.linear(z, weight, layer.bias)) / SILU_SLOPE
            return nn.functional.linear(z, weights[-1], layers[-1].bias)

        return g

    def forward(self, z: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """x = z + g(z) and log det(I + dg/dz): (n, dim) -> (n, dim), (n,). generator: of the probes of "series"."""
        require_batch("z", z, self.dim)
        g = self.residual()
        return z + g(z), self._log_det(g, z, generator)

    def inverse(self, x: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """The z with z + g(z) = x, and -log det(I + dg/dz) there; differentiable in x and in the weights."""
        require_batch("x", x, self.dim)
        g = self.residual()
        z = with_gradient(lambda z: z + g(z), fixed_point(g, x, self.lipschitz), x)
        return z, -self._log_det(g, z, generator)

    def _log_det(self, g: Callable[[Tensor], Tensor], z: Tensor, generator: torch.Generator | None) -> Tensor:
        if self.log_det == "exact":
            return exact_log_det(g, z)
        signs = 2 * torch.randint(0, 2, (self.num_probes, *z.shape), generator=generator, device=z.device) - 1
        return torch.stack([series_log_det(g, z, probe.to(z.dtype), self.num_terms) for probe in signs]).mean(0)


@torch.no_grad()
def fixed_point(g: Callable[[Tensor], Tensor], x: Tensor, lipschitz: float, tolerance: float | None = None) -> Tensor:
    """The z with z + g(z) = x, by z_k = x - g(z_{k-1}) from z_0 = x: (n, dim) -> (n, dim).

        |z_k - z| <= L |z_k - z_{k-1}| / (1 - L) <= L^k |z_1 - z_0| / (1 - L)          for Lip(g) <= L

    Stops when the first bound is below `tolerance` for every point (not less than some rounding errors of the largest
    point, over 1 - L, which is the default). The second bound says how many steps that takes at most.
    Raises `InputError` if it takes more: g is then steeper than L somewhere.
    """
    largest = 1 + float(x.norm(dim=1).max()) + float(g(x).norm(dim=1).max())
    tolerance = max(tolerance or 0, 16 * torch.finfo(x.dtype).eps * largest / (1 - lipschitz))
    z, change, first, k = x, float("inf"), None, 0
    while not lipschitz * change / (1 - lipschitz) <= tolerance:
        new = x - g(z)
        z, change, k = new, float((new - z).norm(dim=1).max()), k + 1
        first = change if first is None else first
        most = math.log(max(first / (tolerance * (1 - lipschitz)), 1)) / -math.log(lipschitz) + 10 if first < float("inf") else 0
        require(k <= most, f"z = x - g(z) to converge within {most:.0f} steps, as it does for slopes of g up to {lipschitz:g}",
                f"a change of {change:.1e} at step {k}", "g is steeper than that: normalise its weights")
    return z


def exact_log_det(g: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    """log det(I + dg/dz) for every point, from the whole Jacobian: (n, dim) -> (n,); dim backward passes."""
    pull, _ = pullback(g, z)
    basis = torch.eye(z.shape[1], device=z.device, dtype=z.dtype)
    jacobian = torch.stack([pull(e.expand_as(z)) for e in basis], dim=1)
    value = torch.linalg.slogdet(basis + jacobian).logabsdet
    return value if torch.is_grad_enabled() else value.detach()


def series_log_det(g: Callable[[Tensor], Tensor], z: Tensor, probe: Tensor, num_terms: int) -> Tensor:
    """sum_{k=1}^{num_terms} (-1)^(k+1) e . J^k e / k, J = dg/dz, e = probe: (n, dim), (n, dim) -> (n,).

    One backward pass a term.
    log det(I + J) = tr log(I + J) is this sum to infinity, with tr J^k in place of e . J^k e = its mean over the probes.
    """
    pull, _ = pullback(g, z)
    total, row = z.new_zeros(z.shape[0]), probe
    for k in range(1, num_terms + 1):
        row = pull(row)
        total = total + (-1) ** (k + 1) * (row * probe).sum(-1) / k
    return total if torch.is_grad_enabled() else total.detach()


def truncation_bound(dim: int, lipschitz: float, num_terms: int) -> float:
    """dim L^(n+1) / ((n+1)(1-L)): |tr J^k| <= dim L^k, and sum_{k>n} L^k / k <= L^(n+1) / ((n+1)(1-L))."""
    return dim * lipschitz ** (num_terms + 1) / ((num_terms + 1) * (1 - lipschitz))


def pullback(g: Callable[[Tensor], Tensor], z: Tensor) -> tuple[Callable[[Tensor], Tensor], Tensor]:
    """The map from row vectors u to u dg/dz at z, and g(z). Recorded by autograd only where it records already."""
    recording = torch.is_grad_enabled()
    with torch.enable_grad():
        z = z if recording and z.requires_grad else z.detach().requires_grad_()
        value = g(z)
    return lambda u: torch.autograd.grad(value, z, u, create_graph=recording, retain_graph=True)[0], value
