"""The functions of `probes.fields` in numpy, with their Jacobians by hand: what the judges compare with. All float64."""

from typing import Any, Mapping

import numpy as np
import torch

from course_lib.questions.compare import close
from course_lib.questions.contract import Outputs, Verdict
from course_lib.questions.draws import NUMPY, normal, uniform, uniform_array

Spec = Mapping[str, Any]
Pair = tuple[np.ndarray, np.ndarray]


def double(inputs: Spec, *names: str) -> list[np.ndarray]:
    """Arrays of a case in float64."""
    return [inputs[name].astype(np.float64) for name in names]


def repeated(outputs: Outputs, *names: str) -> Verdict | None:
    """A verdict if two calls with the same arguments differ, else None."""
    for name in names:
        came, again = (np.asarray(outputs[key], dtype=np.float64) for key in (name, f"{name}_again"))
        size = 1 + float(np.abs(came).max(initial=0))
        if came.shape == again.shape and np.isfinite(came).all() and not close(came, again, size):
            return Verdict(False, "the same arguments gave another result: use the random numbers that are passed in, draw none.")
    return None


def unchanged(inputs: Spec, outputs: Outputs, *names: str) -> Verdict:
    """A pass if the answer left these tensors as they were, in the order in which the probe passes them."""
    for name, has_grad in zip(names, outputs["has_grad"]):
        if not np.array_equal(outputs[f"{name}_after"], inputs[name]):
            return Verdict(False, f"the result is right, but {name} was changed in place: work on a copy, {name}.clone().")
        if has_grad:
            return Verdict(False, f"the result is right, but {name} is left requiring a gradient, or with one in {name}.grad: "
                                  f"{name}.detach().requires_grad_() leaves {name} itself alone.")
    return Verdict(True)


def orthogonal(dim: int, generator: torch.Generator) -> np.ndarray:
    """A random orthogonal matrix."""
    return np.linalg.qr(normal((dim, dim), generator))[0]


def draw_density(dim: int, generator: torch.Generator, dtype: str, middle: float = 0.0, spread: float = 1.0) -> dict[str, Any]:
    """A mixture of three Gaussians around `middle`, of `spread` or so in each coordinate."""
    return {"kind": "density", "means": (middle + normal((3, dim), generator, scale=0.5 * spread)).astype(NUMPY[dtype]),
            "log_weights": np.log([0.2, 0.3, 0.5]).astype(NUMPY[dtype]), "width": spread * uniform(0.7, 1.1, generator)}


def density(spec: Spec, y: np.ndarray) -> np.ndarray:
    """log-density at (..., dim): (...,)."""
    means, log_weights, dim = *double(spec, "means", "log_weights"), y.shape[-1]
    exponent = log_weights - ((y[..., None, :] - means) ** 2).sum(-1) / (2 * spec["width"] ** 2)
    top = exponent.max(-1, keepdims=True)
    total = np.log(np.exp(exponent - top).sum(-1)) + top[..., 0]
    return total - dim * np.log(spec["width"] * np.sqrt(2 * np.pi))


def draw_coupling(kept: int, changed: int, generator: torch.Generator, dtype: str) -> dict[str, Any]:
    """A network of one layer, from `kept` to twice `changed` channels."""
    matrices = {name: normal((changed, kept), generator, dtype, scale=0.6) for name in ("shift", "log_scale")}
    return {"kind": "coupling", **matrices, "offset": normal((2, changed), generator, dtype, scale=0.5)}


def coupling(spec: Spec, kept: np.ndarray) -> Pair:
    """(shift, log_scale) of the kept channels."""
    seen = kept + 0.5 * np.roll(kept, 1, -1)
    (a, s), offset = double(spec, "shift", "log_scale"), spec["offset"].astype(np.float64)[:, :, None, None]
    return np.einsum("oc,nchw->nohw", a, seen) + offset[0], 0.6 * np.tanh(np.einsum("oc,nchw->nohw", s, seen) + offset[1])


def draw_map(dim: int, generator: torch.Generator, dtype: str, lipschitz: float = 0.9) -> dict[str, Any]:
    """A contraction, |g(x) − g(y)| ≤ lipschitz |x − y|; for 0.9 its Jacobian has eigenvalues of size 0.5 to 0.9."""
    a, b = lipschitz * orthogonal(dim, generator), orthogonal(dim, generator) * uniform_array(0.8, 1.0, (dim,), generator)
    return {"kind": "map", "a": a.astype(NUMPY[dtype]), "b": b.astype(NUMPY[dtype]),
            "c": normal((dim,), generator, dtype, scale=0.3)}


def contraction(spec: Spec, z: np.ndarray) -> np.ndarray:
    """g(z): (n, dim)."""
    a, b, c = double(spec, *"abc")
    return np.tanh(z @ b.T + c) @ a.T


def contraction_jacobian(spec: Spec, z: np.ndarray) -> np.ndarray:
    """∂g/∂z at each point: (n, dim, dim)."""
    a, b, c = double(spec, *"abc")
    return (a * (1 - np.tanh(z @ b.T + c) ** 2)[:, None, :]) @ b


def draw_velocity(kind: str, dim: int, hidden: int, generator: torch.Generator, dtype: str) -> dict[str, Any]:
    """A field of speed about 1 that changes with time."""
    rows = dim if kind == "linear" else hidden
    scale = 0.8 / dim**0.5 if kind == "linear" else 1.2 / dim**0.5
    return {"kind": kind, "a": normal((dim, rows), generator, dtype, scale=0.9 / rows**0.5),
            "b": normal((rows, dim), generator, dtype, scale=scale), "c": normal((rows,), generator, dtype, scale=0.5),
            "d": uniform_array(0.6, 1.4, (rows,), generator, dtype)}


def velocity(spec: Spec, x: np.ndarray, t: float) -> Pair:
    """v(x, t) (n, dim) and its Jacobians (n, dim, dim)."""
    a, b, c, d = double(spec, *"abcd")
    if spec["kind"] == "linear":
        matrix = a + t**2 * b
        return x @ matrix.T + (1 + t) * c, np.broadcast_to(matrix, (len(x), *matrix.shape))
    u = np.tanh(x @ b.T + c + t * d)
    return u @ a.T, (a * (1 - u**2)[:, None, :]) @ b
