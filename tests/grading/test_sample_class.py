"""The whole way, on a class that has everything: `course grade`, feedback, CSV. Run with -s for the table of marks."""

import csv
import json
from html.parser import HTMLParser

import nbformat
import pytest
from nbgrader.api import Gradebook

from course_lib.grading.command import main
from tests.grading.sample_class.course import SECRET, make_course
from tests.grading.sample_class.members import MEMBERS, QUESTIONS, hand_in
from tests.grading.sample_class.notebooks import TOPIC

BY_NAME = {member.name: member for member in MEMBERS}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, handed in, marked, with feedback and CSV, by the commands an instructor types."""
    root = tmp_path_factory.mktemp("class") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_SECRET", SECRET)
        material = make_course(root)
        for member in MEMBERS:
            hand_in(root, member, material)
        for name, arguments in (("grade", []), ("feedback", []), ("export", ["--to", str(root / "grades.csv")])):
            assert main(name, [TOPIC, "--root", str(root), *arguments]) == 0, f"course {name} failed"
        yield root


@pytest.fixture(scope="module")
def rows(graded):
    with open(graded / "grades.csv", encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_at_least_twelve_kinds_of_submission():
    assert len(MEMBERS) >= 12 and len(BY_NAME) == len(MEMBERS)


def test_everyone_is_in_the_export(rows):
    assert set(rows) == set(BY_NAME)


@pytest.mark.parametrize("name", BY_NAME)
def test_marks(name, rows):
    """Points and verdict of every question, in the CSV that leaves the house."""
    member, row = BY_NAME[name], rows[name]
    came = {question: (float(row[question]), row[f"{question}_verdict"]) for question in QUESTIONS}
    expected = {question: member.lost.get(question, (points, "passed"))[:2] for question, points in QUESTIONS.items()}
    assert came == expected
    assert float(row["points"]) == member.points and float(row["max_points"]) == sum(QUESTIONS.values())


@pytest.mark.parametrize("name", BY_NAME)
def test_sentences(name, graded, rows):
    """The feedback page says why, for every lost point; and it makes a remark where one is due, and only there."""
    member = BY_NAME[name]
    text = page_text(graded, name)
    for question, (_, _, words) in member.lost.items():
        assert words in text, question
    assert member.remark in rows[name]["remarks"] and bool(member.remark) == bool(rows[name]["remarks"])
    assert member.remark in text


@pytest.mark.parametrize("name", BY_NAME)
def test_gradebook_agrees(name, graded):
    """The gradebook holds a score for each question and asks nobody to mark by hand."""
    with Gradebook(f"sqlite:///{graded / 'gradebook.db'}", "generative_modelling") as gradebook:
        notebook = gradebook.find_submission_notebook(TOPIC, TOPIC, name)
        assert notebook.score == BY_NAME[name].points
        assert {grade.name for grade in notebook.grades} == set(QUESTIONS)
        assert not any(grade.needs_manual_grade or grade.auto_score is None for grade in notebook.grades)


def test_status_tells_missing_from_zero(rows):
    status = {name: rows[name]["status"] for name in ("empty_folder", "no_notebook", "truncated", "empty", "complete")}
    assert status == {"empty_folder": "missing", "no_notebook": "unreadable", "truncated": "unreadable",
                      "empty": "not_attempted", "complete": "marked"}


def test_nothing_of_a_students_output_survives(graded):
    """Autograded notebooks hold our outputs only: in the report and in the test cells."""
    for name in BY_NAME:
        nb = nbformat.read(graded / "autograded" / name / TOPIC / f"{TOPIC}.ipynb", as_version=4)
        for cell in nb.cells:
            ours = cell.id == "marking-report" or cell.metadata.get("nbgrader", {}).get("grade")
            assert ours or not cell.get("outputs"), name


def test_no_page_runs_what_a_student_wrote(graded):
    """Script elements, event handlers, frames and javascript: links are exactly those of an innocent page."""
    assert active_parts(graded, "scripts") == active_parts(graded, "written_differently")


def test_nothing_but_the_notebook_lies_in_submitted(graded):
    for name in BY_NAME:
        assert [path.name for path in (graded / "submitted" / name / TOPIC).iterdir()] == [f"{TOPIC}.ipynb"]
        copied = {path.name for step in ("autograded", "feedback") for path in (graded / step / name / TOPIC).rglob("*")}
        assert copied == {f"{TOPIC}.ipynb", f"{TOPIC}.html"}


def test_originals_are_kept(graded):
    kept = graded / "originals"
    assert (kept / "file_beside" / TOPIC / "torch.py").read_bytes() == b"raise SystemExit"
    assert json.loads((kept / "renamed" / TOPIC / "Übung 3 (1).ipynb").read_text("utf-8"))["cells"]


def test_the_table(graded, rows, capsys):
    """Not a check: the table of marks, for those who look."""
    with capsys.disabled():
        print(f"\n\n{'member':<24}{'points':>7}   what was not full")
        for name, row in rows.items():
            short = [f"{q} {row[q]} {row[f'{q}_verdict']}" for q in QUESTIONS if row[f"{q}_verdict"] != "passed"]
            short = [f"all {row['log_partition_verdict']}"] if len(short) == len(QUESTIONS) else short
            print(f"{name:<24}{row['points']:>7}   {'; '.join(short)}{' | ' if short and row['remarks'] else ''}{row['remarks']}")


class Page(HTMLParser):
    """Collects a page's visible text, and what in it could run."""

    def __init__(self):
        super().__init__()
        self.text, self.active, self.silent = [], [], 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in ("script", "style")
        if tag in ("script", "iframe", "object", "embed", "svg", "form", "base", "meta", "link"):
            self.active.append((tag, tuple(attributes)))
        for name, value in attributes:
            if name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text")):
                self.active.append((tag, name, value))

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.text.append(data)


def read_page(root, name) -> Page:
    page = Page()
    page.feed((root / "feedback" / name / TOPIC / f"{TOPIC}.html").read_text(encoding="utf-8"))
    return page


def page_text(root, name) -> str:
    """The visible text; where its lines end does not matter."""
    return " ".join("".join(read_page(root, name).text).split())


def active_parts(root, name) -> list:
    return sorted(map(str, read_page(root, name).active))
