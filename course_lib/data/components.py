"""Principal components: the directions in which data vary most."""

from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import require, require_batch, require_count


class PrincipalComponents(NamedTuple):
    """mean (D,); components (k, D), orthonormal rows by falling variance; scales (k,), standard deviations along them."""

    mean: Tensor
    components: Tensor
    scales: Tensor

    def project(self, x: Tensor) -> Tensor:
        """z = (x - mean) components^T / scales: (n, D) -> (n, k), each of variance 1 over the fitted data."""
        require_batch("x", x, len(self.mean))
        return (x - self.mean.to(x)) @ self.components.T.to(x) / self.scales.to(x)

    def reconstruct(self, z: Tensor) -> Tensor:
        """x = mean + (z scales) components: (n, k) -> (n, D), the point of the k-plane with these coordinates."""
        require_batch("z", z, len(self.scales))
        return self.mean.to(z) + (z * self.scales.to(z)) @ self.components.to(z)


def principal_components(x: Tensor, num_components: int) -> PrincipalComponents:
    """The leading eigenvectors of the covariance (divisor n) of the rows of x, by a singular value decomposition.

    x: (n, D). The sign of a component makes its entry of largest magnitude positive. Computed in float64, returned in
    the dtype of x. Raises InputError when num_components exceeds the number of directions in which x varies.
    """
    require_batch("x", x)
    require_count("num_components", num_components)
    rows = x.detach().double()
    mean = rows.mean(0)
    _, singular, components = torch.linalg.svd(rows - mean, full_matrices=False)
    rank = int((singular > singular[0] * max(rows.shape) * torch.finfo(torch.float64).eps).sum())
    require(num_components <= rank, f"num_components of at most {rank}, the number of directions in which x varies",
            num_components, "ask for fewer")
    singular, components = singular[:num_components], components[:num_components]
    largest = components.gather(1, components.abs().argmax(1, keepdim=True))
    return PrincipalComponents(mean.to(x), (components * largest.sign()).to(x), (singular / len(rows) ** 0.5).to(x))
