"""Where nbgrader calls us. `nbgrader_config.py` puts these two classes into `nbgrader autograde`; nothing is patched.

SubmissionExporter  reads what students handed in (any bytes) instead of nbformat, after tidying their folders
MarkAnswers         stands in Execute's place: marks the answers and writes points and sentences into the test cells
"""

import glob
import hashlib
import json
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Enum, Float

from course_lib.grading.folders import read_submission, recall_remarks, tidy
from course_lib.grading.intake import Intake, take_in
from course_lib.grading.limits import Limits
from course_lib.grading.marking import code_cells, mark_cells, nothing_to_mark, require_reference, secret_seeds
from course_lib.grading.results import MISSING, NO_FILE, READ, UNREADABLE, InfrastructureError, SubmissionResult, wrapped
from course_lib.grading.sandbox import SANDBOXES
from course_lib.questions import load_topic

INTAKE, MARKING = "intake", "marking"  # keys of the notebook's metadata; a student's own metadata never get this far


class MarkAnswers(NbGraderPreprocessor):
    """Replace nbgrader's Execute: the student's code runs in a worker process, the judge runs here."""

    start_seconds = Float(120.0, help="until a worker process is ready").tag(config=True)
    cell_seconds = Float(60.0, help="for one cell of the notebook").tag(config=True)
    question_seconds = Float(60.0, help="for one case of one question").tag(config=True)
    total_seconds = Float(600.0, help="for one notebook, restarts included").tag(config=True)
    sandbox = Enum(sorted(SANDBOXES), "none", help="where the worker process runs").tag(config=True)

    marked_ahead: dict[str, SubmissionResult] = {}  # `course grade` marks several at once, before nbgrader's own loop
    references: dict[tuple, str] = {}               # (root, topic) -> what is wrong with the solution's marks, or ""

    @property
    def limits(self) -> Limits:
        return Limits(self.start_seconds, self.cell_seconds, self.question_seconds, self.total_seconds)

    def require_reference(self, root: Path, solutions: str, topic: str) -> None:
        """Once a process: the solution earns full marks here, or `InfrastructureError`."""
        if (root, topic) not in self.references:
            self.references[root, topic] = ""
            try:
                require_reference(topic, root, solutions, self.limits, SANDBOXES[self.sandbox])
            except InfrastructureError as error:
                self.references[root, topic] = str(error)
        if self.references[root, topic]:
            raise InfrastructureError(self.references[root, topic])

    def mark(self, notebook: NotebookNode, root: Path, topic: str) -> SubmissionResult:
        """Mark a notebook that `SubmissionExporter` has read."""
        taken = notebook.metadata.get(INTAKE, {"status": READ, "remarks": []})
        if taken["status"] != READ:
            verdict = MISSING if taken["status"] == NO_FILE else UNREADABLE
            return nothing_to_mark(topic, verdict, tuple(taken["remarks"]))
        return mark_cells(topic, code_cells(notebook), secret_seeds(root, topic), self.limits, SANDBOXES[self.sandbox],
                          tuple(taken["remarks"]))

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        topic = resources["nbgrader"]["assignment"]
        result = self.marked_ahead.get(digest(nb, topic))
        if result is None:
            coursedir = self.parent.parent.coursedir
            self.require_reference(Path(coursedir.root), coursedir.source_directory, topic)
            result = self.mark(nb, Path(coursedir.root), topic)
        write_marks(nb, topic, result)
        return nb, resources


class SubmissionExporter(NotebookExporter):
    """Read a submission through our own intake in nbgrader's first pass; its second pass reads what the first wrote.

    nbgrader makes its exporter after it has listed the submissions and before it touches one: the moment to tidy their
    folders, and to add those that hold no notebook at all, which nbgrader would pass over in silence.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is None:
            return
        self.root, topic = Path(coursedir.root), coursedir.assignment_id
        try:
            self.released = load_released(self.root / coursedir.release_directory, topic)
            MarkAnswers(parent=self).require_reference(self.root, coursedir.source_directory, topic)
        except InfrastructureError as error:
            self.parent.log.error(str(error))
            raise NbGraderException(str(error)) from error
        for folder in glob.glob(coursedir.format_path(coursedir.submitted_directory, coursedir.student_id, topic)):
            if Path(folder).is_dir():
                notebook, _ = tidy(self.root, Path(folder), Path(folder).parent.name, topic)
                self.parent.assignments[folder] = [str(notebook)]

    def from_filename(self, filename, resources=None, **kwargs):
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **kwargs)
        where = resources["nbgrader"]
        nb = intake_notebook(self.root, Path(filename), where["student"], where["assignment"], self.released)
        return self.from_notebook_node(nb, resources=resources, **kwargs)


def intake_notebook(root: Path, path: Path, student: str, topic: str, released: NotebookNode) -> NotebookNode:
    """The canonical notebook of a tidied submission, with the intake's findings in its metadata."""
    taken: Intake = take_in(read_submission(path), released)
    remarks = [*recall_remarks(root, student, topic), *taken.remarks]
    taken.notebook.metadata[INTAKE] = {"status": taken.status, "remarks": remarks}
    return taken.notebook


def load_released(exercises: Path, topic: str) -> NotebookNode:
    """The released notebook; its graded cells must be the topic's questions, point for point."""
    path = exercises / topic / f"{topic}.ipynb"
    if not path.is_file():
        raise InfrastructureError(f"There is no released notebook {path}: run `course release {topic}` first.")
    released = nbformat.read(path, as_version=4)
    faults = points_that_differ(released, topic)
    if faults:
        raise InfrastructureError(" ".join(faults))
    return released


def points_that_differ(notebook: NotebookNode, topic: str) -> list[str]:
    """Sentences about graded code cells whose name or points are not those of the topic's questions."""
    points = {question.name: question.max_points for question in load_topic(topic)}
    cells = {c.metadata.nbgrader.grade_id: float(c.metadata.nbgrader.points) for c in notebook.cells if is_test(c)}
    unknown = [f"The graded cell {name} is no question of {topic}." for name in cells if name not in points]
    absent = [f"The question {name} has no graded cell in the notebook." for name in points if name not in cells]
    wrong = [f"The cell {name} gives {cells[name]:g} points and the question {points[name]:g}: make them equal."
             for name in points if name in cells and cells[name] != points[name]]
    return unknown + absent + wrong


def is_test(cell: NotebookNode) -> bool:
    """A test cell: graded code that is not the student's to write."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def digest(notebook: NotebookNode, topic: str) -> str:
    """What the marks depend on, as far as the submission decides it."""
    said = [topic, notebook.metadata.get(INTAKE), code_cells(notebook)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode("utf-8")).hexdigest()


def write_marks(notebook: NotebookNode, topic: str, result: SubmissionResult) -> None:
    """Only our own outputs remain: a report on top, and for each test cell its sentences and its number."""
    questions = {question.name: question for question in result.questions}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if is_test(cell):
            question = questions[cell.metadata.nbgrader.grade_id]
            cell.outputs = [new_output("stream", name="stdout", text=question.text + "\n"),
                            new_output("execute_result", data={"text/plain": repr(question.points)})]
    lines = [f"{topic}: {result.points:g} of {result.max_points:g} points", ""]
    lines += [f"{question.name:<28}{question.headline}" for question in result.questions]
    lines += ["", *wrapped(result.remarks, "")] if result.remarks else []
    report = new_code_cell("# How this notebook was marked", id="marking-report",
                           outputs=[new_output("stream", name="stdout", text="\n".join(lines) + "\n")])
    notebook.cells.insert(0, report)
    status = notebook.metadata.get(INTAKE, {"status": READ})["status"]
    notebook.metadata[MARKING] = {"status": status, "verdicts": {q.name: q.verdict for q in result.questions},
                                  "remarks": list(result.remarks)}
