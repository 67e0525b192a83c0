"""Before the first step: is this a density, and do all chains start where it is positive?

These checks wait for the device; the loop after them does not.
"""

import torch
from torch import Tensor

from course_lib.inputs import describe, evaluate_log_prob, require, require_batch, require_support
from course_lib.samplers.kernel import LogProb


def start(log_prob: LogProb, x: Tensor) -> tuple[Tensor, Tensor]:
    """Starting position (chains, dim), a detached copy of x, and log p there (chains,).

    Raises `InputError` unless x is a finite float32 or float64 batch and log_prob gives one finite number a chain.
    """
    x = _finite_batch(x)
    with torch.no_grad():
        value = evaluate_log_prob(log_prob, x)
    require_support(value)
    return x, value


def start_with_grad(log_prob: LogProb, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """As `start`, and the gradient of log p in x: (chains, dim). Raises `InputError` if there is none."""
    x = _finite_batch(x)
    expected = "log_prob to be differentiable in x, since this kernel follows its gradient"
    remedy = "compute it from x by torch operations, without detach(), no_grad() or numpy"
    with torch.enable_grad():
        leaf = x.clone().requires_grad_()
        value = evaluate_log_prob(log_prob, leaf)
        require_support(value.detach())
        require(value.requires_grad, expected, "a value that carries no gradient", remedy)
        (grad,) = torch.autograd.grad(value.sum(), leaf, allow_unused=True)
    require(grad is not None, expected, "a value that does not depend on x", remedy)
    bad = int((~torch.isfinite(grad)).any(-1).sum())
    require(bad == 0, "the gradient of log_prob to be finite at every starting point",
            f"NaN or infinity at {bad} of {x.shape[0]} points", "move these points, or look there for sqrt or norm at zero")
    return x, value.detach(), grad


def require_generator(generator: torch.Generator | None, x: Tensor) -> None:
    """Require a generator on the device of x, or None for torch's global one."""
    if generator is None:
        return
    expected = f"generator to be a torch.Generator on {x.device}, where x is"
    remedy = f"make it with make_generator(seed, device='{x.device}')"
    require(isinstance(generator, torch.Generator), expected, describe(generator), remedy)
    here, there = torch.empty(0, device=generator.device).device, x.device  # 'cuda' becomes 'cuda:0'
    require(here == there, expected, f"one on {here}", remedy)


def _finite_batch(x: Tensor) -> Tensor:
    require_batch("x", x)
    x = x.detach().clone()
    bad = int((~torch.isfinite(x)).any(-1).sum())
    require(bad == 0, "x to be finite", f"NaN or infinity in {bad} of {x.shape[0]} chains",
            "start these chains elsewhere, and if a sampler brought them there, lower its step_size")
    return x
