"""The CSV: what a spreadsheet may not run, and what a name may hold."""

import csv
import io

import pytest

from course_lib.grading.export import to_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "\n=1"])
def test_no_cell_begins_like_a_formula(text):
    ((cell,),) = csv.reader(io.StringIO(to_csv([[text]]), newline=""))
    assert cell == "'" + text.replace("\r", "\n")


def test_commas_quotes_lines_and_numbers():
    row = ["Ann, B.", 'said "x"', "two\nlines", 2.5, -1.0, 0.0, "Übung", ""]
    (read,) = csv.reader(io.StringIO(to_csv([row]), newline=""))
    assert read == ["Ann, B.", 'said "x"', "two\nlines", "2.5", "-1", "0", "Übung", ""]
