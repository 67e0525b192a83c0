"""The notebook and the questions say the same; the release is what nbgrader makes of the solutions."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from course_lib.questions import TOPICS, load_topic

ROOT = Path(__file__).resolve().parents[2]


def read(folder: str, topic: str):
    return nbformat.read(ROOT / folder / topic / f"{topic}.ipynb", as_version=4)


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("folder", ["solutions", "exercises"])
def test_graded_cells_are_one_call_and_carry_the_points_of_the_question(topic, folder):
    cells = read(folder, topic).cells
    graded = {c.metadata["nbgrader"]["grade_id"]: c for c in cells if c.metadata.get("nbgrader", {}).get("grade")}
    questions = load_topic(topic)
    assert list(graded) == [q.name for q in questions]
    for question in questions:
        cell = graded[question.name]
        assert cell.source == f'check("{question.name}", {question.name})'
        assert cell.metadata["nbgrader"]["points"] == question.max_points and cell.metadata["nbgrader"]["locked"]


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_each_task_states_its_contract(topic):
    cells = read("solutions", topic).cells
    for number, question in enumerate(load_topic(topic), 1):
        i = next(i for i, c in enumerate(cells) if c.metadata.get("nbgrader", {}).get("grade_id") == f"{question.name}_answer")
        task, answer, check = cells[i - 1].source, cells[i].source, cells[i + 1].source
        assert check.startswith("check(")
        assert task.startswith(f"## {number} · {question.title}\n\n{'★' * question.difficulty}")
        assert f"{question.minutes} minutes · {question.max_points:g} points" in task
        assert all(f"{part} {points:g}" in task for part, points in question.parts.items())
        assert all(f"`{name}`" in task for name in question.contract.arguments) and "*returns*" in task
        assert task.count("<details><summary>Hint") == 3 == task.count("</details>")
        assert f"def {question.contract.signature}:" in answer
        stub = answer.split("### BEGIN SOLUTION")[0]
        assert '"""' in stub and all(re.search(rf"^ +{name} ", stub, re.MULTILINE) for name in question.contract.arguments)


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_the_release_holds_no_solution(topic):
    text = (ROOT / "exercises" / topic / f"{topic}.ipynb").read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in text and text.count("raise NotImplementedError()") >= len(load_topic(topic))
    assert not [p for p in (ROOT / "solutions" / topic).rglob("*") if p.is_file() and p.suffix != ".ipynb"]


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_the_release_is_regenerated_exactly(topic, tmp_path):
    """nbgrader on a copy of the solutions gives the committed exercises, byte for byte."""
    source = tmp_path / "solutions" / topic
    source.mkdir(parents=True)
    (source / f"{topic}.ipynb").write_bytes((ROOT / "solutions" / topic / f"{topic}.ipynb").read_bytes())
    subprocess.run([sys.executable, "-m", "nbgrader", "generate_assignment", topic, "--no-db", "--force",
                    "--CourseDirectory.source_directory=solutions", "--CourseDirectory.release_directory=exercises"],
                   cwd=tmp_path, check=True, capture_output=True)
    made = (tmp_path / "exercises" / topic / f"{topic}.ipynb").read_bytes().replace(b"\r\n", b"\n")
    assert made == (ROOT / "exercises" / topic / f"{topic}.ipynb").read_bytes().replace(b"\r\n", b"\n")
