"""Normalising mends each defect, changes nothing else, and a second time changes nothing at all."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.cli.normalise import as_text, is_word_id, keeps_outputs, normalise
from course_lib.cli.places import ROOT


def messy():
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "IntSlider()"}
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# The partition function"),
            new_code_cell(
                "import torch  # seed",
                execution_count=7,
                metadata={"execution": {"iopub.execute_input": "2026"}, "scrolled": True},
                outputs=[
                    new_output("stream", name="stdout", text="one\n"),
                    new_output("stream", name="stderr", text="warning"),
                    new_output("stream", name="stdout", text=f"two {ROOT}/lectures/a.png\n"),
                    new_output("display_data", data=view),
                    new_output("execute_result", data={"text/plain": "3"}, execution_count=7),
                ],
            ),
            new_code_cell("   "),
            new_code_cell(
                "check('gap', gap)", execution_count=12, metadata={"nbgrader": {"grade": True, "grade_id": "gap"}, "tags": []}
            ),
            new_code_cell("x = 1"),
        ],
        metadata={
            "kernelspec": {"name": "my-env", "display_name": "mine"},
            "widgets": {"state": {}},
            "celltoolbar": "None",
            "language_info": {"name": "python", "version": "3.12.1"},
        },
    )
    notebook.cells[3]["id"] = "gap-check"
    return notebook


def test_a_lecture_keeps_its_outputs_and_loses_the_machine():
    cells = normalise(messy(), outputs=True).cells
    result = cells[1]
    assert [o.output_type for o in result.outputs] == ["stream", "execute_result"]
    assert result.outputs[0].text == "one\ntwo lectures/a.png\n"
    assert [cell.get("execution_count") for cell in cells] == [None, 1, 2, None]
    assert result.outputs[1].execution_count == 1 and result.metadata == {}


def test_exercises_and_solutions_keep_no_outputs():
    for cell in normalise(messy(), outputs=False).cells[1:]:
        assert cell.outputs == [] and cell.execution_count is None


def test_only_lectures_keep_outputs():
    assert keeps_outputs(ROOT / "lectures" / "a.ipynb")
    assert not keeps_outputs(ROOT / "solutions" / "a" / "a.ipynb") and not keeps_outputs(ROOT / "exercises" / "a" / "a.ipynb")


def test_metadata_are_the_kernel_and_what_nbgrader_needs():
    notebook = normalise(messy(), outputs=True)
    assert set(notebook.metadata) == {"kernelspec", "language_info"} and notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info == {"name": "python"}
    assert notebook.cells[2].metadata == {"nbgrader": {"grade": True, "grade_id": "gap"}}


def test_ids_become_words_and_words_stay():
    ids = [cell.id for cell in normalise(messy(), outputs=True).cells]
    assert ids == ["partition-function", "torch-seed", "gap-check", "x"]
    assert all(map(is_word_id, ids))


def test_ids_are_unique_and_one_that_is_taken_is_not_taken_again():
    notebook = new_notebook(
        cells=[new_code_cell("gap"), new_code_cell("gap"), new_code_cell("1 + 1"), new_code_cell("later"), new_code_cell("f")]
    )
    notebook.cells[3]["id"], notebook.cells[4]["id"] = "gap", "gap"
    ids = [cell.id for cell in normalise(notebook, outputs=True).cells]
    assert len(set(ids)) == 5 and ids[3] == "gap" and all(map(is_word_id, ids))


def test_what_counts_as_words():
    assert all(map(is_word_id, ["energy", "log-partition-2", "e-step", "x1"]))
    assert not any(map(is_word_id, ["a1b2c3d4", "deadbeef-1f", "Energy", "log_z", "2d", "-x", "x--y", ""]))


def test_twice_is_once_and_the_argument_stays_as_it_was():
    notebook = messy()
    before = as_text(notebook)
    for outputs in (True, False):
        once = normalise(notebook, outputs)
        assert as_text(normalise(nbformat.reads(as_text(once), as_version=4), outputs)) == as_text(once)
        nbformat.validate(once)
    assert as_text(notebook) == before


def test_the_text_is_stable():
    text = as_text(normalise(messy(), outputs=True))
    assert text.endswith("}\n") and not text.endswith("\n\n") and '\n "cells": [' in text and "\r" not in text
