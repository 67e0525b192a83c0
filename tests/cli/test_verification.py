"""The steps of `course test` fail when they should: on a small course of their own, sound at first and then spoilt."""

import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.cli import verification
from course_lib.cli.places import ROOT
from course_lib.cli.verification import Outcome

SLUG = "01_small"
KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    """pytest inside pytest starts no workers of its own."""
    monkeypatch.setattr(verification, "usable_cores", lambda: 0)


def nbgrader_cell(source, grade_id, **claims):
    claims = {
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        "schema_version": 3,
        "cell_type": "code",
        **claims,
    }
    return new_code_cell(source, id=grade_id.replace("_", "-"), metadata={"nbgrader": {"grade_id": grade_id, **claims}})


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with one question and its generated exercise; every step looks at it."""
    root, scratch = tmp_path / "course", tmp_path / "scratch"
    scratch.mkdir()
    shutil.copytree(ROOT / "binder", root / "binder")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "lectures").mkdir()
    (root / "solutions" / SLUG).mkdir(parents=True)
    solution = new_notebook(
        metadata=KERNEL,
        cells=[
            nbgrader_cell("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", "x_answer", solution=True),
            nbgrader_cell("assert x == 1", "x", grade=True, locked=True, points=1),
        ],
    )
    nbformat.write(solution, root / "solutions" / SLUG / f"{SLUG}.ipynb")
    checked = new_code_cell(
        "# NBVAL_CHECK_OUTPUT\nprint(1)", id="one", execution_count=1, outputs=[nbformat.v4.new_output("stream", text="1\n")]
    )
    nbformat.write(new_notebook(metadata=KERNEL, cells=[checked]), root / "lectures" / f"{SLUG}.ipynb")
    monkeypatch.setattr(verification, "ROOT", root)
    code, text = verification.run(["nbgrader", "generate_assignment", SLUG, "--no-db"], scratch)
    assert code == 0, text
    return root, scratch


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_exercises_that_differ_from_their_source_are_found(course):
    root, scratch = course
    assert verification.generated(scratch)[:2] == (1, 0)
    edit(root / "solutions" / SLUG / f"{SLUG}.ipynb", "assert x == 1", "assert x == 2")
    outcome = verification.generated(scratch)
    assert outcome[:2] == (0, 1) and f"{SLUG}.ipynb differ" in outcome.details
    (root / "exercises" / "02_orphan").mkdir()
    assert verification.generated(scratch).failed == 2


def test_a_graded_cell_that_passes_unsolved_is_found(course):
    root, scratch = course
    assert verification.unsolved(scratch)[:2] == (1, 0)
    path = root / "exercises" / SLUG / f"{SLUG}.ipynb"
    edit(path, "raise NotImplementedError()", "x = 1")
    outcome = verification.unsolved(scratch)
    assert outcome[:2] == (0, 1) and "NOTEBOOK PASSED ON 1 CELL" in outcome.details


def test_cells_that_fail_or_print_something_else_are_found(course):
    root, scratch = course
    assert verification.executed(scratch)[:2] == (3, 0)
    edit(root / "lectures" / f"{SLUG}.ipynb", "print(1)", "print(2)")
    edit(root / "solutions" / SLUG / f"{SLUG}.ipynb", "x = 1", "x = 3")
    outcome = verification.executed(scratch)
    assert outcome[:2] == (1, 2) and "assert x == 1" in outcome.details
    shutil.rmtree(root / "lectures")
    assert verification.executed(scratch)[:2] == (0, 1)


@pytest.mark.skipif("sys.platform == 'win32'", reason="repo2docker does not run on Windows")
def test_a_binder_folder_that_cannot_be_built_is_found(course):
    root, scratch = course
    assert verification.binder(scratch)[:2] == (1, 0)
    shutil.rmtree(scratch / "course")
    (root / "binder" / "environment.yml").write_text("- not\n- a mapping\n", encoding="utf-8")
    assert verification.binder(scratch)[:2] == (0, 1)


def test_pytests_own_trouble_is_a_failure(tmp_path):
    """A file that cannot be collected, and a folder without tests."""
    (tmp_path / "test_broken.py").write_text("import no_such_module", encoding="utf-8")
    assert verification.run_pytest([str(tmp_path)], tmp_path, "tests").failed >= 1
    (tmp_path / "empty").mkdir()
    assert verification.run_pytest([str(tmp_path / "empty")], tmp_path, "tests")[:2] == (0, 1)
    (tmp_path / "test_broken.py").write_text("def test_one(): pass\ndef test_two(): assert False", encoding="utf-8")
    outcome = verification.run_pytest([str(tmp_path / "test_broken.py")], tmp_path, "tests")
    assert isinstance(outcome, Outcome) and outcome[:3] == (1, 1, 0) and "def test_two" in outcome.details
