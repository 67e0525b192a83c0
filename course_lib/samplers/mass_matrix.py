"""The mass matrix M of Hamiltonian samplers, given by its inverse, as a change of units.

    M^-1 = F F^T:        velocity M^-1 p = F v  and  kinetic energy p^T M^-1 p / 2 = |v|^2 / 2   with v = F^T p

Where p ~ N(0, M), v ~ N(0, I). A good M^-1 is the covariance of the target (arXiv:1206.1901, section 5.4.1).
"""

import torch
from torch import Tensor

from course_lib.inputs import describe, require


def mass_factor(inverse_mass_matrix: Tensor | None) -> Tensor | None:
    """F with M^-1 = F F^T: standard deviations (dim,) for a diagonal, lower triangle (dim, dim) for a matrix, None for I.

    Raises `InputError` unless M^-1 is None, a positive diagonal (dim,) or a symmetric positive definite (dim, dim).
    """
    if inverse_mass_matrix is None:
        return None
    name = "inverse_mass_matrix"
    fits = isinstance(inverse_mass_matrix, Tensor) and inverse_mass_matrix.dtype in (torch.float32, torch.float64)
    fits = fits and inverse_mass_matrix.numel() > 0 and (
        inverse_mass_matrix.ndim == 1
        or (inverse_mass_matrix.ndim == 2 and inverse_mass_matrix.shape[0] == inverse_mass_matrix.shape[1]))
    require(fits, f"{name} to be None or a float32 or float64 tensor of shape (dim,) or (dim, dim)",
            describe(inverse_mass_matrix), "pass the variances of the target, or its covariance matrix")
    matrix = inverse_mass_matrix.detach()
    require(bool(torch.isfinite(matrix).all()), f"{name} to be finite", "NaN or infinity in it", "estimate it from more draws")
    if matrix.ndim == 1:
        require(bool((matrix > 0).all()), f"{name} to be positive", f"the smallest entry {float(matrix.min()):g}",
                "its entries are variances")
        return matrix.sqrt()
    require(torch.allclose(matrix, matrix.T, rtol=1e-4, atol=1e-6 * float(matrix.abs().max())), f"{name} to be symmetric",
            "a matrix that differs from its transpose", "pass a covariance matrix")
    factor, failed = torch.linalg.cholesky_ex(matrix)
    require(int(failed) == 0, f"{name} to be positive definite", "a matrix with an eigenvalue of 0 or below",
            "pass a covariance matrix, with a little added to its diagonal if few draws made it")
    return factor


def require_mass(factor: Tensor | None, x: Tensor) -> None:
    """Require that F stands on the device of x (chains, dim) and has its dimension."""
    if factor is None:
        return
    require(factor.shape[0] == x.shape[1], f"inverse_mass_matrix for the {x.shape[1]} dimensions of x",
            f"one for {factor.shape[0]}", "estimate it on this density")
    require(factor.device == x.device, f"inverse_mass_matrix on {x.device}, where x is", f"one on {factor.device}",
            f"move it with inverse_mass_matrix.to('{x.device}')")


def to_velocity(factor: Tensor | None, v: Tensor) -> Tensor:
    """F v for every row of v: (chains, dim)."""
    if factor is None:
        return v
    return factor.to(v.dtype) * v if factor.ndim == 1 else v @ factor.to(v.dtype).T


def to_force(factor: Tensor | None, grad: Tensor) -> Tensor:
    """F^T grad for every row: what drives v, (chains, dim)."""
    if factor is None:
        return grad
    return factor.to(grad.dtype) * grad if factor.ndim == 1 else grad @ factor.to(grad.dtype)
