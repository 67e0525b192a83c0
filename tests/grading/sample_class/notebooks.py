"""Submissions are made from the released notebook and the solution, so that they follow when a topic changes."""

import copy
import json
from pathlib import Path
from typing import Callable

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

TOPIC = "03_energy_based_models"


class Material:
    """The released notebook, the solution's answers, and the ways to write a submission from them."""

    def __init__(self, root: Path):
        self.released = nbformat.read(root / "exercises" / TOPIC / f"{TOPIC}.ipynb", as_version=4)
        self.solution = nbformat.read(root / "solutions" / TOPIC / f"{TOPIC}.ipynb", as_version=4)
        self.right = {grade_id(cell).removesuffix("_answer"): cell.source for cell in self.solution.cells
                      if grade_id(cell).endswith("_answer")}

    def notebook(self, **answers: str) -> NotebookNode:
        """A submission with right answers, but for those given here as source (None: as released). Only the cells that
        count are kept (students delete what they do not need), which makes the marking of a class short."""
        nb = copy.deepcopy(self.released)
        nb.cells = [cell for number, cell in enumerate(nb.cells) if cell.cell_type == "code" and (number < 2 or grade_id(cell))]
        for name, source in {**self.right, **answers}.items():
            if source is not None:
                find(nb, f"{name}_answer").source = source
        return nb

    def prepared(self, change: Callable[[NotebookNode], object], **answers: str) -> bytes:
        """The bytes of `notebook(**answers)` after `change`."""
        nb = self.notebook(**answers)
        change(nb)
        return to_bytes(nb)


def grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def find(nb: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in nb.cells if grade_id(cell) == name)


def to_bytes(nb: NotebookNode) -> bytes:
    return json.dumps(nb, indent=1).encode("utf-8")


def add_code(nb: NotebookNode, source: str, place: int | None = None) -> None:
    nb.cells.insert(len(nb.cells) if place is None else place, new_code_cell(source))


def add_markdown(nb: NotebookNode, source: str) -> None:
    nb.cells.append(new_markdown_cell(source))


def delete(nb: NotebookNode, name: str) -> None:
    nb.cells.remove(find(nb, name))


def duplicate(nb: NotebookNode, name: str, source: str | None = None) -> None:
    """Put a copy of a cell, metadata and all, right before it; the copy says `source`."""
    cell = find(nb, name)
    twin = copy.deepcopy(cell)
    twin.source = cell.source if source is None else source
    nb.cells.insert(nb.cells.index(cell), twin)


def forge_outputs(nb: NotebookNode) -> None:
    """Every test cell claims five points."""
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            cell.outputs = [new_output("execute_result", data={"text/plain": "5"})]


def spoil_metadata(nb: NotebookNode) -> None:
    """What stops a whole class of nbgrader's: empty and future metadata, flipped flags, other points."""
    for number, cell in enumerate(nb.cells):
        claims = cell.metadata.get("nbgrader")
        if claims is None:
            continue
        if number % 3 == 0:
            cell.metadata["nbgrader"] = {}
        elif number % 3 == 1:
            claims.update(schema_version=99, points=1000, grade=not claims.get("grade"))
        else:
            cell.metadata["nbgrader"] = "nothing of the kind"


def to_format_3(nb: NotebookNode) -> bytes:
    """As notebooks were before 2015."""
    return nbformat.writes(nbformat.convert(nb, 3), version=3).encode("utf-8")
