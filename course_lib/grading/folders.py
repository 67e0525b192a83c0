"""submitted/<student>/<topic>/ before marking: exactly one notebook, under its right name. All else is set aside.

What a student sent is never lost: other files, links and the notebook under its own name move to
originals/<student>/<topic>/, where nothing reads them. `nbgrader autograde` copies whatever lies beside a notebook
(and follows links), so nothing may lie there.
"""

import hashlib
import json
import os
import shutil
import stat
from pathlib import Path

from nbgrader.utils import parse_utc

from course_lib.grading.reading import MAX_BYTES
from course_lib.grading.shown import shown

ORIGINALS = "originals"
TIMESTAMP = "timestamp.txt"


def tidy(root: Path, submitted: Path, student: str, topic: str) -> tuple[Path, tuple[str, ...]]:
    """Arrange one submission folder. Returns its notebook's path, which may be an empty file, and remarks.

    root: the course; submitted: the folder of this submission. Doing it twice changes nothing and says the same.
    """
    target = submitted / f"{topic}.ipynb"
    aside = root / ORIGINALS / student / topic
    memory = aside.with_suffix(".json")
    past = _recall(memory)
    if past and past["sha256"] != _digest(target):
        past = None  # something new was handed in since
    chosen = _choose(submitted, target, ours=past is not None and past["name"] != target.name)
    remarks = list(past["remarks"]) if past and chosen in (target, None) else []
    if chosen is not None and chosen != target:
        others = [shown(path.name) for path in _notebooks(submitted) if path != chosen]
        remarks.append(f"The file was called {shown(chosen.name)}; it was taken as {target.name}.")
        if others:
            remarks.append(f"Of several notebooks {shown(chosen.name)} was taken; left aside: {', '.join(others)}.")
        if _is_file(target) and target.stat().st_size == 0:
            target.unlink()
        elif os.path.lexists(target):
            set_aside(target, aside)
        shutil.copyfile(chosen, target)
    for path in sorted(submitted.iterdir()):
        if path != target and not (path.name == TIMESTAMP and _good_timestamp(path)):
            if path.suffix.lower() != ".ipynb":
                remarks.append(f"{shown(path.name)} is not part of the submission and was set aside.")
            set_aside(path, aside)
    if not _is_file(target):
        if os.path.lexists(target):
            set_aside(target, aside)
        target.touch()
    name = past["name"] if past and chosen in (target, None) else chosen.name if chosen else ""
    remarks = list(dict.fromkeys(remarks))
    memory.parent.mkdir(parents=True, exist_ok=True)
    _write(memory, json.dumps({"name": name, "sha256": _digest(target), "remarks": remarks}, indent=1))
    return target, tuple(remarks)


def read_submission(path: Path) -> bytes | None:
    """The bytes of a submitted file, None if nothing was handed in. One byte too many tells that it is too large."""
    if not _is_file(path) or path.stat().st_size == 0:
        return None
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def recall_remarks(root: Path, student: str, topic: str) -> tuple[str, ...]:
    """What the last `tidy` said about this submission."""
    past = _recall(root / ORIGINALS / student / f"{topic}.json")
    return tuple(past["remarks"]) if past else ()


def _choose(submitted: Path, target: Path, ours: bool) -> Path | None:
    """The right name wins, unless that file is our own copy of an earlier, renamed one; then the largest, then by name."""
    found = _notebooks(submitted)
    if target in found and not (ours and len(found) > 1):
        return target
    others = [path for path in found if path != target]
    return max(others, key=lambda path: (path.stat().st_size, path.name), default=None)


def _notebooks(folder: Path) -> list[Path]:
    """Ordinary files that call themselves notebooks, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".ipynb" and _is_file(path)
                  and (path.stat().st_size > 0))


def _is_file(path: Path) -> bool:
    """An ordinary file: no link, no folder, no pipe."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _good_timestamp(path: Path) -> bool:
    """A file that nbgrader can read as one date (a bad one would stop the marking of this student)."""
    try:
        return _is_file(path) and path.stat().st_size < 100 and parse_utc(path.read_text("utf-8").strip()) is not None
    except (ValueError, OverflowError, OSError, TypeError, AttributeError):
        return False


def set_aside(path: Path, aside: Path) -> None:
    """Move it, whatever it is and without following it, under the first free name."""
    aside.mkdir(parents=True, exist_ok=True)
    place, number = aside / path.name, 1
    while os.path.lexists(place):
        number += 1
        place = aside / f"{path.stem}.{number}{path.suffix}"
    os.rename(path, place)


def _recall(memory: Path) -> dict | None:
    try:
        past = json.loads(memory.read_text("utf-8"))
        return past if {"name", "sha256", "remarks"} <= set(past) else None
    except (OSError, ValueError, TypeError):
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if _is_file(path) else ""


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
