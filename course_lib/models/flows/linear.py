"""Linear layers that mix coordinates: permutations, and a full matrix by its LU factors."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.inputs import require, require_batch, require_count
from course_lib.models.flows.autoregressive import require_order
from course_lib.models.flows.layer import FlowLayer


class Permutation(FlowLayer):
    """Coordinates in another order, x_k = z_order[k]: volume stays, log|det| = 0.

    order: each of 0, ..., dim - 1 once; a buffer. Raises `InputError` for an order with gaps.
    """

    def __init__(self, order: Sequence[int], *, device: str | torch.device = "cpu"):
        super().__init__()
        order = torch.tensor(require_order(order, len(order)), device=device)
        self.dim = len(order)
        self.register_buffer("order", order)
        self.register_buffer("back", order.argsort())

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: (n, dim) -> x and 0, (n,)."""
        require_batch("z", z, self.dim)
        return z[:, self.order], z.new_zeros(z.shape[0])

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: (n, dim) -> z and 0, (n,)."""
        require_batch("x", x, self.dim)
        return x[:, self.back], x.new_zeros(x.shape[0])


def reverse(dim: int, *, device: str | torch.device = "cpu") -> Permutation:
    """The permutation that turns the order of the coordinates round."""
    require_count("dim", dim)
    return Permutation(range(dim - 1, -1, -1), device=device)


class Linear(FlowLayer):
    """A full matrix, learned by its LU factors: x = W z + shift, invertible whatever the parameters are.

        W = P L (U + diag(sign * exp(log_diagonal))),   log|det W| = sum_i log_diagonal_i

    P a fixed permutation, L lower triangular with ones on the diagonal, U upper triangular with zeros there, `sign` fixed.
    matrix: the first W, (dim, dim); None draws a random rotation from the generator (on `device`).
    Raises `InputError` if the matrix is not square, or singular in double precision.
    Kingma and Dhariwal (2018), arXiv:1807.03039, section 3.2.
    """

    def __init__(self, dim: int, matrix: Tensor | None = None, *, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("dim", dim)
        if matrix is None:
            matrix = torch.linalg.qr(torch.randn(dim, dim, generator=generator, device=device, dtype=torch.float64))[0]
        require(matrix.shape == (dim, dim), f"matrix of shape ({dim}, {dim})", matrix, "pass a square one")
        matrix = matrix.detach().double().to(device)
        require(bool(matrix.isfinite().all()), "a finite matrix", "one with NaN or infinity", "look where it comes from")
        rank = int(torch.linalg.matrix_rank(matrix))
        require(rank == dim, f"an invertible matrix, of rank {dim}", f"a singular one, of rank {rank}",
                "pass one whose rows are linearly independent")
        permutation, lower, upper = torch.linalg.lu(matrix)
        diagonal = upper.diagonal()
        self.dim = dim
        self.lower = nn.Parameter(lower.tril(-1).to(dtype))
        self.upper = nn.Parameter(upper.triu(1).to(dtype))
        self.log_diagonal = nn.Parameter(diagonal.abs().log().to(dtype))
        self.shift = nn.Parameter(torch.zeros(dim, device=device, dtype=dtype))
        self.register_buffer("sign", diagonal.sign().to(dtype))
        self.register_buffer("permutation", permutation.to(dtype))

    def _factors(self) -> tuple[Tensor, Tensor]:
        """L with whatever stands on and above its diagonal, to be read as ones and zeros, and U with its diagonal."""
        return self.lower.tril(-1), self.upper.triu(1) + torch.diag(self.sign * self.log_diagonal.exp())

    def matrix(self) -> Tensor:
        """W itself, (dim, dim)."""
        lower, upper = self._factors()
        return self.permutation @ (upper + lower @ upper)

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: (n, dim) -> x and log|det W|, (n,)."""
        require_batch("z", z, self.dim)
        return z @ self.matrix().T + self.shift, self.log_diagonal.sum().expand(z.shape[0])

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent, by two triangular systems: (n, dim) -> z and -log|det W|, (n,)."""
        require_batch("x", x, self.dim)
        lower, upper = self._factors()
        y = torch.linalg.solve_triangular(lower, ((x - self.shift) @ self.permutation).T, upper=False, unitriangular=True)
        z = torch.linalg.solve_triangular(upper, y, upper=True).T
        return z, -self.log_diagonal.sum().expand(x.shape[0])
