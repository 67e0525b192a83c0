"""From pixel levels to the normal scale, and a Gaussian there: a flow that starts as good as independent pixels.

A pixel with levels 0 .. K-1 and probabilities p_0 .. p_{K-1} gets the piecewise-linear distribution function F with
F(k) = p_0 + ... + p_{k-1}, and z = Phi^{-1}(F(x)). The density of x is then p_k everywhere in cell k, whatever the noise
in the cell: with nothing else, the uniform dequantisation bound is exactly the likelihood of independent pixels.
"""

from math import log, pi

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count, require_positive
from course_lib.models.flows.layer import FlowLayer


class LevelMarginals(FlowLayer):
    """x = F^{-1}(Phi(z)) for every pixel, F piecewise linear with its corners at the levels: z (n, dim), x in (0, K)^dim.

    counts: (dim, K) whole numbers, how often each pixel had each level; pseudo_count > 0 is added to each, so no level is
    impossible. Fixed: no weights. Computed in float64, from the nearer tail, so that neither end is clamped; x and z
    have the dtype that comes in. inverse raises `InputError` for x outside the open interval (0, K).
    """

    def __init__(self, counts: Tensor, pseudo_count: float = 1.0):
        super().__init__()
        fits = isinstance(counts, Tensor) and counts.dtype == torch.int64 and counts.ndim == 2 and counts.shape[1] > 1
        require(fits and bool((counts >= 0).all()), "counts to be an int64 tensor of shape (dim, levels), nowhere negative",
                counts, "make it from images with LevelMarginals.from_levels")
        require_positive("pseudo_count", pseudo_count)
        self.dim, self.num_levels = counts.shape
        self.pseudo_count = float(pseudo_count)
        self.register_buffer("counts", counts.clone())  # whole numbers: .float() leaves them alone

    @classmethod
    def from_levels(cls, levels: Tensor, num_levels: int = 17, pseudo_count: float = 1.0) -> "LevelMarginals":
        """Count the levels of images (n, dim) with values 0 .. num_levels - 1."""
        require_batch("levels", levels)
        require_count("num_levels", num_levels, minimum=2)
        fits = bool(((levels == levels.round()) & (levels >= 0) & (levels < num_levels)).all())
        require(fits, f"levels to be whole numbers from 0 to {num_levels - 1}", describe(levels),
                "pass the pixels as they are stored, without noise")
        counts = torch.stack([(levels == k).sum(0) for k in range(num_levels)], 1)
        return cls(counts, pseudo_count)

    def log_probabilities(self) -> Tensor:
        """log p of every level of every pixel: (dim, K), float64."""
        smoothed = self.counts.double() + self.pseudo_count
        return smoothed.log() - smoothed.sum(1, keepdim=True).log()

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """z and log|det dz/dx| = sum of log p_k - log N(z; 0, 1) at x: (n, dim) -> (n, dim), (n,)."""
        require_batch("x", x, self.dim)
        inside = (x > 0) & (x < self.num_levels)
        if not bool(inside.all()):
            require(False, f"x strictly between 0 and {self.num_levels}", f"{float(x[~inside][0]):.6g} in it",
                    "add noise to the levels with uniform_noise, which stays inside the cells")
        wide, pixel = x.double(), torch.arange(self.dim, device=x.device)
        k = wide.detach().floor().long()
        log_p, below, above = self._tables()
        p = log_p.exp()[pixel, k]
        left = below[pixel, k] + p * (wide - k)
        right = above[pixel, k] + p * (k + 1 - wide)
        # The smaller of the two tails keeps all its digits; Phi^{-1}(1 - a) = -Phi^{-1}(a).
        z = torch.where(left < right, 1.0, -1.0) * torch.special.ndtri(torch.minimum(left, right))
        log_det = log_p[pixel, k] + z**2 / 2 + log(2 * pi) / 2
        return z.to(x.dtype), log_det.sum(-1).to(x.dtype)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """x and log|det dx/dz| = sum of log N(z; 0, 1) - log p_k: (n, dim) -> (n, dim), (n,)."""
        require_batch("z", z, self.dim)
        wide, pixel = z.double(), torch.arange(self.dim, device=z.device)
        log_p, below, above = self._tables()
        corners = self._to_normal(below, above)[:, 1:].contiguous()
        k = torch.searchsorted(corners, wide.detach().T.contiguous(), right=True).T
        p = log_p.exp()[pixel, k]
        from_left = (torch.special.ndtr(wide) - below[pixel, k]) / p
        from_right = (torch.special.ndtr(-wide) - above[pixel, k]) / p
        x = k + torch.where(wide < 0, from_left, 1 - from_right).clamp(0, 1)  # the clamp is for the last digit only
        log_det = -(log_p[pixel, k] + wide**2 / 2 + log(2 * pi) / 2)
        return x.to(z.dtype), log_det.sum(-1).to(z.dtype)

    def _tables(self) -> tuple[Tensor, Tensor, Tensor]:
        """log p, the mass below each cell and the mass above it, each summed from its own end: (dim, K)."""
        log_p = self.log_probabilities()
        p = log_p.exp()
        zero = torch.zeros_like(p[:, :1])
        below = torch.cat([zero, p.cumsum(1)[:, :-1]], 1)
        above = torch.cat([p.flip(1).cumsum(1).flip(1)[:, 1:], zero], 1)
        return log_p, below, above

    def _to_normal(self, below: Tensor, above: Tensor) -> Tensor:
        """The left end of every cell on the normal scale, from the nearer tail: (dim, K); the first is -inf."""
        from_here = torch.cat([torch.ones_like(above[:, :1]), above[:, :-1]], 1)  # the mass of this cell and those above
        return torch.where(below < 0.5, torch.special.ndtri(below), -torch.special.ndtri(from_here))


class Correlated(FlowLayer):
    """x = L z with a fixed lower-triangular L: after LevelMarginals, a Gaussian copula (Sklar, 1959; Nelsen, 2006).

    covariance: (dim, dim), symmetric and positive definite; L L^T = covariance. Raises `InputError` otherwise.
    """

    def __init__(self, covariance: Tensor):
        super().__init__()
        require_batch("covariance", covariance)
        factor, info = torch.linalg.cholesky_ex(covariance)
        require(covariance.shape[0] == covariance.shape[1] and int(info) == 0 and bool((covariance == covariance.T).all()),
                "covariance to be symmetric and positive definite", describe(covariance),
                "shrink it towards the identity, as Correlated.from_data does")
        self.dim = covariance.shape[0]
        self.register_buffer("factor", factor)

    @classmethod
    def from_data(cls, z: Tensor, shrinkage: float = 0.1) -> "Correlated":
        """Covariance (1 - shrinkage) z^T z / n + shrinkage I of points (n, dim) with mean about 0; 0 <= shrinkage <= 1."""
        require_batch("z", z)
        fits = isinstance(shrinkage, (int, float)) and 0 <= shrinkage <= 1
        require(fits, "shrinkage to be between 0 and 1", describe(shrinkage), "pass for instance shrinkage=0.1")
        moment = z.T @ z / z.shape[0]
        identity = torch.eye(z.shape[1], dtype=z.dtype, device=z.device)
        return cls((1 - shrinkage) * (moment + moment.T) / 2 + shrinkage * identity)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """(n, dim) -> x (n, dim), log|det L| (n,)."""
        require_batch("z", z, self.dim)
        return z @ self.factor.T, self._log_det(z)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(n, dim) -> z (n, dim), -log|det L| (n,)."""
        require_batch("x", x, self.dim)
        return torch.linalg.solve_triangular(self.factor, x.T, upper=False).T, -self._log_det(x)

    def _log_det(self, x: Tensor) -> Tensor:
        return self.factor.diagonal().log().sum().expand(x.shape[0])
