"""The inverse mass matrix from the draws of a window: their variances or their covariance matrix.

    C = S / (n - 1),   S = sum of (x - mean)(x - mean)^T       by Welford's recursion, a batch at a time (Chan et al., 1983)
    M^-1 = n / (n + 5) C + 5 / (n + 5) 1e-3 I                  (the regularisation of Stan)

The recursion keeps its digits where the mean is large against the spread, and needs no stored draws.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import require


class MassEstimate(NamedTuple):
    """Count, mean (dim,) and S: (dim,) if diagonal, else (dim, dim)."""

    count: int
    mean: Tensor
    scatter: Tensor

    @classmethod
    def start(cls, x: Tensor, kind: str) -> "MassEstimate":
        """No draws yet, for positions like x (chains, dim). kind: "diagonal" or "dense"."""
        dim = x.shape[1]
        zero = torch.zeros(dim, dtype=x.dtype, device=x.device)
        return cls(0, zero, zero if kind == "diagonal" else zero.new_zeros(dim, dim))

    def update(self, x: Tensor) -> "MassEstimate":
        """With the positions x (chains, dim) of one more step."""
        count = self.count + x.shape[0]
        mean = x.mean(0)
        inside, shift = x - mean, mean - self.mean
        weight = self.count * x.shape[0] / count
        if self.scatter.ndim == 1:
            scatter = self.scatter + inside.square().sum(0) + weight * shift.square()
        else:
            scatter = self.scatter + inside.T @ inside + weight * torch.outer(shift, shift)
        return MassEstimate(count, self.mean + shift * (x.shape[0] / count), scatter)

    def inverse_mass_matrix(self) -> Tensor:
        """M^-1: (dim,) or (dim, dim). Raises `InputError` from fewer than two draws."""
        require(self.count >= 2, "at least two draws for a mass matrix", str(self.count), "take more chains or a longer window")
        covariance = self.scatter / (self.count - 1)
        floor = torch.full_like(self.mean, 1e-3)
        floor = floor if covariance.ndim == 1 else floor.diag()
        return (self.count * covariance + 5 * floor) / (self.count + 5)
