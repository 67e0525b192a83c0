"""Draw the inputs of cases: numbers and numpy arrays from a torch.Generator, generic enough to hide no mistake."""

import numpy as np
import torch

NUMPY = {"float32": np.float32, "float64": np.float64}


def uniform(low: float, high: float, generator: torch.Generator) -> float:
    """A Python float in [low, high)."""
    return low + (high - low) * float(torch.rand((), dtype=torch.float64, generator=generator))


def sign(generator: torch.Generator) -> float:
    """+1.0 or -1.0."""
    return 1.0 if uniform(0, 1, generator) < 0.5 else -1.0


def distinct(low: int, high: int, count: int, generator: torch.Generator) -> list[int]:
    """`count` different whole numbers in low..high: shapes that cannot be confused."""
    return [low + int(i) for i in torch.randperm(high - low + 1, generator=generator)[:count]]


def normal(shape: tuple[int, ...], generator: torch.Generator, dtype: str = "float64", scale: float = 1.0) -> np.ndarray:
    """A numpy array of normal draws with standard deviation `scale`."""
    draws = scale * torch.randn(shape, dtype=torch.float64, generator=generator)
    return draws.numpy().astype(NUMPY[dtype])


def uniform_array(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator,
                  dtype: str = "float64") -> np.ndarray:
    """A numpy array of uniform draws in [low, high)."""
    draws = low + (high - low) * torch.rand(shape, dtype=torch.float64, generator=generator)
    return draws.numpy().astype(NUMPY[dtype])
