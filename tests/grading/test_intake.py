"""take_in: any bytes in, one marked-able notebook out."""

import json
import random

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from course_lib.grading.intake import defines, take_in
from course_lib.grading.reading import MAX_BYTES, MAX_SOURCE, MAX_TEXT
from course_lib.grading.results import NO_FILE, READ, UNREADABLE_FILE
from tests.grading.sample_class.course import REPOSITORY
from tests.grading.sample_class.notebooks import Material, find, grade_id, to_bytes

MATERIAL = Material(REPOSITORY)
TESTS = [grade_id(cell) for cell in MATERIAL.released.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def assert_markable(notebook):
    """Valid for nbformat and nbgrader, every test cell once and as released, no output of anybody's."""
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    for name in TESTS:
        cells = [cell for cell in notebook.cells if grade_id(cell) == name]
        assert len(cells) == 1 and cells[0] == {**find(MATERIAL.released, name), "id": cells[0].id}
    assert not any(cell.get("outputs") for cell in notebook.cells)
    notebook.metadata["x"] = "y"
    assert "x" not in MATERIAL.released.metadata  # nothing shared with the next student


@pytest.mark.parametrize("data, words", [
    (b"   \n", "empty"), (b"\x89PNG\r\n\x1a\n\x00", "not text"), (b"<<<<<<< HEAD\n{}", "damaged at line 1"),
    (b"[1, 2]", "no cells"),
    (b'{"cells": {}}', "no cells"), (b'{"worksheets": [3, {"cells": 4}]}', "no cells"), (b'{"cells": []}', "no cells"),
    (b"[" * 200_000, "damaged"), (b'{"cells": [' + b'"x",' * 3000 + b'"x"]}', "3001 cells"), (b"1" * 5000, "damaged"),
    (b" " * MAX_BYTES + b"{}", "MB")])
def test_what_is_no_notebook(data, words):
    taken = take_in(data, MATERIAL.released)
    assert taken.status == UNREADABLE_FILE and words in taken.remarks[0] and len(taken.remarks) == 1
    kind = "The notebook is too long: " if words in ("3001 cells", "MB") else "The file is not a notebook: "
    assert taken.remarks[0].startswith(kind)
    assert_markable(taken.notebook)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_editors_save(encoding):
    nb = MATERIAL.notebook()
    nb.cells.append(nbformat.v4.new_markdown_cell("Über 作业"))
    data = json.dumps(nb, ensure_ascii=False)
    taken, plain = take_in(data.encode(encoding), MATERIAL.released), take_in(data.encode("utf-8"), MATERIAL.released)
    assert taken == plain and taken.status == READ and taken.notebook.cells[-1].source == "Über 作业"


def test_text_cells_have_a_limit_together_and_code_cells_have_not():
    nb = MATERIAL.notebook()
    nb.cells += [nbformat.v4.new_markdown_cell("t" * (MAX_TEXT // 4)) for _ in range(6)]
    nb.cells += [nbformat.v4.new_code_cell("#" * MAX_SOURCE) for _ in range(2)]
    taken = take_in(to_bytes(nb), MATERIAL.released)
    sizes = [len(cell.source) for cell in taken.notebook.cells[-8:]]
    assert sizes == [MAX_TEXT // 4] * 4 + [0, 0] + [MAX_SOURCE] * 2 and "2 text cells were left out" in taken.remarks[0]
    assert_markable(taken.notebook)


def test_tags_that_steer_a_terminal():
    nb = MATERIAL.notebook()
    find(nb, "normalizable").metadata["tags"] = ["\x1b[2Jgone", "\u202e", "\ud800"]
    taken = take_in(to_bytes(nb), MATERIAL.released)
    assert "?[2Jgone, ?, ?" in taken.remarks[0] and taken.remarks[0].isprintable()


def test_no_file():
    taken = take_in(None, MATERIAL.released)
    assert taken.status == NO_FILE and "No notebook was handed in" in taken.remarks[0]
    assert_markable(taken.notebook)


def test_an_honest_notebook_passes_unchanged_and_without_remarks():
    taken = take_in(to_bytes(MATERIAL.solution), MATERIAL.released)
    assert taken.status == READ and taken.remarks == ()
    assert [cell.source for cell in taken.notebook.cells] == [cell.source for cell in MATERIAL.solution.cells]
    assert_markable(taken.notebook)


def test_cells_of_ones_own_stay_where_they_are():
    nb = MATERIAL.notebook()
    nb.cells.insert(4, nbformat.v4.new_code_cell("mine = 1"))
    nb.cells.append(nbformat.v4.new_raw_cell("<script>raw</script>"))
    taken = take_in(to_bytes(nb), MATERIAL.released).notebook
    sources = [cell.source for cell in taken.cells if cell.cell_type == "code"]
    assert sources == [cell.source for cell in nb.cells if cell.cell_type == "code"]
    assert taken.cells[-1].cell_type == "markdown" and taken.cells[-1].source == "    <script>raw</script>"


def test_answers_pasted_into_a_new_notebook_are_recognised():
    """All metadata lost: cells are known by what they say."""
    nb = MATERIAL.notebook()
    for cell in nb.cells:
        cell.metadata = {}
    taken = take_in(to_bytes(nb), MATERIAL.released)
    assert taken.remarks == () and {grade_id(cell) for cell in taken.notebook.cells} >= {*TESTS, "log_partition_answer"}
    assert_markable(taken.notebook)


def test_a_changed_test_cell_keeps_the_students_lines_as_an_ordinary_cell():
    nb = MATERIAL.notebook()
    find(nb, "normalizable").source = "mine = 3"
    taken = take_in(to_bytes(nb), MATERIAL.released)
    assert "changed" in taken.remarks[0]
    assert [grade_id(cell) for cell in taken.notebook.cells if cell.source == "mine = 3"] == [""]
    assert_markable(taken.notebook)


def test_lone_surrogates_and_endless_cells_can_be_written():
    nb = json.loads(to_bytes(MATERIAL.notebook()))
    nb["cells"] += [{"cell_type": "code", "source": "x = '\ud800'"}, {"cell_type": "code", "source": "y" * (MAX_SOURCE + 1)}]
    taken = take_in(json.dumps(nb).encode(), MATERIAL.released)
    assert nbformat.writes(taken.notebook).encode("utf-8") and "200001 characters" in taken.remarks[0]
    assert_markable(taken.notebook)


def spoil(value, dice: random.Random, junk=(None, 0, -1.5, "", "x", [], {}, [[]], {"grade_id": 3}, True)):
    """A copy of plain data in which a few places hold something else."""
    if dice.random() < 0.02:
        return dice.choice(junk)
    if isinstance(value, dict):
        return {key: spoil(item, dice) for key, item in value.items() if dice.random() > 0.02}
    if isinstance(value, list):
        return [spoil(item, dice) for item in value for _ in range(dice.choice((1, 1, 1, 1, 1, 1, 1, 1, 0, 2)))]
    return value


@pytest.mark.parametrize("seed", range(60))
def test_nothing_stops_it(seed):
    """Structural and textual damage at random (fixed seeds): never an exception, always a markable notebook."""
    dice = random.Random(seed)
    data = bytearray(json.dumps(spoil(json.loads(to_bytes(MATERIAL.solution)), dice)).encode())
    if seed % 2:
        for _ in range(dice.randrange(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
    assert_markable(take_in(bytes(data), MATERIAL.released).notebook)


@pytest.mark.parametrize("source, found", [
    ("def f(x):\n    return x", True), ("f = lambda x: x", True), ("f: object = g", True), ("async def f(): pass", True),
    ("class f:\n    pass", True), ("    def f(): pass", False), ("print(f)", False), ("f == g", False), ("fg = 1", False),
    ("def fg(): pass", False)])
def test_defines(source, found):
    assert defines(source, "f") is found
