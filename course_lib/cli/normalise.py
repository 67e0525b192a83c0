"""The form in which notebooks are kept: what a notebook says stays, what a machine left in it goes.

Ids are words, the kernel is `python3`, and there is no widget state, no message on stderr, no execution time and no path of
this machine. Lectures keep their outputs; solutions and exercises keep none. Normalising twice changes nothing.
"""

import re
from pathlib import Path
from typing import Iterator

import nbformat
from nbformat import NotebookNode

from course_lib.cli.places import ROOT

WORDS = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
HEXADECIMAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]*)?")  # what editors put in for want of a name
LONGEST_ID = 48  # the format allows 64; room is left for a number
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
CELL_METADATA = ("tags", "nbgrader", "deletable", "editable", "jupyter", "slideshow")


def keeps_outputs(path: Path) -> bool:
    """Only lectures are read with their outputs."""
    return not {"solutions", "exercises"} & set(path.parts)


def is_word_id(name: str) -> bool:
    return bool(WORDS.fullmatch(name)) and not HEXADECIMAL.fullmatch(name)


def proposed_id(cell: NotebookNode) -> str:
    """A name from the first words of a cell: a heading's words, a comment's, or the code's own names."""
    plain = re.sub(r"\\[a-zA-Z]+|[$`*_#<>]", " ", cell.source)
    words = [w.lower() for w in re.findall(r"[A-Za-z][A-Za-z0-9]*", plain)]
    words = [w for w in words if w not in ("nbval", "check", "output", "the", "a", "an", "of", "is", "and", "import", "from")]
    name = "-".join(words[:4])[:LONGEST_ID].strip("-")
    return name if is_word_id(name) else f"{cell.cell_type}-{name}".strip("-")


def name_cells(cells: list[NotebookNode]) -> None:
    """Give every cell an id of words that no other cell has; ids that are words already stay."""
    taken = set()
    for cell in cells:
        name = cell.get("id", "")
        if not is_word_id(name) or name in taken:
            name = base = proposed_id(cell)
            number = 2
            while name in taken or any(other.get("id") == name for other in cells if other is not cell):
                name, number = f"{base}-{number}", number + 1
        cell["id"] = name
        taken.add(name)


def without_machine_paths(value, roots: tuple[str, ...]):
    """Text, lists and dicts with `roots` (folders of this machine) taken out of every text."""
    if isinstance(value, str):
        for root in roots:
            value = value.replace(root, "")
        return value
    if isinstance(value, list):
        return [without_machine_paths(v, roots) for v in value]
    if isinstance(value, dict):
        return type(value)({k: without_machine_paths(v, roots) for k, v in value.items()})
    return value


def kept_outputs(outputs: list[NotebookNode], roots: tuple[str, ...]) -> Iterator[NotebookNode]:
    """Outputs as a reader without a kernel can use them; neighbouring pieces of one printed text become one."""
    stream = None
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr" or WIDGET_VIEW in output.get("data", {}):
            continue
        output = without_machine_paths(output, roots)
        output.pop("transient", None)
        if output.output_type == "stream" and stream is not None and stream.name == output.name:
            stream.text += output.text
            continue
        if stream is not None:
            yield stream
        stream = output if output.output_type == "stream" else None
        if stream is None:
            yield output
    if stream is not None:
        yield stream


def machine_roots() -> tuple[str, ...]:
    """The folders whose names must not stay in an output, longest first, each with its separator."""
    return tuple(
        sorted({f"{ROOT}/", f"{ROOT}\\", f"{Path.home()}/", f"{Path.home()}\\"} - {"//", "/", "\\"}, key=len, reverse=True)
    )


def normalise(notebook: NotebookNode, outputs: bool, roots: tuple[str, ...] | None = None) -> NotebookNode:
    """The same notebook in the form in which it is kept. outputs: whether outputs and execution counts stay."""
    roots = machine_roots() if roots is None else roots
    notebook = nbformat.from_dict({**notebook})
    notebook.nbformat, notebook.nbformat_minor = 4, max(5, notebook.nbformat_minor)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    notebook.cells = [c for c in notebook.cells if c.source.strip() or "nbgrader" in c.metadata]
    name_cells(notebook.cells)
    count = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA and v not in ([], {})})
        if cell.cell_type != "code":
            continue
        executed = outputs and cell.get("execution_count") is not None
        count += executed
        cell.execution_count = count if executed else None
        cell.outputs = list(kept_outputs(cell.get("outputs", []), roots)) if outputs else []
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
    return notebook


def as_text(notebook: NotebookNode) -> str:
    """The bytes that git sees: sorted keys, one space of indent, one line end at the end."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def normalised_text(path: Path) -> str:
    """What the file at `path` should hold."""
    notebook = nbformat.read(path, as_version=4)
    return as_text(
        normalise(notebook, keeps_outputs(path.resolve().relative_to(ROOT) if path.resolve().is_relative_to(ROOT) else path))
    )
