"""The marks of a class as a CSV file: one row a student, a column for each question's points and verdict."""

import csv
import io
from pathlib import Path

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderAPI

from course_lib.grading.course_folder import open_gradebook, students_with_folders, submission_folder
from course_lib.grading.nbgrader_seam import MARKING
from course_lib.grading.results import NO_FILE, NOT_ATTEMPTED, UNREADABLE_FILE
from course_lib.questions import load_topic

MARKED, MANUAL, NOT_MARKED = "marked", "needs_manual_grade", "not_marked"
STATUS = {MARKED: "points are what the answers earned", NOT_ATTEMPTED: "an untouched notebook",
          NO_FILE: "nothing was handed in", UNREADABLE_FILE: "a file that is no notebook",
          MANUAL: "a person has still to mark something", NOT_MARKED: "handed in and not yet marked: no points are given"}
FORMULA_STARTS = ("=", "+", "-", "@")


def export_topic(api: NbGraderAPI, topic: str) -> str:
    """The CSV text of one topic. Points are the gradebook's: what a person changed in the form grader counts."""
    questions = load_topic(topic)
    header = ["student", "last_name", "first_name", "status", "points", "max_points", "late_penalty"]
    header += [column for q in questions for column in (q.name, f"{q.name}_verdict")] + ["remarks"]
    rows = []
    with open_gradebook(api) as gradebook:
        known = {student.id: student for student in gradebook.students}
        for name in sorted(set(known) | set(students_with_folders(api, topic))):
            rows.append(_row(api, gradebook, known.get(name), name, topic, questions))
    return to_csv([header, *rows])


def export_all(api: NbGraderAPI) -> str:
    """The CSV text of all topics in the gradebook: points and status of each, one row a student."""
    with open_gradebook(api) as gradebook:
        topics = sorted(assignment.name for assignment in gradebook.assignments)
        known = {student.id: student for student in gradebook.students}
        everyone = sorted(set(known).union(*(students_with_folders(api, topic) for topic in topics)))
        rows = []
        for name in everyone:
            cells = [_row(api, gradebook, known.get(name), name, topic, ()) for topic in topics]
            rows.append([name, *cells[0][1:3], *(value for row in cells for value in (row[4], row[3]))])
    header = ["student", "last_name", "first_name", *(c for topic in topics for c in (topic, f"{topic}_status"))]
    return to_csv([header, *rows])


def _row(api, gradebook, student, name: str, topic: str, questions) -> list:
    """One student's line; see the header in `export_topic`."""
    person = [name, getattr(student, "last_name", None) or "", getattr(student, "first_name", None) or ""]
    maximum = sum(question.max_points for question in questions)
    blank = [""] * (2 * len(questions))
    if not submission_folder(api, "submitted", name, topic).is_dir():
        return [*person, NO_FILE, 0.0, maximum, "", *blank, ""]
    marking = read_marking(api, name, topic)
    try:
        notebook = gradebook.find_submission_notebook(topic, topic, name)
    except MissingEntry:
        notebook = None
    if marking is None or notebook is None:
        return [*person, NOT_MARKED, "", maximum, "", *blank, ""]
    points = {grade.name: grade.score for grade in notebook.grades}
    verdicts, penalty = marking["verdicts"], float(notebook.late_submission_penalty or 0.0)
    status = marking["status"] if marking["status"] in (NO_FILE, UNREADABLE_FILE) else MARKED
    if status == MARKED and any(grade.needs_manual_grade for grade in notebook.grades):
        status = MANUAL
    elif status == MARKED and set(verdicts.values()) == {NOT_ATTEMPTED} and not notebook.score:
        status = NOT_ATTEMPTED
    cells = [value for q in questions for value in (points.get(q.name, ""), verdicts.get(q.name, ""))]
    return [*person, status, max(0.0, notebook.score - penalty), maximum, penalty, *cells, " ".join(marking["remarks"])]


def read_marking(api: NbGraderAPI, student: str, topic: str) -> dict | None:
    """What the marking wrote into the autograded notebook, or None."""
    path: Path = submission_folder(api, "autograded", student, topic) / f"{topic}.ipynb"
    try:
        return dict(nbformat.read(path, as_version=4).metadata[MARKING])
    except (OSError, KeyError, ValueError):
        return None


def to_csv(rows: list[list]) -> str:
    """CSV that a spreadsheet does not run: text that begins like a formula gets an apostrophe in front."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, (int, float)):
        return f"{value:g}"
    text = str(value).replace("\r", "\n")
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
