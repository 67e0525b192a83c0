"""The learner's own copy of the course, the folder work/.

A manifest holds two sha256 of every file as it was delivered: of its bytes, and of what it says. A notebook says its cells'
sources: one that was only opened and run (JupyterLab saves outputs and metadata by itself) is still the course's and is updated.
Any other change makes it the learner's, and it is never written to. What the learner deleted stays deleted until asked for.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

MANIFEST = ".course-manifest.json"
PARTS = ("delivered", "said", "offered")
DELIVERED = ("lectures", "exercises")


class Report(NamedTuple):
    """What one update did: paths relative to work/, and for files put beside an edited one the pair of names."""

    new: list[str]
    updated: list[str]
    beside: list[tuple[str, str]]
    missing: list[str]

    def sentences(self) -> list[str]:
        says = [f"{len(names)} {word}" for names, word in ((self.new, "new"), (self.updated, "updated")) if names]
        lines = [f"Your copy of the course: {', '.join(says)}."] if says else []
        lines += [
            f"{old} has your changes, so the course's new version was put beside it: '{Path(new).name}'."
            for old, new in self.beside
        ]
        if self.missing:
            lines.append(f"{len(self.missing)} file(s) that you deleted were left out; `--restore` brings them back.")
        return lines


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def said(path: Path, content: bytes) -> str:
    """The sha256 of what a person wrote: the kinds and sources of a notebook's cells, every byte of anything else."""
    if path.suffix == ".ipynb":
        try:
            cells = json.loads(content)["cells"]
            texts = [
                [cell["cell_type"], "".join(cell["source"]), cell.get("attachments")] for cell in cells if "".join(cell["source"])
            ]
            return digest(json.dumps(texts, sort_keys=True).encode("utf-8"))
        except (ValueError, KeyError, TypeError):
            pass  # not a notebook after all
    return digest(content)


def write(path: Path, content: bytes) -> None:
    """Write a whole file or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def read_manifest(work: Path) -> dict[str, dict[str, str]]:
    """{'delivered', 'said', 'offered': {path: sha256}}; without it every file counts as the learner's."""
    try:
        manifest = json.loads((work / MANIFEST).read_text(encoding="utf-8"))
        return {part: dict(manifest[part]) for part in PARTS}
    except (OSError, ValueError, KeyError, TypeError):
        return {part: {} for part in PARTS}


def course_files(root: Path) -> list[Path]:
    return sorted(
        p
        for folder in DELIVERED
        for p in (root / folder).rglob("*")
        if p.is_file() and not any(part.startswith((".", "__")) for part in p.relative_to(root).parts)
    )


def put_beside(path: Path, content: bytes) -> Path:
    """Write `content` under a name that is free: 'NAME (new version).ipynb', 'NAME (new version 2).ipynb', ..."""
    number = 1
    while True:
        suffix = " (new version)" if number == 1 else f" (new version {number})"
        beside = path.with_name(path.stem + suffix + path.suffix)
        if not beside.exists():
            write(beside, content)
            return beside
        if digest(beside.read_bytes()) == digest(content):
            return beside
        number += 1


def update(root: Path, work: Path, restore: bool = False) -> Report:
    """Bring work/ up to the course's lectures and exercises without touching anything that the learner wrote."""
    manifest = read_manifest(work)
    delivered, words, offered = (manifest[part] for part in PARTS)
    report = Report([], [], [], [])
    for source in course_files(root):
        name = source.relative_to(root).as_posix()
        content, target, known = source.read_bytes(), work / name, delivered.get(name)
        version = digest(content)
        if not target.exists():
            if known is not None and not restore:
                report.missing.append(name)
                continue
            write(target, content)
            report.new.append(name)
        elif digest(mine := target.read_bytes()) == version:
            pass
        elif said(target, mine) == words.get(name):
            if version == known:
                continue  # nothing new: the learner keeps the outputs of the last run
            write(target, content)
            report.updated.append(name)
        else:
            if version not in (known, offered.get(name)):
                report.beside.append((name, put_beside(target, content).relative_to(work).as_posix()))
                offered[name] = version
            continue
        delivered[name], words[name] = version, said(source, content)
    write(work / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode("utf-8"))
    return report
