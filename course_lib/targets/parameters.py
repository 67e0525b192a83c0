"""What a constructor is given, as a checked tensor."""

import torch
from torch import Tensor

from course_lib.inputs import InputError, describe, require


def require_dtype(dtype: torch.dtype) -> None:
    """Require torch.float32 or torch.float64."""
    require(dtype in (torch.float32, torch.float64), "dtype to be torch.float32 or torch.float64", str(dtype),
            "pass one of these two")


def as_parameter(name: str, value: object, ndim: int, device: str | torch.device, dtype: torch.dtype) -> Tensor:
    """A finite tensor with `ndim` axes, none of them empty, on `device`. Raises InputError."""
    require_dtype(dtype)
    try:
        tensor = torch.as_tensor(value, dtype=dtype, device=device)
    except (TypeError, ValueError) as error:
        raise InputError(f"Expected {name} to be numbers, but got {describe(value)}; pass a tensor or nested lists"
                         " of equal lengths.") from error
    require(tensor.ndim == ndim and tensor.numel() > 0, f"{name} to have {ndim} {'axis' if ndim == 1 else 'axes'}",
            f"shape {tuple(tensor.shape)}", "see the shapes in the docstring")
    require(bool(tensor.isfinite().all()), f"{name} to be finite", "inf or NaN in it", "look for a division by zero")
    return tensor
