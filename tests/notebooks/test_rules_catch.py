"""Each house rule finds the defect it is there for, and leaves a sound notebook alone."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.notebooks import rules


def one(cell):
    return new_notebook(cells=[cell])


def code(source, *outputs, count=1, **metadata):
    return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)


def picture(**metadata):
    return new_output("display_data", data={"image/png": "aGk="}, metadata=metadata)


def printed(text):
    return new_output("stream", name="stdout", text=text)


SOUND = new_markdown_cell("![the energy of two wells](wells.png) and <img src='a.png' alt='two wells'> and $a[1](x)$")
DEFECTS = [
    (rules.wide_lines, one(code("x" * 122)), one(code("x" * 121))),
    (rules.long_cells, one(code("x = 1\n" * 26)), one(code("x = 1\n" * 25 + "\n\n"))),
    (rules.reaching_out, one(code("!ls")), one(code("a = b != c"))),
    (rules.reaching_out, one(code("%pip install torch")), one(code("%matplotlib inline"))),
    (rules.reaching_out, one(code("import sys\nsys.path.append('..')")), one(code("paths = [1]"))),
    (rules.reaching_out, one(code("os.chdir('/')")), one(code("x = os.cpu_count()"))),
    (
        rules.machine_paths,
        one(code("f()", printed("saved in /home/someone/course/x.png"))),
        one(code("f()", printed("and/or, 3 /home"))),
    ),
    (rules.machine_paths, one(code("f()", printed(r"C:\Users\someone"))), one(code("f()", printed("lectures/x.png")))),
    (
        rules.blind_images,
        one(code("f()", picture())),
        one(code("f()", picture(**{"image/png": {"alt": "Energy: two wells of equal depth"}}))),
    ),
    (rules.blind_images, one(new_markdown_cell("![](wells.png)")), one(SOUND)),
    (rules.blind_images, one(new_markdown_cell("<img src='wells.png'>")), one(SOUND)),
    (rules.unseen_checks, one(code("# NBVAL_CHECK_OUTPUT\nprint(1)")), one(code("# NBVAL_CHECK_OUTPUT\nprint(1)", printed("1")))),
    (rules.unseen_checks, one(code("# NBVAL_CHECK_OUTPUT\nprint(1)", printed("1"), count=None)), one(code("print(1)"))),
    (rules.unseen_checks, one(code("print(1)", tags=["nbval-check-output"])), one(code("print(1)", tags=["other"]))),
    (rules.leaked_answers, one(code("### BEGIN SOLUTION\nx = 1")), one(code("# YOUR CODE HERE\nraise NotImplementedError()"))),
    (rules.tolerated_errors, one(code("1 / 0", tags=["raises-exception"])), one(code("1 / 1", tags=["hide-input"]))),
]


@pytest.mark.parametrize("rule, bad, good", DEFECTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_defect_is_found_and_a_sound_cell_is_not(rule, bad, good):
    assert len(rule(bad)) == 1
    assert rule(good) == []


def test_links_are_followed(tmp_path):
    (tmp_path / "lectures").mkdir()
    (tmp_path / "solutions").mkdir()
    (tmp_path / "lectures" / "a b.ipynb").touch()
    (tmp_path / "solutions" / "c.ipynb").touch()
    path = tmp_path / "lectures" / "here.ipynb"
    links = {
        "a%20b.ipynb": 0,
        "a%20b.ipynb#part": 0,
        "#part": 0,
        "https://arxiv.org/abs/1": 0,
        "../solutions/c.ipynb": 1,
        "d.ipynb": 1,
    }
    for link, complaints in links.items():
        assert len(rules.broken_links(one(new_markdown_cell(f"[x]({link})")), path, [tmp_path / "lectures"])) == complaints, link


def lecture(cells=40, lines=2, checked=5, first_count=1):
    marks = ["# NBVAL_CHECK_OUTPUT\n" if i < checked else "" for i in range(cells // 2)]
    code_cells = [code(mark + "x = 1\n" * lines, printed("1"), count=first_count + i) for i, mark in enumerate(marks)]
    return new_notebook(cells=code_cells + [new_markdown_cell("text") for _ in range(cells - len(code_cells))])


@pytest.mark.parametrize("change", [{"cells": 28}, {"cells": 72}, {"lines": 6}, {"checked": 4}, {"first_count": 2}], ids=str)
def test_the_shape_of_a_lecture(change):
    assert rules.lecture_shape(lecture()) == []
    assert len(rules.lecture_shape(lecture(**change))) == 1


def test_an_error_in_a_lecture_is_found():
    notebook = lecture()
    notebook.cells[0].outputs = [new_output("error", ename="E", evalue="", traceback=[])]
    assert rules.lecture_shape(notebook) == [f"{notebook.cells[0].id}: an error in an output"]


def exercise(source='check("gap", gap)', name="gap", points=2, answer="gap_answer"):
    question = code(source, nbgrader={"grade": True, "solution": False, "grade_id": name, "points": points})
    return new_notebook(cells=[code("gap = 1", nbgrader={"grade": False, "solution": True, "grade_id": answer}), question])


def test_a_graded_cell_is_one_call_of_check():
    assert rules.ungraded(exercise(), {"gap": 2.0}) == []
    for source in (
        "assert gap == 1",
        'check("gap", 1)',
        'check("gap", gap) is None',
        'check("gap", gap)\n1',
        'check("other", gap)',
        'x = check("gap", gap)',
        "gap == 1",
        'check("gap", gap, 1)',
        'check("gap"',
    ):
        assert len(rules.ungraded(exercise(source), {"gap": 2.0})) == 1, source


def test_questions_and_cells_agree():
    assert rules.ungraded(exercise(), {"gap": 3.0}) != []
    assert rules.ungraded(exercise(), {"gap": 2.0, "other": 1.0}) != []
    assert rules.ungraded(exercise(answer="gap_solution"), {"gap": 2.0}) != []


def test_the_examples_here_are_notebooks():
    for _, bad, good in DEFECTS:
        nbformat.validate(bad)
        nbformat.validate(good)
