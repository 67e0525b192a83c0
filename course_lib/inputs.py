"""What comes in from outside: one clear sentence when it is not what was expected.

Each sentence says what was expected, what came and what to do. An `InputError` shows itself in a notebook
without the library's inside: the learner sees the own line that led here, and the sentence.
"""

import os
import sysconfig
import traceback
from numbers import Integral, Real
from pathlib import Path
from typing import Callable

import torch
from torch import Tensor

LIBRARY = str(Path(__file__).resolve().parent)
# Code that is not the caller's own: this library, Python's and what is installed beside it.
NOT_OWN = (LIBRARY + os.sep,
           *(str(Path(sysconfig.get_path(name))) + os.sep for name in ("stdlib", "purelib", "platlib")))


class InputError(ValueError):
    """A mistake in what was passed in. `str(error)` is one sentence."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints instead of a traceback: the caller's last own line, then the sentence."""
        frames = traceback.extract_tb(self.__traceback__)
        own = [f.line for f in frames if f.line and not f.filename.startswith(NOT_OWN) and "-packages" not in f.filename]
        where = f"  at: {own[-1]}\n" if own else ""
        return [f"{where}{type(self).__name__}: {self}"]


def describe(value: object) -> str:
    """Say what a value is, briefly: 'a float32 tensor of shape (3, 2)', "the int 4"."""
    if isinstance(value, Tensor):
        return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
    if value is None:
        return "None"
    if hasattr(value, "dtype") and getattr(value, "shape", ()) != ():  # an array; a numpy number shows its value
        return f"a {value.dtype} {type(value).__name__} of shape {tuple(value.shape)}"
    text = " ".join(repr(value).split())
    return f"the {type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"


def require(condition: bool, expected: str, came: object, remedy: str) -> None:
    """Raise `InputError` in the one form all of them have, unless `condition` holds."""
    if not condition:
        came = came if isinstance(came, str) else describe(came)
        raise InputError(f"Expected {expected}, but got {came}; {remedy}.")


def require_positive(name: str, value: float) -> None:
    """Require a finite number > 0."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    require(number and 0 < value < float("inf"), f"{name} to be a finite number above 0", describe(value),
            f"pass for instance {name}=0.1")


def require_count(name: str, value: int, minimum: int = 1) -> None:
    """Require a whole number >= minimum."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    require(whole and value >= minimum, f"{name} to be a whole number of at least {minimum}", describe(value),
            f"pass for instance {name}={max(minimum, 10)}")


def require_batch(name: str, x: Tensor, dim: int | None = None) -> None:
    """Require a float32 or float64 tensor of shape (n, dim), n >= 1."""
    fits = isinstance(x, Tensor) and x.dtype in (torch.float32, torch.float64) and x.ndim == 2
    if fits and x.shape[0] > 0 and x.shape[1] > 0 and dim in (None, x.shape[1]):
        return  # the sentence is made only when it is needed: models call this at every step
    if not isinstance(x, Tensor):
        remedy = "make it one with torch.as_tensor"
    elif x.dtype not in (torch.float32, torch.float64):
        remedy = f"convert it with {name}.float()"
    elif x.ndim < 2:
        remedy = f"one row is one point: for a single point use {name}[None, :], for n numbers on a line {name}[:, None]"
    elif x.ndim > 2:
        remedy = f"one row is one point: flatten each with {name}.flatten(1)"
    elif x.numel() == 0:
        remedy = "pass at least one point"
    else:
        remedy = f"check that the points live in {dim} dimension" + "s" * (dim != 1)
    columns = "dim" if dim is None else dim
    require(False, f"{name} to be a float32 or float64 tensor of shape (n, {columns})", describe(x), remedy)


def evaluate_log_prob(log_prob: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Call log_prob(x) and require one finite-or-minus-infinity number a point: (n, dim) -> (n,)."""
    require(callable(log_prob), "log_prob to be a function of a batch of points", log_prob,
            "pass the function itself, not its value")
    value = log_prob(x)
    expected = f"log_prob to return one number a point, a floating tensor of shape ({x.shape[0]},)"
    require(isinstance(value, Tensor) and value.is_floating_point(), expected, value,
            "return a tensor computed from x")
    column = value.shape == (x.shape[0], 1)
    require(value.shape == x.shape[:1], expected, value,
            "drop the last axis with [:, 0]" if column else "sum over the last axis and no other, with .sum(-1)")
    require(not bool(torch.isnan(value).any()), "log_prob to be a number at every point",
            f"NaN at {int(torch.isnan(value).sum())} of {x.shape[0]} points",
            "look there for 0/0, inf - inf or the log of a negative number")
    require(not bool((value == float("inf")).any()), "log_prob to be below +inf", "+inf at some point",
            "a density must be finite: look for a division by zero")
    return value


def require_support(log_prob_value: Tensor) -> None:
    """Require that every chain starts where the density is positive."""
    outside = int((log_prob_value == -float("inf")).sum())
    require(outside == 0, "every chain to start where the density is positive",
            f"log_prob = -inf at {outside} of {log_prob_value.shape[0]} starting points",
            "move these points into the support")


def log_prob_and_grad(log_prob: Callable[[Tensor], Tensor], x: Tensor) -> tuple[Tensor, Tensor]:
    """log p(x) and its gradient in x, without checks (nothing here waits for the device).

    x: (n, dim). Returns (n,) and (n, dim), both detached. Points do not interact, so the gradient of the sum
    holds every point's own gradient.
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        value = log_prob(x)
        (grad,) = torch.autograd.grad(value.sum(), x)
    return value.detach(), grad
