"""Mark a class: several submissions at once in worker processes, then nbgrader's own bookkeeping one by one."""

import glob
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, NamedTuple

from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI
from nbgrader.utils import rmtree

from course_lib.grading.course_folder import is_registered, only_one, students_with_folders, submission_folder
from course_lib.grading.folders import tidy
from course_lib.grading.nbgrader_seam import MarkAnswers, digest, intake_notebook, load_released
from course_lib.grading.results import InfrastructureError, SubmissionResult
from course_lib.grading.shown import shown
from course_lib.inputs import InputError


class Row(NamedTuple):
    """One student in the class's table: a result, or the sentence that says why there is none."""

    student: str
    result: SubmissionResult | None
    fault: str = ""


def register(api: NbGraderAPI, topic: str) -> None:
    """Write exercises/<topic> and make the gradebook know its cells. Raises `InfrastructureError` with nbgrader's reason."""
    done = api.generate_assignment(topic)
    if not done["success"]:
        lines = [line for line in done.get("log", "").splitlines() if line.strip()]
        raise InfrastructureError(f"nbgrader could not generate {topic}: " + " ".join(lines[-6:]))


def grade_class(api: NbGraderAPI, topic: str, student: str | None = None, workers: int = 2,
                say: Callable[[str], None] = lambda line: None) -> list[Row]:
    """Mark everyone (or one student) and write the gradebook. Nobody's submission stops another's.

    Raises `InfrastructureError` before anything is marked if the solution itself does not earn full marks here.
    """
    root = Path(api.coursedir.root)
    students = students_with_folders(api, topic)
    if student is not None and student not in students:
        raise InputError(f"Expected a student who handed in {topic}, but got {student!r}; "
                         f"there are: {', '.join(students) or 'none'}.")
    students = [student] if student is not None else students
    with only_one(root):
        if not is_registered(api, topic):
            register(api, topic)
        released = load_released(root / api.coursedir.release_directory, topic)
        marker = MarkAnswers(config=api.config)
        marker.require_reference(root, api.coursedir.source_directory, topic)
        cwd = os.getcwd()
        try:
            with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
                marked = {name: pool.submit(_mark, marker, api, root, name, topic, released) for name in students}
                return [_enter(api, name, topic, marked[name], say) for name in students]
        finally:
            os.chdir(cwd)
            MarkAnswers.marked_ahead.clear()


def _mark(marker: MarkAnswers, api: NbGraderAPI, root: Path, student: str, topic: str,
          released: NotebookNode) -> SubmissionResult:
    """In a thread: intake and worker. The result waits until nbgrader comes to this submission."""
    path, _ = tidy(root, submission_folder(api, "submitted", student, topic).absolute(), student, topic)
    notebook = intake_notebook(root, path, student, topic, released)
    key = digest(notebook, topic)
    if key not in MarkAnswers.marked_ahead:
        MarkAnswers.marked_ahead[key] = marker.mark(notebook, root, topic)
    return MarkAnswers.marked_ahead[key]


def _enter(api: NbGraderAPI, student: str, topic: str, marked, say: Callable[[str], None]) -> Row:
    """nbgrader's part, which alone writes the gradebook and autograded/."""
    try:
        result = marked.result()
        done = api.autograde(topic, glob.escape(student), force=True, create=True)
        if not done["success"]:
            raise InfrastructureError(f"nbgrader did not take the marks: {_reason(done)}")
    except Exception as error:  # one student's trouble, of whatever kind, must not reach the next
        old = submission_folder(api, "autograded", student, topic)
        if old.is_dir():  # marks of an earlier submission must not pass for those of this one
            rmtree(str(old))
        fault = shown(" ".join(str(error).split()))
        say(f"{student}: NOT MARKED: {fault}")
        return Row(student, None, f"{type(error).__name__}: {fault}")
    say(f"{student}: {result.points:g} of {result.max_points:g} points, {result.seconds:.1f} s")
    return Row(student, result)


def _reason(done: dict) -> str:
    """nbgrader's log shows the exception; its `error` only says that there is one. The last lines if there is no traceback."""
    for text in (done.get("log") or "", done.get("error") or ""):
        if exceptions := re.findall(r"^.*Traceback \(most recent call last\):\n(?:[ \t].*\n)+(\S.*)", text, re.MULTILINE):
            return exceptions[-1][:400]
    lines = [line for line in (done.get("error") or done.get("log") or "").splitlines() if line.strip()]
    return " ".join(lines[-3:])[:400]


def table(rows: list[Row]) -> str:
    """One line a student: points and each question's points and verdict; then the remarks and what went wrong."""
    names = next((tuple(q.name for q in row.result.questions) for row in rows if row.result), ())
    header = ["student", "points", *(name[:20] for name in names)]
    lines = [header]
    for row in rows:
        cells = [f"{q.points:g} {q.verdict.replace('_', ' ')}" for q in row.result.questions] if row.result else []
        points = f"{row.result.points:g}/{row.result.max_points:g}" if row.result else "not marked"
        lines.append([row.student, points, *cells, *[""] * (len(names) - len(cells))])
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    out = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    for row in rows:
        notes = row.result.remarks if row.result else (row.fault,)
        out += [f"{row.student}: {note}" for note in notes]
    return "\n".join(out)
