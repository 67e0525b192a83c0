"""The normal distribution: the one density of which everything is known."""

import math

import torch
from torch import Tensor

from course_lib.inputs import require, require_batch, require_count
from course_lib.targets.parameters import as_parameter


class Gaussian:
    """N(mean, covariance) in `dim` dimensions.

    log p(x) = -(x - m)^T C^-1 (x - m) / 2 - log det(2 pi C) / 2,   entropy = log det(2 pi e C) / 2.
    mean: (dim,). covariance: (dim, dim), symmetric and positive definite. Raises InputError otherwise.
    """

    def __init__(self, mean: Tensor, covariance: Tensor, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        self.mean = as_parameter("mean", mean, 1, device, dtype)
        self.covariance = as_parameter("covariance", covariance, 2, device, dtype)
        self.dim = len(self.mean)
        shape = (self.dim, self.dim)
        require(self.covariance.shape == shape, f"covariance to have shape {shape}, as mean has {self.dim} entries",
                f"shape {tuple(self.covariance.shape)}", "one row and one column for every coordinate")
        require(torch.allclose(self.covariance, self.covariance.T), "covariance to be symmetric",
                "a matrix that differs from its transpose", "check the entries off the diagonal")
        self._factor, failed = torch.linalg.cholesky_ex(self.covariance.double())
        require(int(failed) == 0, "covariance to be positive definite", "a matrix with an eigenvalue of 0 or below",
                "its entries are variances, not standard deviations, and |c_ij| < sqrt(c_ii c_jj)")
        self._log_det = float(self._factor.diagonal().log().sum())  # log det(C) / 2
        self.entropy = self.dim / 2 * math.log(2 * math.pi * math.e) + self._log_det

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, dim) -> (n,)."""
        require_batch("x", x, self.dim)
        whitened = torch.linalg.solve_triangular(self._factor.to(x), (x - self.mean.to(x)).T, upper=False)
        return -0.5 * whitened.square().sum(0) - self.dim / 2 * math.log(2 * math.pi) - self._log_det

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, dim)."""
        require_count("n", n)
        noise = torch.randn(n, self.dim, generator=generator, dtype=self.mean.dtype, device=self.mean.device)
        return self.mean + noise @ self._factor.T.to(noise)
