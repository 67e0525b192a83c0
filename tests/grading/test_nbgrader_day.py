"""nbgrader's own commands on this configuration, and what happens when things are done again."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from course_lib.grading import marking
from course_lib.grading.class_run import grade_class
from course_lib.grading.command import main
from course_lib.grading.course_folder import only_one, open_course
from course_lib.grading.nbgrader_seam import MarkAnswers
from course_lib.grading.results import InfrastructureError
from course_lib.inputs import InputError
from tests.grading.sample_class import answers as a
from tests.grading.sample_class.course import REPOSITORY, SECRET, make_course
from tests.grading.sample_class.members import NAME, Member, hand_in, one
from tests.grading.sample_class.notebooks import TOPIC, delete


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("day") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_SECRET", SECRET)
        yield root, make_course(root)


def score(root: Path, student: str) -> float:
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "generative_modelling") as gradebook:
        return gradebook.find_submission_notebook(TOPIC, TOPIC, student).score


def nbgrader(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PATH": path}
    return subprocess.run([sys.executable, "-m", "nbgrader", *arguments], cwd=root, env=environment, capture_output=True,
                          text=True, encoding="utf-8", timeout=300, check=False)


def test_plain_nbgrader_autograde_feedback_and_export(course):
    """The commands every instructor knows, on a class with a bad file, a renamed one and an empty folder."""
    root, material = course
    hand_in(root, Member("p_right", one()), material)
    hand_in(root, Member("p_bad", lambda m: {NAME: b"\xff\xfe"}), material)
    hand_in(root, Member("p_renamed", lambda m: {"my homework.ipynb": m.prepared(lambda nb: None, normalizable=None)}), material)
    hand_in(root, Member("p_empty", lambda m: {}), material)
    for command in ("autograde", "generate_feedback"):
        done = nbgrader(root, command, TOPIC, "--student=p_*")
        assert done.returncode == 0, done.stderr[-2000:]
    assert [score(root, student) for student in ("p_right", "p_bad", "p_renamed", "p_empty")] == [19, 0, 17, 0]
    assert all((root / "feedback" / student / TOPIC / f"{TOPIC}.html").is_file() for student in ("p_bad", "p_empty"))
    done = nbgrader(root, "export", "--to", "stock.csv")
    assert done.returncode == 0, done.stderr[-2000:]
    with open(root / "stock.csv", encoding="utf-8", newline="") as file:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}["p_renamed"] == 17


def test_done_again_it_says_the_same_and_a_worse_resubmission_counts(course):
    """Idempotent; and after a resubmission without the test cell the old score is gone."""
    root, material = course
    api = open_course(root)
    folder = hand_in(root, Member("again", one()), material)
    first, second = (grade_class(api, TOPIC, "again")[0].result for _ in range(2))
    assert first.questions == second.questions and first.remarks == second.remarks == () and score(root, "again") == 19
    worse = Member("again", one(lambda nb: delete(nb, "normalizable"), normalizable=a.WRONG_NORMALIZABLE))
    hand_in(root, worse, material)
    (row,) = grade_class(api, TOPIC, "again")
    assert score(root, "again") == row.result.points == 17 and "was deleted" in row.result.remarks[0]
    for path in folder.iterdir():
        path.unlink()
    (row,) = grade_class(api, TOPIC, "again")
    assert score(root, "again") == row.result.points == 0


def test_a_mark_given_by_hand_stays_and_is_exported(course):
    root, material = course
    hand_in(root, Member("by_hand", one(normalizable=a.WRONG_NORMALIZABLE)), material)
    grade_class(open_course(root), TOPIC, "by_hand")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "generative_modelling") as gradebook:
        grade = gradebook.find_grade("normalizable", TOPIC, TOPIC, "by_hand")
        grade.manual_score = 1.5
        gradebook.db.commit()
    assert main("export", [TOPIC, "--root", str(root), "--to", str(root / "hand.csv")]) == 0
    with open(root / "hand.csv", encoding="utf-8", newline="") as file:
        row = {row["student"]: row for row in csv.DictReader(file)}["by_hand"]
    assert (float(row["points"]), row["normalizable"], row["normalizable_verdict"]) == (18.5, "1.5", "failed")


def test_one_students_trouble_with_the_machine_is_no_mark_and_stops_nobody(course, monkeypatch):
    """A worker that cannot start for one of two: that one is listed as not marked, and exported without points, although
    an earlier submission of the same student was marked."""
    root, material = course
    for name in ("m_lucky", "m_unlucky"):
        hand_in(root, Member(name, one()), material)
    assert grade_class(open_course(root), TOPIC, "m_unlucky")[0].result.points == 19
    real = marking.observe

    def observe(sources, *rest):
        if any("# unlucky" in source for source in sources):
            raise InfrastructureError("The worker process did not get ready.")
        return real(sources, *rest)

    hand_in(root, Member("m_unlucky", one(lambda nb: nb.cells[1].update(source=nb.cells[1].source + "\n# unlucky"))), material)
    monkeypatch.setattr(marking, "observe", observe)
    api = open_course(root)
    marked = {name: grade_class(api, TOPIC, name)[0] for name in ("m_unlucky", "m_lucky")}
    assert marked["m_unlucky"].result is None and "did not get ready" in marked["m_unlucky"].fault
    assert marked["m_lucky"].result.points == 19
    assert main("export", [TOPIC, "--root", str(root), "--to", str(root / "m.csv")]) == 0
    with open(root / "m.csv", encoding="utf-8", newline="") as file:
        row = {row["student"]: row for row in csv.DictReader(file)}["m_unlucky"]
    assert (row["status"], row["points"]) == ("not_marked", "")


def test_a_solution_that_falls_short_stops_before_anyone_is_marked(course, monkeypatch, capsys):
    root, material = course
    hand_in(root, Member("waits", one()), material)
    monkeypatch.setattr(MarkAnswers, "references", {(root, TOPIC): "The solution does not earn full marks here."})
    assert main("grade", [TOPIC, "--student", "waits", "--root", str(root)]) == 3
    assert "full marks" in capsys.readouterr().err and not (root / "autograded" / "waits").exists()


def test_bad_input_to_grade(course):
    root, _ = course
    with pytest.raises(InputError, match="nobody"):
        main("grade", [TOPIC, "--student", "nobody", "--root", str(root)])
    with only_one(root), pytest.raises(InputError, match=f"process {os.getpid()}"):
        grade_class(open_course(root), TOPIC)
