"""The energies of `probes.energies` in numpy, with their gradients by hand: what the judges compare with.

θ is (p,) and x (n, dim), all float64.
"""

from typing import Any, Mapping

import numpy as np
import torch

from course_lib.questions.draws import NUMPY, normal, uniform_array

Spec = Mapping[str, Any]


def draw_energy(kind: str, dim: int, size: int, generator: torch.Generator, dtype: str) -> dict[str, Any]:
    """A random energy as plain data: `size` wells, or a network of `size` hidden units."""
    if kind == "wells":
        weight = 2 / (size * dim)  # energies of a few nats, whatever the shape
        return {"kind": kind, "dim": dim, "theta": uniform_array(0.2 * weight, 0.9 * weight, (size,), generator, dtype),
                "centres": normal((size, dim), generator, dtype)}
    theta = np.concatenate([normal((size * dim,), generator, scale=0.8), normal((size,), generator, scale=0.5),
                            normal((size,), generator, scale=1.2)])
    return {"kind": kind, "dim": dim, "theta": theta.astype(NUMPY[dtype]), "hidden": size}


def _network(spec: Spec, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """w (h, dim), v (h,) and t = tanh(w·x + b) (n, h)."""
    theta, h = np.asarray(spec["theta"], dtype=np.float64), spec["hidden"]
    w, b, v = theta[:-2 * h].reshape(h, -1), theta[-2 * h:-h], theta[-h:]
    return w, v, np.tanh(x @ w.T + b)


def energy(spec: Spec, x: np.ndarray) -> np.ndarray:
    """U_θ(x): (n,)."""
    if spec["kind"] == "wells":
        return gradient_theta(spec, x) @ np.asarray(spec["theta"], dtype=np.float64)
    _, v, t = _network(spec, x)
    return t @ v + (x**2).sum(-1) / 2


def gradient_theta(spec: Spec, x: np.ndarray) -> np.ndarray:
    """∂U/∂θ at each point: (n, p)."""
    if spec["kind"] == "wells":
        return ((x[:, None, :] - np.asarray(spec["centres"], dtype=np.float64)) ** 2).sum(-1)
    _, v, t = _network(spec, x)
    inner = v * (1 - t**2)  # (n, h)
    return np.concatenate([(inner[:, :, None] * x[:, None, :]).reshape(len(x), -1), inner, t], axis=1)


def gradient_x(spec: Spec, x: np.ndarray) -> np.ndarray:
    """∂U/∂x at each point: (n, dim)."""
    if spec["kind"] == "wells":
        theta, centres = np.asarray(spec["theta"], dtype=np.float64), np.asarray(spec["centres"], dtype=np.float64)
        return 2 * ((x[:, None, :] - centres) * theta[:, None]).sum(1)
    w, v, t = _network(spec, x)
    return (v * (1 - t**2)) @ w + x


def langevin(spec: Spec, x: np.ndarray, noise: np.ndarray, step_size: float) -> np.ndarray:
    """x − η ∇U(x) + √(2η) ε."""
    return x - step_size * gradient_x(spec, x) + np.sqrt(2 * step_size) * noise
