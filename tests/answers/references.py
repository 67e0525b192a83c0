"""The reference answers, read from the one place where they stand: the solutions notebook."""

import textwrap
from pathlib import Path

import nbformat

from course_lib.questions import load_topic

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"


def references(topic: str) -> dict[str, str]:
    """Question -> source of the reference answer, in the order of the notebook."""
    notebook = nbformat.read(SOLUTIONS / topic / f"{topic}.ipynb", as_version=4)
    cells = {cell.metadata["nbgrader"]["grade_id"]: cell.source for cell in notebook.cells
             if cell.metadata.get("nbgrader", {}).get("solution")}
    return {question.name: textwrap.dedent(cells[f"{question.name}_answer"]) for question in load_topic(topic)}
