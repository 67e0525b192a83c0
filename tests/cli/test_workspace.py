"""The learner's copy: what they wrote is never touched, what they did not write is kept up to date."""

import json

import pytest

from course_lib.cli.workspace import MANIFEST, update

LECTURE, EXERCISE = "lectures/03_energy.ipynb", "exercises/03_energy/03_energy.ipynb"


@pytest.fixture
def course(tmp_path):
    """(root, work): a course with one lecture and one exercise, not yet delivered."""
    for name in (LECTURE, EXERCISE):
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"version 1 of " + name.encode())
    return tmp_path / "course", tmp_path / "course" / "work"


def snapshot(work):
    return {p.relative_to(work).as_posix(): p.read_bytes() for p in work.rglob("*") if p.is_file() and p.name != MANIFEST}


def test_first_delivery_is_everything_that_is_not_hidden(course):
    root, work = course
    (root / "lectures" / ".ipynb_checkpoints").mkdir()
    (root / "lectures" / ".ipynb_checkpoints" / "x.ipynb").write_bytes(b"")
    report = update(root, work)
    assert sorted(report.new) == sorted([LECTURE, EXERCISE]) and sorted(snapshot(work)) == sorted([LECTURE, EXERCISE])
    assert report.sentences() == ["Your copy of the course: 2 new."]


def test_a_second_delivery_does_nothing_and_says_nothing(course):
    update(*course)
    before = snapshot(course[1])
    assert update(*course).sentences() == [] and snapshot(course[1]) == before


def test_an_untouched_file_is_updated_and_a_new_one_comes(course):
    root, work = course
    update(root, work)
    (root / LECTURE).write_bytes(b"version 2")
    (root / "lectures" / "04_monte_carlo.ipynb").write_bytes(b"new")
    report = update(root, work)
    assert (report.updated, report.new, report.beside) == ([LECTURE], ["lectures/04_monte_carlo.ipynb"], [])
    assert (work / LECTURE).read_bytes() == b"version 2"


def test_what_the_learner_wrote_stays_and_the_new_version_lies_beside_it_once(course):
    root, work = course
    update(root, work)
    (work / LECTURE).write_bytes(b"mine")
    assert update(root, work).sentences() == []
    (root / LECTURE).write_bytes(b"version 2")
    report = update(root, work)
    beside = work / "lectures" / "03_energy (new version).ipynb"
    assert (work / LECTURE).read_bytes() == b"mine" and beside.read_bytes() == b"version 2"
    (sentence,) = report.sentences()
    assert "03_energy (new version).ipynb" in sentence and LECTURE in sentence
    assert update(root, work).sentences() == []
    beside.unlink()
    assert update(root, work).sentences() == [] and not beside.exists()


def test_an_edited_new_version_is_not_overwritten_either(course):
    root, work = course
    update(root, work)
    (work / LECTURE).write_bytes(b"mine")
    (root / LECTURE).write_bytes(b"version 2")
    update(root, work)
    beside = work / "lectures" / "03_energy (new version).ipynb"
    beside.write_bytes(b"mine too")
    (root / LECTURE).write_bytes(b"version 3")
    update(root, work)
    assert beside.read_bytes() == b"mine too" and (work / LECTURE).read_bytes() == b"mine"
    assert (work / "lectures" / "03_energy (new version 2).ipynb").read_bytes() == b"version 3"


def test_taking_the_new_version_makes_the_file_the_courses_again(course):
    root, work = course
    update(root, work)
    (work / LECTURE).write_bytes(b"mine")
    (root / LECTURE).write_bytes(b"version 2")
    update(root, work)
    (work / LECTURE).write_bytes(b"version 2")
    update(root, work)
    (root / LECTURE).write_bytes(b"version 3")
    assert update(root, work).updated == [LECTURE]


def test_what_was_deleted_comes_back_only_when_asked(course):
    root, work = course
    update(root, work)
    (work / EXERCISE).unlink()
    report = update(root, work)
    assert not (work / EXERCISE).exists() and report.missing == [EXERCISE] and "--restore" in report.sentences()[0]
    assert update(root, work, restore=True).new == [EXERCISE] and (work / EXERCISE).exists()


def notebook(source, printed, **metadata):
    cell = {"cell_type": "code", "id": "a", "metadata": metadata, "source": [source], "outputs": [printed], "execution_count": 1}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


def test_a_notebook_that_was_only_run_is_still_the_courses(course):
    root, work = course
    (root / LECTURE).write_bytes(notebook("x = 1", "1"))
    update(root, work)
    run = notebook("x = 1", "mine", language_info={"version": "3.12"})
    (work / LECTURE).write_bytes(run)
    assert update(root, work).sentences() == [] and (work / LECTURE).read_bytes() == run
    (root / LECTURE).write_bytes(notebook("x = 2", "2"))
    assert update(root, work).updated == [LECTURE]


def test_a_notebook_in_which_one_letter_was_written_is_the_learners(course):
    root, work = course
    (root / LECTURE).write_bytes(notebook("x = 1", "1"))
    update(root, work)
    (work / LECTURE).write_bytes(notebook("y = 1", "1"))
    (root / LECTURE).write_bytes(notebook("x = 2", "2"))
    assert len(update(root, work).beside) == 1 and (work / LECTURE).read_bytes() == notebook("y = 1", "1")


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"delivered": 3, "said": {}, "offered": {}}', None])
def test_without_a_manifest_every_file_counts_as_the_learners(course, damage):
    root, work = course
    update(root, work)
    (work / LECTURE).write_bytes(b"mine")
    (work / MANIFEST).unlink() if damage is None else (work / MANIFEST).write_bytes(damage)
    update(root, work)
    assert (work / LECTURE).read_bytes() == b"mine"
    assert json.loads((work / MANIFEST).read_text())["delivered"].keys() == {EXERCISE}
