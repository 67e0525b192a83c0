"""`course check` judges a notebook as its own checks would, and course notebooks reports what it would change."""

import shutil

import pytest

from course_lib.cli import check, command, notebooks
from course_lib.cli.places import ROOT
from course_lib.questions import load_topic

TOPIC = "03_energy_based_models"
POINTS = f"{sum(q.max_points for q in load_topic(TOPIC)):g}"


@pytest.mark.parametrize("kind, code, points", [("solutions", 0, POINTS), ("exercises", 1, "0")])
def test_a_notebook_is_judged(kind, code, points, capsys):
    path = ROOT / kind / TOPIC / f"{TOPIC}.ipynb"
    before = path.read_bytes()
    assert check.main([str(path)]) == code
    printed = capsys.readouterr().out
    assert f"{points} of {POINTS} points on the public cases" in printed and path.read_bytes() == before
    assert all(f"{question.name}: " in printed for question in load_topic(TOPIC))


@pytest.mark.parametrize("content, says", [(None, "where there is no file"), (b"{}", "names no known topic"),
                                           (f'checker("{TOPIC}")'.encode(), "its text breaks off or is damaged")])
def test_what_is_no_exercise_is_one_sentence(content, says, tmp_path, capsys):
    path = tmp_path / "mine.ipynb"
    if content is not None:
        path.write_bytes(content)
    assert command.main(["check", str(path)]) == 2
    printed = capsys.readouterr().err
    assert says in printed and len(printed.splitlines()) == 1


def test_notebooks_are_reported_or_mended(tmp_path, capsys):
    path = tmp_path / "exercises" / f"{TOPIC}.ipynb"
    path.parent.mkdir()
    shutil.copy(ROOT / "exercises" / TOPIC / path.name, path)
    assert notebooks.main(["--check", str(path)]) == 0
    spoilt = path.read_text(encoding="utf-8").replace('"python3"', '"mine"')
    path.write_text(spoilt, encoding="utf-8")
    assert notebooks.main(["--check", str(path)]) == 1 and path.read_text(encoding="utf-8") == spoilt
    assert notebooks.main([str(path)]) == 0 and '"python3"' in path.read_text(encoding="utf-8")
    assert "would be normalised" in capsys.readouterr().out and notebooks.main(["--check", str(path)]) == 0
