"""A run on disk, so that one that was killed goes on from there.

The file is an npz archive of numpy: arrays, and the text `description` (JSON) that says what they are. Nothing in it is
executed on reading (no pickle), and the checksum of every array is compared. A new checkpoint is written beside the old
one, flushed to the disk and put in its place in one move: whenever the process dies, one whole checkpoint is there.
"""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.inputs import InputError, require

FORMAT = 1
ANEW = "pass another file name to begin anew"


def write(path: Path, identity: dict[str, str], tree: Any) -> None:
    """Put identity (what run this is) and tree (tensors, numbers, text, tuples, lists and dicts) in place of `path`.

    Raises `InputError` if it cannot be written; what stood at `path` is then still there.
    """
    arrays: dict[str, np.ndarray] = {}
    text = json.dumps({"format": FORMAT, "identity": identity, "tree": _encode(tree, arrays)})
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as file:
            np.savez(file, description=np.frombuffer(text.encode("utf-8"), dtype=np.uint8), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        _flush_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"Expected to write the checkpoint {path}, but got '{error.strerror}'; the checkpoint before it, "
                         "if there is one, is as it was: make room or pass another file name.") from error


def read(path: Path) -> tuple[dict[str, str], Any] | None:
    """Identity and tree of a checkpoint, or None if there is no such file; NamedTuples come back as plain tuples.

    Raises `InputError` if it is no checkpoint, is damaged or of another format. The file is left as it is.
    """
    require(path.parent.is_dir(), f"checkpoint to lie in a folder that exists, {path.parent}", "one that does not",
            "make the folder first")
    _remove_leftovers(path)
    if not path.exists():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            content = json.loads(_array(archive, "description").tobytes().decode("utf-8"))
            identity, number = content["identity"], content["format"]
            tree = _decode(content["tree"], archive) if number == FORMAT else None
    except OSError as error:
        raise InputError(f"Expected to read the checkpoint {path}, but got '{error.strerror or error}'; "
                         f"see that it is a file you may read, or {ANEW}.") from error
    except MemoryError:
        raise
    except Exception as error:  # a broken archive shows itself in many ways: BadZipFile, ValueError, KeyError, zlib.error
        raise InputError(f"Expected {path} to be a checkpoint, but got a file that is damaged or something else; it was "
                         f"left as it is: {ANEW}.") from error
    require(number == FORMAT, f"{path} to be a checkpoint of format {FORMAT}", f"one of format {number}",
            f"use the version of the library that wrote it, or {ANEW}")
    return identity, tree


def in_form_of(tree: Any, like: Any) -> Any:
    """`tree` with the NamedTuple types and the devices of `like`. Raises `InputError` if their forms differ."""
    parts = isinstance(like, (tuple, list))
    same = type(tree) in (type(like), tuple) and len(tree) == len(like) if parts else not isinstance(tree, (tuple, list))
    require(same, "a state that keeps the form `init` gave it", "another form", "run this kernel without checkpoint")
    if parts:
        filled = [in_form_of(part, part_like) for part, part_like in zip(tree, like)]
        return type(like)(*filled) if hasattr(like, "_fields") else type(like)(filled)
    return tree.to(like.device) if isinstance(tree, Tensor) and isinstance(like, Tensor) else tree


def _encode(tree: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Plain JSON; the tensors go to `arrays`."""
    if isinstance(tree, Tensor):
        # Order of the axes in memory: sums over another layout may round differently.
        order = sorted(range(tree.ndim), key=lambda axis: -tree.stride(axis))
        name = f"array_{len(arrays)}"
        arrays[name] = np.asarray(tree.detach().permute(order).cpu().numpy(), order="C")
        return {"array": name, "order": order}
    if isinstance(tree, (tuple, list)):
        return {"tuple" if isinstance(tree, tuple) else "list": [_encode(part, arrays) for part in tree]}
    if isinstance(tree, dict):
        return {"dict": {key: _encode(part, arrays) for key, part in tree.items()}}
    require(tree is None or isinstance(tree, (bool, int, float, str)),
            "the kernel's state to hold tensors, numbers, text, tuples and lists, as a checkpoint does", tree,
            "run it without checkpoint")
    return tree


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    # The whole member is read before it is looked at: only at its end is the checksum compared.
    return np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)


def _decode(node: Any, archive: zipfile.ZipFile) -> Any:
    if not isinstance(node, dict):
        return node
    if "array" in node:
        order = node["order"]
        tensor = torch.from_numpy(_array(archive, node["array"])).clone()  # clone: in torch's own aligned memory
        return tensor.permute([order.index(axis) for axis in range(len(order))])
    ((kind, parts),) = node.items()
    if kind == "dict":
        return {key: _decode(part, archive) for key, part in parts.items()}
    return (tuple if kind == "tuple" else list)(_decode(part, archive) for part in parts)


def _remove_leftovers(path: Path) -> None:
    """Remove what killed runs left half-written beside the checkpoint."""
    for other in path.parent.iterdir():
        middle = other.name.removeprefix(f"{path.name}.").removesuffix(".tmp")
        if middle.isdecimal() and other.name == f"{path.name}.{middle}.tmp":
            try:
                other.unlink()
            except OSError:  # still open elsewhere: it harms nobody
                pass


def _flush_folder(folder: Path) -> None:
    """Let the new name survive a loss of power, where the system can promise that (not on Windows)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
