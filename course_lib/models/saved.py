"""Weights as .npz: plain arrays, no pickle, so that reading a file runs nothing."""

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import nn

from course_lib.inputs import require

Module = TypeVar("Module", bound=nn.Module)


def save_weights(model: nn.Module, path: Path, dtype: torch.dtype | None = None) -> None:
    """Write parameters and buffers, each under its name; floating ones in `dtype` (float16 halves the file), None: as they are."""
    cast = lambda value: value.to(dtype) if dtype is not None and value.is_floating_point() else value
    np.savez_compressed(path, **{name: cast(value).cpu().numpy() for name, value in model.state_dict().items()})


def load_weights(model: Module, path: Path | Traversable) -> Module:
    """Fill a model that is built the same way from a file of `save_weights`, on the device and in the dtype it has; returns it.

    Raises `InputError` when a name or a shape is not that of the model.
    """
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        state = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    expected = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    found = {name: tuple(value.shape) for name, value in state.items()}
    differs = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    require(not differs, "weights of this very model", f"a file that differs in {', '.join(differs[:3])}",
            "build the model with the settings it was saved with")
    model.load_state_dict(state)
    return model
