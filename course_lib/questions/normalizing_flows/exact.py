"""The maps, networks and base laws of `probes.flow_maps` in numpy, with their Jacobians by hand: what the judges compare with.

Everything here is float64; a point is a row.
"""

from typing import Any, Mapping

import numpy as np
import torch

from course_lib.questions.draws import NUMPY, normal, sign, uniform, uniform_array

Spec = Mapping[str, Any]


def wide(spec: Spec, *names: str) -> list[np.ndarray]:
    """Entries of the spec as float64 arrays."""
    return [np.asarray(spec[name], dtype=np.float64) for name in names]


def draw_matrix(dim: int, orientation: float, generator: torch.Generator) -> np.ndarray:
    """A (dim, dim) matrix with singular values between 0.6 and 1.8 and a determinant of the sign `orientation`."""
    left, right = (np.linalg.qr(normal((dim, dim), generator))[0] for _ in range(2))
    matrix = left @ np.diag(uniform_array(0.6, 1.8, (dim,), generator)) @ right
    matrix[0] *= orientation * np.sign(np.linalg.det(matrix))
    return matrix


def unit_volume(dim: int, generator: torch.Generator) -> np.ndarray:
    """A (dim, dim) matrix with determinant 1."""
    matrix = draw_matrix(dim, 1.0, generator)
    return matrix / np.linalg.det(matrix) ** (1 / dim)


def draw_base(dim: int, generator: torch.Generator) -> dict[str, Any]:
    """Logistic laws that are not centred and not of unit width."""
    return {"centre": normal((dim,), generator, scale=0.7), "width": uniform_array(0.5, 1.3, (dim,), generator)}


def log_base(spec: Spec, z: np.ndarray) -> np.ndarray:
    """Σ_i log of the logistic density: (n,)."""
    centre, width = wide(spec, "centre", "width")
    u = np.abs(z - centre) / width
    return (-u - 2 * np.log1p(np.exp(-u)) - np.log(width)).sum(-1)


def log_base_slope(spec: Spec, z: np.ndarray) -> np.ndarray:
    """∇ log ρ(z): (n, dim)."""
    centre, width = wide(spec, "centre", "width")
    return -np.tanh((z - centre) / (2 * width)) / width


def log_normal(z: np.ndarray) -> np.ndarray:
    """Σ_i log φ(z_i): the base law that nobody asked for."""
    return -(z**2).sum(-1) / 2 - z.shape[-1] * np.log(2 * np.pi) / 2


def draw_inverse(dim: int, orientation: float, generator: torch.Generator) -> dict[str, Any]:
    """An invertible map: the inner part moves a point by less than the point moves, and det A has the sign `orientation`."""
    inner, reach = (draw_matrix(dim, 1.0, generator) for _ in range(2))
    size = 0.75 / np.linalg.norm(inner, 2) / np.linalg.norm(reach, 2)
    return {"A": draw_matrix(dim, orientation, generator), "B": size * inner, "C": reach,
            "c": normal((dim,), generator, scale=0.5), "b": normal((dim,), generator, scale=0.5)}


def inverse_map(spec: Spec, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """z (n, dim) and dz/dx (n, dim, dim)."""
    outer, inner, reach, offset, shift = wide(spec, "A", "B", "C", "c", "b")
    t = np.tanh(x @ reach.T + offset)
    jacobian = outer @ (np.eye(len(shift)) + inner @ ((1 - t**2)[:, :, None] * reach))
    return (x + t @ inner.T) @ outer.T + shift, jacobian


def draw_layer(dim: int, preserving: bool, generator: torch.Generator) -> dict[str, Any]:
    """x = A (z + k √(1 + z²)) + b; volume-preserving ones have k = 0 and det A = 1."""
    k = 0.0 if preserving else sign(generator) * uniform(0.4, 0.7, generator)
    matrix = unit_volume(dim, generator) if preserving else draw_matrix(dim, 1.0, generator)
    return {"A": matrix, "b": normal((dim,), generator, scale=0.7), "k": k}


def layer_forward(spec: Spec, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x and log|det dx/dz|."""
    matrix, shift = wide(spec, "A", "b")
    root, k = np.sqrt(1 + z**2), spec["k"]
    return (z + k * root) @ matrix.T + shift, np.log(abs(np.linalg.det(matrix))) + np.log1p(k * z / root).sum(-1)


def layer_inverse(spec: Spec, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """z and log|det dz/dx|."""
    matrix, shift = wide(spec, "A", "b")
    u, k = (x - shift) @ np.linalg.inv(matrix).T, spec["k"]
    z = (u - k * np.sqrt(u**2 + 1 - k**2)) / (1 - k**2)
    return z, -layer_forward(spec, z)[1]


def draw_network(num_in: int, num_out: int, generator: torch.Generator) -> dict[str, Any]:
    """One hidden layer of 5; every output is of order one."""
    return {"w_in": normal((5, num_in), generator), "b_in": normal((5,), generator, scale=0.5),
            "w_out": normal((2 * num_out, 5), generator, scale=0.5), "b_out": normal((2 * num_out,), generator, scale=0.4)}


def network(spec: Spec, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(shift, log_scale) of the coordinates that change."""
    w_in, b_in, w_out, b_out = wide(spec, "w_in", "b_in", "w_out", "b_out")
    out = np.tanh(kept @ w_in.T + b_in) @ w_out.T + b_out
    half = out.shape[1] // 2
    return out[:, :half], np.tanh(out[:, half:])


def draw_autoregressive(dim: int, generator: torch.Generator) -> dict[str, Any]:
    """Every coordinate matters, and clearly, for all that come after it."""
    strength, direction = uniform_array(0.8, 1.5, (2, dim, dim), generator), np.sign(normal((2, dim, dim), generator))
    return {"c": normal((dim,), generator, scale=0.6), "d": normal((dim,), generator, scale=0.6),
            "M": (direction * strength)[0], "N": 0.5 * (direction * strength)[1]}


def autoregressive(spec: Spec, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(shift, log_scale), entry i from the coordinates before i."""
    c, d, shift_matrix, scale_matrix = wide(spec, "c", "d", "M", "N")
    shift = c + np.tanh(x) @ np.tril(shift_matrix, -1).T
    return shift, np.tanh(d + x @ np.tril(scale_matrix, -1).T)


def cast(spec: Spec, dtype: str) -> dict[str, Any]:
    """All arrays of the spec rounded to `dtype`, so that both sides start from the same numbers."""
    return {key: value.astype(NUMPY[dtype]) if isinstance(value, np.ndarray) else value for key, value in spec.items()}
