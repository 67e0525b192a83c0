"""The house rules of notebooks: each takes a notebook (some its path too) and returns complaints, none if all is well."""

import ast
import re
import statistics
from pathlib import Path

from nbformat import NotebookNode

LONGEST_CELL = 25
WIDEST_LINE = 121  # what a JupyterLab window of 1280 pixels shows
FORBIDDEN = re.compile(
    r"^\s*(!|%%?(pip|conda|cd|bash|sh|system)\b)|\bos\.(chdir|system)\b|\bsys\.path\b|\bsubprocess\b|\bpip install\b", re.M
)
MACHINE_PATH = re.compile(r"(?<![\w.~])/(home|root|tmp|work|Users|private|var/folders)/|[A-Za-z]:\\\\?Users")
MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
HTML_IMAGE = re.compile(r"<img\b[^>]*>")
MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> list[tuple[str, NotebookNode]]:
    return [(cell.id, output) for cell in code_cells(notebook) for output in cell.outputs]


def num_lines(cell: NotebookNode) -> int:
    return sum(1 for line in cell.source.splitlines() if line.strip())


def checked(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells whose output nbval compares."""
    return [
        cell
        for cell in code_cells(notebook)
        if "NBVAL_CHECK_OUTPUT" in cell.source or "nbval-check-output" in cell.metadata.get("tags", [])
    ]


def long_cells(notebook: NotebookNode) -> list[str]:
    return [f"{cell.id}: {num_lines(cell)} lines of code" for cell in code_cells(notebook) if num_lines(cell) > LONGEST_CELL]


def wide_lines(notebook: NotebookNode) -> list[str]:
    return [f"{cell.id}: a line of {len(line)} characters" for cell in code_cells(notebook)
            for line in cell.source.splitlines() if len(line) > WIDEST_LINE]


def reaching_out(notebook: NotebookNode) -> list[str]:
    """No pip, no shell, no other folder, no search path: the environment is made outside."""
    return [f"{cell.id}: {found[0].strip()}" for cell in code_cells(notebook) if (found := FORBIDDEN.search(cell.source))]


def machine_paths(notebook: NotebookNode) -> list[str]:
    return [
        f"{name}: {found[0]}"
        for name, output in outputs(notebook)
        if (
            found := MACHINE_PATH.search(
                str({k: v for k, v in output.items() if k != "data"})
                + str({k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")})
            )
        )
    ]


def blind_images(notebook: NotebookNode) -> list[str]:
    """Every image says in words what it shows: outputs by their metadata, markdown and HTML by their alt text."""
    complaints = []
    for name, output in outputs(notebook):
        for kind in output.get("data", {}):
            if kind.startswith("image/") and len(output.metadata.get(kind, {}).get("alt", "")) < 15:
                complaints.append(f"{name}: an image without a sentence of alt text")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            complaints += [
                f"{cell.id}: an image without alt text" for alt in MARKDOWN_IMAGE.findall(cell.source) if not alt.strip()
            ]
            complaints += [
                f"{cell.id}: {tag} has no alt text"
                for tag in HTML_IMAGE.findall(cell.source)
                if not re.search(r"\balt=([\"'])[^\"']+\1", tag)
            ]
    return complaints


def broken_links(notebook: NotebookNode, path: Path, inside: list[Path] | None = None) -> list[str]:
    """Relative links lead to files; with `inside`, to files in these folders (what a learner's copy holds)."""
    complaints = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for link in MARKDOWN_LINK.findall(re.sub(r"`[^`]*`|\$[^$]*\$", "", cell.source)):
            if re.match(r"[a-z]+:|#", link):
                continue
            target = (path.parent / link.split("#")[0].replace("%20", " ")).resolve()
            if not target.exists():
                complaints.append(f"{cell.id}: {link} leads nowhere")
            elif inside and not any(target.is_relative_to(folder) for folder in inside):
                complaints.append(f"{cell.id}: {link} is not in the learner's copy")
    return complaints


def unseen_checks(notebook: NotebookNode) -> list[str]:
    """nbval passes a marked cell whatever it prints if nothing is stored, or if it has no execution count."""
    return [
        f"{cell.id}: NBVAL_CHECK_OUTPUT without a stored output"
        for cell in checked(notebook)
        if not cell.outputs or cell.execution_count is None
    ]


def lecture_shape(notebook: NotebookNode) -> list[str]:
    """30 to 70 cells, short ones, all executed in order without an error, and at least five checked outputs."""
    code, complaints = code_cells(notebook), []
    if not 30 <= len(notebook.cells) <= 70:
        complaints.append(f"{len(notebook.cells)} cells; a lecture has 30 to 70")
    if code and statistics.median(map(num_lines, code)) > 5:
        complaints.append(f"the median code cell has {statistics.median(map(num_lines, code))} lines, more than 5")
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        complaints.append("not executed from top to bottom")
    if len(checked(notebook)) < 5:
        complaints.append(f"{len(checked(notebook))} cells with NBVAL_CHECK_OUTPUT; at least 5")
    complaints += [f"{name}: an error in an output" for name, output in outputs(notebook) if output.output_type == "error"]
    return complaints


def leaked_answers(notebook: NotebookNode) -> list[str]:
    return [
        f"{cell.id}: {mark}"
        for cell in notebook.cells
        for mark in ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
        if mark in cell.source
    ]


def tolerated_errors(notebook: NotebookNode) -> list[str]:
    """With such a tag nbval passes a cell that fails."""
    return [
        f"{cell.id}: {tag}"
        for cell in notebook.cells
        for tag in cell.metadata.get("tags", [])
        if tag in ("raises-exception", "nbval-raises-exception", "nbval-skip", "nbval-ignore-output")
    ]


def graded(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def graded_call(cell: NotebookNode) -> str | None:
    """The question's name if the cell is exactly check("name", name), a call that returns None or raises; else None."""
    try:
        (statement,) = ast.parse(cell.source).body
        call = statement.value
        question, answer = call.args
        if isinstance(statement, ast.Expr) and call.func.id == "check" and not call.keywords and answer.id == question.value:
            return question.value
    except (ValueError, SyntaxError, AttributeError):
        pass
    return None


def ungraded(notebook: NotebookNode, points: dict[str, float]) -> list[str]:
    """Each question has one graded cell, named after it and worth its points, and one answer cell; there are no others."""
    complaints = [
        f'{cell.id}: a graded cell is exactly one check("name", name)'
        for cell in graded(notebook)
        if graded_call(cell) != cell.metadata.nbgrader.grade_id
    ]
    found = [(cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)) for cell in graded(notebook)]
    if sorted(found) != sorted((name, float(value)) for name, value in points.items()):
        complaints.append(f"graded cells {sorted(found)}, questions {sorted(points.items())}")
    answers = [cell.metadata.nbgrader.grade_id for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    if sorted(answers) != sorted(f"{name}_answer" for name in points):
        complaints.append(f"answer cells {sorted(answers)}, questions {sorted(points)}")
    return complaints
