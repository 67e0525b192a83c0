"""Whose is a file in a learning platform's archive? One rule for the whole archive, since students choose file names.

Moodle   Anna Lovelace_4711_assignsubmission_file_notebook.ipynb    anna_lovelace  (4711 is new with every assignment)
         Anna Lovelace_4711_assignsubmission_file/notebook.ipynb    anna_lovelace
Canvas   lovelaceanna_12345_67890_notebook-1.ipynb                  lovelaceanna_12345  (12345 is the person)
         lovelaceanna_LATE_12345_67890_notebook.ipynb               lovelaceanna_12345
folders  anna/notebook.ipynb, class/anna/notebook.ipynb             anna  (the name where the archive's folders branch;
         anna/03_energy_based_models/notebook.ipynb                 anna  what lies deeper is the student's own)

`student` is made lower case, and what is no letter, digit, '-' or '.' becomes '_'. If that makes one id of two people, the
platform's number tells them apart, or else a hash of the name as it was.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from pathlib import PurePosixPath
from typing import NamedTuple

from course_lib.inputs import InputError
from course_lib.questions import TOPICS

# The first part of a path that fits decides: what follows it, folders included, is named by the student.
MOODLE = r"(?:[^/]+/)*?(?P<student>[^/]+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?/?(?P<file>(?s:.*))"
CANVAS = r"(?P<student>[^/_]+)(?:_LATE)?_(?P<id>\d+)_\d+_(?P<file>[^/]+)"


class Owner(NamedTuple):
    """A person as the archive knows one: the name, and Moodle's number."""

    name: str
    number: str


def owners(paths: list[str], names: str | None = None) -> dict[str, tuple[str, str]]:
    """{path: (student, file name)} of those paths that belong to somebody.

    names: a regular expression with a group `student` (and perhaps `file`, `id`, `number`) for the whole path.
    """
    pattern = re.compile(names) if names else None
    if pattern is not None and "student" not in pattern.groupindex:
        raise InputError(f"Expected --names to be a regular expression with a group (?P<student>...), but got {names!r}.")
    depth = _branching(paths)
    pattern = pattern or _platform(paths, depth)
    whose: dict[str, tuple[Owner, str]] = {}
    for path in paths:
        parts = PurePosixPath(path).parts
        if pattern is None and len(parts) > depth + 1:
            whose[path] = Owner(unicodedata.normalize("NFC", parts[depth]), ""), parts[-1]
        elif pattern is not None and (found := pattern.fullmatch(path)):
            whose[path] = _owner(found, parts[-1])
    ids = _ids({owner for owner, _ in whose.values()})
    return {path: (ids[owner], safe_name(file)) for path, (owner, file) in whose.items() if ids[owner]}


def _owner(found: re.Match, last: str) -> tuple[Owner, str]:
    groups = found.groupdict()
    name = "_".join(part for part in (groups["student"], groups.get("id")) if part)
    file = PurePosixPath(groups.get("file") or "").name or last
    if "id" in groups:  # Canvas numbers what is handed in again
        file = re.sub(r"-\d+(\.ipynb)$", r"\1", file)
    return Owner(unicodedata.normalize("NFC", name), groups.get("number") or ""), file


def _branching(paths: list[str]) -> int:
    """How many folders lie above those of the students: the ones that all files have in common.

    A notebook right in the last of these makes it a single student's folder. A student cannot reach above the own folder.
    """
    folders = [folder for path in paths if (folder := PurePosixPath(path).parts[:-1])]
    depth = 0
    while folders and all(len(folder) > depth and folder[depth] == folders[0][depth] for folder in folders):
        depth += 1
    notebooks = {PurePosixPath(path).parts[:-1] for path in paths if path.lower().endswith(".ipynb")}
    if depth and (folders[0][:depth] in notebooks or all(len(folder) == depth for folder in folders)):
        depth -= 1
    if depth and {folder[depth] for folder in folders if len(folder) > depth} <= set(TOPICS):
        depth -= 1  # one student's topics
    return depth


def _platform(paths: list[str], depth: int) -> re.Pattern | None:
    """The platform whose names most of the students' folders (or lone files) bear; None if folders alone tell."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        groups.setdefault(PurePosixPath(path).parts[:depth + 1], []).append(path)
    folders = sum(any(len(PurePosixPath(path).parts) > depth + 1 for path in group) for group in groups.values())
    scores = {}
    for pattern in map(re.compile, (MOODLE, CANVAS)):
        scores[pattern] = sum(2 * sum(bool(pattern.fullmatch(path)) for path in group) > len(group) for group in groups.values())
    best = max(scores, key=scores.get)
    return best if 2 * scores[best] > folders else None


def _ids(people: set[Owner]) -> dict[Owner, str]:
    """A folder's name for everybody: no two people share one, in whatever order they come."""
    numbers: dict[str, set[str]] = {}
    for person in people:
        numbers.setdefault(person.name, set()).add(person.number)
    ids = {person: student_id(person.name) for person in people}
    for person, identity in ids.items():
        if identity and person.number and len(numbers[person.name]) > 1:
            ids[person] = f"{identity}_{person.number}"
    while shared := {identity for identity, count in Counter(ids.values()).items() if identity and count > 1}:
        for person in [person for person in people if ids[person] in shared]:
            ids[person] += "-" + hashlib.sha256(person.name.encode("utf-8", "replace")).hexdigest()[:8]
    return ids


def student_id(name: str) -> str:
    """The folder's name for a student. Empty if nothing is left of the name."""
    text = unicodedata.normalize("NFC", name).lower()
    text = re.sub(r"_+", "_", "".join(c if c.isalnum() or c in "-." else "_" for c in text)).strip("._")[:80]
    return text + "_" if text in ("con", "prn", "aux", "nul") else text  # no folder of Windows may be called so


def safe_name(name: str) -> str:
    """A file name that no system stumbles over, as close to the sent one as possible."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(c if c.isprintable() and c not in '<>:"/\\|?*' else "_" for c in text).strip(" .")
    stem, suffix = text[:-6] if text.lower().endswith(".ipynb") else text, ".ipynb" if text.lower().endswith(".ipynb") else ""
    return (stem[:120] or "file") + suffix
