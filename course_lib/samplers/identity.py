"""Which run is this? What must be the same for a checkpoint to be gone on from."""

import functools
import hashlib
import math
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import CellType, FunctionType, MethodType
from typing import Any, Iterator

import numpy as np
import torch
from torch import Tensor

from course_lib import __version__
from course_lib.inputs import describe, require


def identity(kernel: Any, x: Tensor, generator: torch.Generator | None, keep: Any, **lengths: int) -> dict[str, str]:
    """What a run is, in words: version, kernel, start, lengths, what is kept, seed. Equal words, equal run.

    Torch's version is part of it: another one may round differently. The density is not: `first_move` looks at what it does.
    """
    return {
        "version": f"course_lib {__version__} with torch {torch.__version__}",
        "kernel": settings(kernel),
        "start": f"{describe(x)} on {x.device.type} as x",
        "lengths": ", ".join(f"{name}={value}" for name, value in lengths.items()),
        "keep": f"keep={settings(keep)}",
        "seed": "generator=None" if generator is None else f"a generator seeded with {generator.initial_seed()}",
        "points": f"the starting points {_digest(x)}",
    }


def settings(value: Any, above: tuple[int, ...] = ()) -> str:
    """A kernel with its hyper-parameters as text; a tensor by its shape and checksum.

    Two floats give the same text only if they are the same number. An object is told by its class and its public
    attributes without those it only caches; a function by its name and the numbers, texts, tensors and functions it
    closes over, for other things may change from call to call. above: what this is a part of, against endless circles.
    """
    if isinstance(value, Tensor):
        return f"<{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)} {_digest(value)}>"
    if isinstance(value, np.ndarray):
        return settings(torch.as_tensor(value))
    if value is None or isinstance(value, (bool, int, float, complex, str, torch.dtype, torch.device)):
        return repr(value.item() if hasattr(value, "item") else value)  # item: a number of numpy
    if id(value) in above:
        return "..."

    def inner(part: Any) -> str:
        return settings(part, (*above, id(value)))

    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(inner, value))})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {inner(part)}' for key, part in value.items())}}}"
    if isinstance(value, functools.partial):
        return f"partial({inner(value.func)}, {inner(value.args)}, {inner(value.keywords)})"
    if isinstance(value, torch.nn.Module):
        return f"{_name(type(value))}({inner(dict(value.state_dict()))})"
    if isinstance(value, MethodType):
        return f"{inner(value.__self__)}.{value.__name__}"
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or () if cell != CellType()]  # CellType(): still empty
        closed = [inner(part) for part in cells if isinstance(part, (bool, int, float, str, Tensor, FunctionType))]
        return _name(value) + (f"[{', '.join(closed)}]" if closed else "")
    if hasattr(value, "__qualname__") or not hasattr(value, "__dict__"):  # a class, a built-in function; a built-in object
        return _name(value if hasattr(value, "__qualname__") else type(value))
    parts = {field.name: getattr(value, field.name) for field in fields(value)} if is_dataclass(value) else {
        name: part for name, part in vars(value).items()
        if not name.startswith("_") and not hasattr(getattr(type(value), name, None), "__get__")}
    return f"{_name(type(value))}({', '.join(f'{name}={inner(part)}' for name, part in parts.items())})"


def first_move(kernel: Any, log_prob: Any, start: Any) -> tuple[Any, Any]:
    """The state at the start, and after one step on a generator of its own: another density moves the chains otherwise."""
    own = torch.Generator(device=start.position.device).manual_seed(0)
    return start, kernel.step(log_prob, start, own)[0]


def require_same_run(path: Path, mine: dict[str, str], theirs: dict[str, str]) -> None:
    """Raise `InputError` at the first thing in which the run at `path` is another one than this."""
    for name, words in mine.items():
        other = theirs.get(name, "nothing said of it")
        require(words == other, f"{path} to be a checkpoint of {words}", f"one of {other}",
                "pass what that run was begun with to go on with it, or another file name to begin anew")


def require_same_move(path: Path, mine: Any, theirs: Any) -> None:
    """Raise `InputError` unless `first_move` is the one of the run at `path`.

    Compared to half of the digits, so that a density that is evaluated on other hardware passes.
    """
    mine, theirs = list(_leaves(mine)), list(_leaves(theirs))
    same = len(mine) == len(theirs) and all(map(_close, mine, theirs))
    require(same, f"log_prob to be the density with which the run in {path} began", "one with other values or another first step",
            "pass the density of that run to go on with it, or another file name to begin anew")


def _close(a: Any, b: Any) -> bool:
    if not isinstance(a, Tensor) or not isinstance(b, Tensor):
        return type(a) is type(b) and (a == b or a != a)
    a, b = a.detach().cpu(), b.detach().cpu()
    if a.shape != b.shape or a.dtype != b.dtype or not a.is_floating_point() or a.numel() == 0:
        return a.dtype == b.dtype and torch.equal(a, b)
    tolerance = math.sqrt(torch.finfo(a.dtype).eps)
    scale = float(torch.nan_to_num(b, posinf=0, neginf=0).abs().max())
    return torch.allclose(a, b, rtol=tolerance, atol=tolerance * scale, equal_nan=True)


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, (tuple, list)):
        for part in tree:
            yield from _leaves(part)
    else:
        yield tree


def _digest(x: Tensor) -> str:
    return hashlib.sha256(x.detach().cpu().contiguous().numpy().tobytes()).hexdigest()[:12]


def _name(named: Any) -> str:
    return f"{named.__module__}.{named.__qualname__}"
