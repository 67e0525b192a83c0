"""Inputs of the questions on diffusion: schedules, times and small networks, never 0, 1 or equal where that hides a mistake."""

from typing import Any

import numpy as np
import torch

from course_lib.questions.draws import NUMPY, distinct, normal, uniform_array

DTYPES = ("float32", "float64", "float64", "float32")


def draw_betas(generator: torch.Generator, dtype: str) -> np.ndarray:
    """8 to 12 different β in no order, large enough that every step is seen."""
    num_steps = distinct(8, 12, 1, generator)[0]
    return uniform_array(0.04, 0.3, (num_steps,), generator, dtype)


def draw_points(shape: tuple[int, ...], generator: torch.Generator, dtype: str) -> np.ndarray:
    """Data away from 0, with a spread other than 1."""
    return (normal(shape, generator, scale=1.4) + 0.6).astype(NUMPY[dtype])


def inner_time(betas: np.ndarray, generator: torch.Generator, first: int = 2) -> int:
    """One t in first ... T − 1."""
    return distinct(first, len(betas) - 1, 1, generator)[0]


def draw_times(betas: np.ndarray, n: int, ends: bool, generator: torch.Generator) -> np.ndarray:
    """n different t in 2 ... T − 1, as int64; with `ends` two of them are 1 and T."""
    times = distinct(2, len(betas) - 1, n, generator)
    if ends:
        first, last = distinct(0, n - 1, 2, generator)
        times[first], times[last] = 1, len(betas)
    return np.array(times, dtype=np.int64)


def draw_model(dim: int, hidden: int, generator: torch.Generator, dtype: str, *, with_time: bool = True,
               num_labels: int = 0) -> dict[str, Any]:
    """Weights of a network for `exact.predict` and `probes.noise_models`; without time it is the same at every t."""
    arrays = {"w": normal((dim, hidden), generator, scale=0.6), "v": normal((hidden, dim), generator, scale=0.8),
              "size": normal((hidden,), generator, scale=1.0 if with_time else 0.0),
              "rate": uniform_array(0.4, 0.9, (hidden,), generator), "phase": uniform_array(0.0, 6.0, (hidden,), generator)}
    if num_labels:
        arrays["table"] = normal((num_labels, hidden), generator)
    return {name: array.astype(NUMPY[dtype]) for name, array in arrays.items()}
