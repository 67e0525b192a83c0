"""Whatever bytes a student handed in -> a notebook that is safe to mark, and remarks on what was odd about it.

Only what a student writes is kept: the sources of code and markdown cells, in their order. Outputs, tags, attachments,
ids and all metadata are dropped. nbgrader's metadata come from the released notebook; a test cell that was deleted,
changed or duplicated is put right and told. Nothing here raises, whatever the bytes are.
"""

import copy
import re
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.grading.reading import NotANotebook, StudentCell, TooLong, read_cells
from course_lib.grading.results import NO_FILE, READ, UNREADABLE_FILE
from course_lib.grading.shown import shown


class Intake(NamedTuple):
    """notebook: what is marked; status: READ, UNREADABLE_FILE or NO_FILE; remarks: sentences for the report."""

    notebook: NotebookNode
    status: str
    remarks: tuple[str, ...]


def take_in(data: bytes | None, released: NotebookNode) -> Intake:
    """The canonical notebook of a submitted file, or the released one (so: no answers) if there is none to read."""
    try:
        if data is None:
            raise NotANotebook("there is none")
        remarks: list[str] = []
        cells = read_cells(data, remarks)
        return Intake(_rebuild(cells, released, remarks), READ, tuple(remarks))
    except NotANotebook as error:
        status = NO_FILE if data is None else UNREADABLE_FILE
        fault = "The notebook is too long" if isinstance(error, TooLong) else "The file is not a notebook"
        sentence = "No notebook was handed in, or an empty file." if data is None else f"{fault}: {error}."
        return Intake(_rebuild([], released, []), status, (sentence,))


def _rebuild(cells: list[StudentCell], released: NotebookNode, remarks: list[str]) -> NotebookNode:
    """The student's cells in their order, each known cell once and with the released metadata."""
    known = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if is_known(cell)}
    places = _recognise(cells, known, remarks)
    at = {place: grade_id for grade_id, place in places.items()}
    out: list[NotebookNode] = []
    for number, cell in enumerate(cells):
        master = known.get(at.get(number))
        if master is None or (master.metadata.nbgrader.locked and cell.source.strip() != master.source.strip()):
            out.append(_ordinary(cell))
        if master is not None:
            out.append(_known(master, cell.source))
    if not cells:
        out = [copy.deepcopy(cell) for cell in released.cells]
    previous = None
    for grade_id, master in known.items():
        present = [number for number, cell in enumerate(out) if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id]
        if present:
            previous = present[0]
        elif master.metadata.nbgrader.locked or master.metadata.nbgrader.grade:
            previous = 0 if previous is None else previous + 1
            out.insert(previous, _known(master, master.source))
            if master.metadata.nbgrader.grade:
                remarks.append(f"The test cell {grade_id} was deleted; it was put back.")
    notebook = new_notebook(cells=out, metadata=copy.deepcopy(released.metadata))
    notebook.nbformat_minor = 5
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number + 1}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _recognise(cells: list[StudentCell], known: dict[str, NotebookNode], remarks: list[str]) -> dict[str, int]:
    """Which cell is which: {grade_id: position}, first by the id it claims, then by what it says."""
    places: dict[str, int] = {}
    tags: set[str] = set()
    for grade_id, master in known.items():
        claims = [n for n, cell in enumerate(cells) if cell.grade_id == grade_id and cell.kind == master.cell_type]
        locked = master.metadata.nbgrader.locked
        role = "test cell" if master.metadata.nbgrader.grade else "locked cell" if locked else "answer cell"
        if len(claims) > 1:
            remarks.append(f"The {role} {grade_id} is there {len(claims)} times; the last one counts.")
        if claims:
            places[grade_id] = claims[-1]
            if locked and cells[claims[-1]].source.strip() != master.source.strip():
                remarks.append(f"The {role} {grade_id} was changed; the original was put back.")
            if master.metadata.nbgrader.grade:
                tags.update(tag for n in claims for tag in cells[n].tags)
    if tags:
        remarks.append(f"Test cells were tagged {shown(', '.join(sorted(tags))[:80])}; tags count for nothing.")
    taken = set(places.values())
    for grade_id, master in known.items():
        if grade_id in places:
            continue
        free = [n for n, cell in enumerate(cells) if n not in taken and cell.kind == master.cell_type]
        if master.metadata.nbgrader.locked:
            found = [n for n in free if cells[n].source.strip() == master.source.strip()]
        else:
            name = grade_id.removesuffix("_answer")
            found = [n for n in free if defines(cells[n].source, name)]
        if found:
            places[grade_id] = found[-1]
            taken.add(found[-1])
    return places


def defines(source: str, name: str) -> bool:
    """Does a cell define `name` at its top level (def, class or assignment)?"""
    return re.search(rf"^(?:(?:async\s+)?def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*(?::[^=\n]*)?=[^=]", source,
                     re.MULTILINE) is not None


def is_known(cell: NotebookNode) -> bool:
    """Is this a cell of nbgrader's: graded, locked or to be solved?"""
    claims = cell.metadata.get("nbgrader", {})
    return any(claims.get(role) for role in ("grade", "solution", "locked")) and bool(claims.get("grade_id"))


def _known(master: NotebookNode, source: str) -> NotebookNode:
    cell = copy.deepcopy(master)
    if not master.metadata.nbgrader.locked:
        cell.source = source
    return cell


def _ordinary(cell: StudentCell) -> NotebookNode:
    """A cell of the student's own. What is neither code nor markdown is shown as text."""
    if cell.kind == "code":
        return new_code_cell(cell.source)
    source = cell.source if cell.kind == "markdown" else "\n".join(f"    {line}" for line in cell.source.splitlines())
    return new_markdown_cell(source)
