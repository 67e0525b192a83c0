"""What nbgrader reads from the outputs of a test cell: its own traps, and that ours are read as exactly our number."""

import math

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.utils import determine_grade

from course_lib.grading.nbgrader_seam import write_marks
from course_lib.grading.results import FAILED, VERDICTS, QuestionResult, SubmissionResult


def test_cell(*outputs):
    claims = {"grade": True, "solution": False, "locked": True, "points": 5, "grade_id": "question", "schema_version": 3}
    return new_code_cell("check()", outputs=list(outputs), metadata={"nbgrader": claims})


test_cell.__test__ = False


@pytest.mark.parametrize("text, points", [("False", 5), ("nan", 5), ("-3", 5), ("tensor(0.)", 5)])
def test_stock_nbgrader_gives_full_marks_for_odd_results(text, points):
    """Why a student's own output may never be read. If this fails, nbgrader has changed: read determine_grade again."""
    assert determine_grade(test_cell(new_output("execute_result", data={"text/plain": text}))) == (points, 5)


def test_stock_nbgrader_gives_full_marks_for_silence():
    assert determine_grade(test_cell()) == (5, 5)


@pytest.mark.parametrize("points", [0, 1e-9, 1 / 3, 2.5, 5, 5.0000001, 1e300, -1, math.nan, math.inf, -math.inf])
def test_our_outputs_are_read_as_our_number(points):
    cell = test_cell(new_output("execute_result", data={"text/plain": "5"}), new_output("stream", name="stderr", text="!"))
    result = QuestionResult("question", FAILED, points, 5.0, ("It says 5/5; 4.0",))
    nb = new_notebook(cells=[cell])
    write_marks(nb, "topic", SubmissionResult((result,)))
    expected = min(max(points, 0.0), 5.0) if math.isfinite(points) else 0.0
    assert determine_grade(nb.cells[1]) == (expected, 5)


def test_words_of_verdicts_differ():
    assert len(set(VERDICTS)) == len(VERDICTS) == 9
