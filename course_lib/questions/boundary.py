"""The border between an answer and its judge: only plain numpy arrays and plain data cross it.

`coerce` turns whatever an answer returned into an exact `numpy.ndarray` of a listed dtype, or says in a sentence why it
cannot. `encode` and `decode` carry nested lists, dicts, numbers, strings and arrays through JSON, bit for bit, NaN and
infinities included; nothing is ever unpickled.
"""

import base64
import math
from typing import Any

import numpy as np
import torch

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
MAX_ELEMENTS = 1_000_000
MAX_DEPTH = 12


class AnswerError(Exception):
    """What an answer returned cannot be judged. `str(error)` is one sentence for the learner."""


def coerce(value: Any, what: str = "the result") -> np.ndarray:
    """An exact-type numpy copy of a tensor, array, number or nested list. Raises `AnswerError` otherwise."""
    if value is None:
        raise AnswerError(f"Expected {what} to be a tensor, but got None: is the `return` missing?")
    array = _read(value, what, 0)
    if array.dtype.name not in DTYPES:
        raise AnswerError(f"Expected {what} to hold real numbers, but got the dtype {array.dtype}.")
    return array


def coerce_bool(value: Any, what: str = "the result") -> np.ndarray:
    """True or False as a 0-d bool array, from anything of one element that says so (bool, 0/1, numpy or torch)."""
    if value is None:
        raise AnswerError(f"Expected {what} to be True or False, but got None: is the `return` missing?")
    array = coerce(value, what)
    if array.size != 1 or array.reshape(()) not in (0, 1):
        shown = f"an array of shape {array.shape}" if array.size != 1 else f"the number {array.reshape(())}"
        raise AnswerError(f"Expected {what} to be True or False, but got {shown}.")
    return array.reshape(()).astype(bool)


def _read(value: Any, what: str, depth: int) -> np.ndarray:
    """Dispatch on the type; the subclass's own methods are never asked what the value is."""
    if isinstance(value, torch.Tensor):
        return _read_tensor(value, what)
    if isinstance(value, np.ndarray):
        _require_size(np.ndarray.view(value, np.ndarray).size, what)
        return np.array(np.ndarray.view(value, np.ndarray), order="C")
    if type(value).__module__ == "numpy" and isinstance(value, np.generic):
        return np.array(value)
    if isinstance(value, bool):
        return np.array(value is True)
    if isinstance(value, float):
        return np.array(float.__add__(value, 0.0))
    if isinstance(value, int):
        number = int.__add__(value, 0)
        if not -(2**63) <= number < 2**63:
            raise AnswerError(f"Expected {what} to be a number of ordinary size, but got an integer beyond 64 bits.")
        return np.array(number, dtype=np.int64)
    if isinstance(value, (list, tuple)):
        return _read_list(value, what, depth)
    hint = ": call the function, do not return it" if callable(value) else ""
    raise AnswerError(f"Expected {what} to be a tensor or numbers, but got an object of type {type(value).__name__}{hint}.")


def _read_tensor(value: torch.Tensor, what: str) -> np.ndarray:
    """Through torch.Tensor's own methods, so that a subclass cannot answer for itself."""
    try:
        with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
            _require_size(torch.Tensor.numel(value), what)
            plain = torch.Tensor.detach(value)
            plain = torch.Tensor.to(plain, "cpu")
            if plain.dtype == torch.bfloat16:
                plain = torch.Tensor.to(plain, torch.float32)
            return np.array(torch.Tensor.numpy(torch.Tensor.resolve_neg(torch.Tensor.resolve_conj(plain))), order="C")
    except AnswerError:
        raise
    except Exception as error:
        raise AnswerError(f"Expected {what} to be an ordinary tensor, but its numbers cannot be read "
                          f"({type(error).__name__}).") from None


def _read_list(value: list | tuple, what: str, depth: int) -> np.ndarray:
    """A nested list of equal lengths as one array."""
    if depth >= MAX_DEPTH:
        raise AnswerError(f"Expected {what} to be a tensor, but got lists nested more than {MAX_DEPTH} deep.")
    items = list.__getitem__(value, slice(None)) if isinstance(value, list) else tuple.__getitem__(value, slice(None))
    _require_size(len(items), what)
    if not items:
        return np.zeros(0)
    rows = [_read(item, what, depth + 1) for item in items]
    if len({row.shape for row in rows}) > 1:
        raise AnswerError(f"Expected {what} to be a tensor, but got a list whose entries have different shapes.")
    _require_size(len(rows) * rows[0].size, what)
    return np.stack(rows)


def _require_size(count: int, what: str) -> None:
    if count > MAX_ELEMENTS:
        raise AnswerError(f"Expected {what} to be small, but got {count} numbers: is a dimension multiplied by mistake?")


def encode(value: Any) -> Any:
    """Plain data as JSON values: arrays, dicts and non-finite floats become one-key dicts, all else stays itself."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if type(value) is np.ndarray and value.dtype.name in DTYPES:
        little = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        data = base64.b64encode(little.tobytes()).decode("ascii")
        return {"array": {"dtype": value.dtype.name, "shape": list(value.shape), "data": data}}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, dict) and all(type(key) is str for key in value):
        return {"dict": {key: encode(item) for key, item in value.items()}}
    raise TypeError(f"only plain data crosses the boundary, not {type(value).__name__}")


def decode(value: Any, depth: int = 0) -> Any:
    """The inverse of `encode`; anything it cannot have written is a `ValueError`."""
    if depth > MAX_DEPTH:
        raise ValueError("plain data nested too deep")
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return [decode(item, depth + 1) for item in value]
    if type(value) is dict and len(value) == 1:
        ((tag, content),) = value.items()
        if tag == "float" and content in ("nan", "inf", "-inf"):
            return float(content)
        if tag == "dict" and type(content) is dict:
            return {str(key): decode(item, depth + 1) for key, item in content.items()}
        if tag == "array" and type(content) is dict and set(content) == {"dtype", "shape", "data"}:
            return _decode_array(**content)
    raise ValueError("not plain data")


def _decode_array(dtype: Any, shape: Any, data: Any) -> np.ndarray:
    """An array from its dtype name, shape and base64 bytes; every one of them is checked."""
    if dtype not in DTYPES or type(data) is not str or type(shape) is not list or len(shape) > MAX_DEPTH:
        raise ValueError("not an array")
    if not all(type(n) is int and 0 <= n <= MAX_ELEMENTS for n in shape) or math.prod(shape) > MAX_ELEMENTS:
        raise ValueError("an array of impossible shape")
    raw = base64.b64decode(data.encode("ascii"), validate=True)
    kind = np.dtype(dtype).newbyteorder("<")
    if len(raw) != math.prod(shape) * kind.itemsize:
        raise ValueError("an array whose bytes do not fit its shape")
    return np.frombuffer(raw, dtype=kind).astype(np.dtype(dtype)).reshape(shape)
