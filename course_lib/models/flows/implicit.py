"""The gradient of an inverse that was found by iteration, without a graph of the iteration."""

from typing import Callable

import torch
from torch import Tensor

from course_lib.inputs import require


def with_gradient(f: Callable[[Tensor], Tensor], z: Tensor, x: Tensor, diagonal: Tensor | float = 1.0,
                  max_iterations: int = 1000) -> Tensor:
    """The solution z of f(z) = x, unchanged in value, as a differentiable function of x and of the weights of f.

        f(z) = x  =>  dz = J^-1 (dx - df at fixed z),   J = df/dz

    f: (n, ...) -> (n, ...), points not interacting; z: what the iteration found; diagonal: D in the iteration
    u <- u + D^-1 (grad - J' u) that solves J' u = grad in the backward pass: it converges when I - D^-1 J is a contraction,
    and ends after as many steps as coordinates when J is triangular and D its diagonal. First derivatives only.
    Raises `InputError`, in the backward pass, if the iteration has not converged.
    Bai, Kolter & Koltun (2019), arXiv:1909.01377.
    """
    z = z.detach()
    if not torch.is_grad_enabled():
        return z
    start = z.clone().requires_grad_()
    with torch.enable_grad():
        value = f(start)
    step = x - f(z)
    result = z + step - step.detach()
    if result.requires_grad:
        result.register_hook(lambda grad: solve_transposed(start, value, grad, diagonal, max_iterations))
    return result.view_as(result)  # a tensor of its own: a derivative by z is not to meet the hook


@torch.no_grad()
def solve_transposed(z: Tensor, value: Tensor, grad: Tensor, diagonal: Tensor | float, max_iterations: int) -> Tensor:
    """u with J' u = grad, J = dvalue/dz, by the iteration of `with_gradient`; stops at the rounding error."""
    diagonal = diagonal.detach() if isinstance(diagonal, Tensor) else diagonal
    tolerance = 64 * torch.finfo(grad.dtype).eps * grad.abs().max()
    u = grad / diagonal
    for _ in range(max_iterations):
        (pulled,) = torch.autograd.grad(value, z, u, retain_graph=True)
        rest = grad - pulled
        if rest.abs().max() <= tolerance:
            return u
        u = u + rest / diagonal
    left = float(rest.abs().max() / grad.abs().max())
    require(left <= 1e-3, "the backward pass of an inverse to converge",
            f"a relative rest of {left:.1e} after {max_iterations} steps",
            "the layer is too close to one that cannot be inverted: lower the learning rate")
    return u
