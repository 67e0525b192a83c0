"""Every committed notebook keeps the house rules."""

import json

import nbformat
import pytest

from course_lib.cli.normalise import normalised_text
from course_lib.cli.places import KINDS, ROOT, module_name, notebooks
from course_lib.questions import TOPICS, load_topic
from tests.notebooks import rules

LECTURES, SOLUTIONS, EXERCISES = (notebooks(kind) for kind in KINDS)
BIGGEST = 2_000_000  # bytes


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda p: p.relative_to(ROOT).as_posix())


def read(path):
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks_of_every_kind():
    assert LECTURES and SOLUTIONS and EXERCISES


@each(LECTURES + SOLUTIONS + EXERCISES)
def test_is_kept_in_its_form(path):
    assert normalised_text(path).encode("utf-8") == path.read_bytes(), "run `python3 course.py notebooks`"
    assert path.stat().st_size < BIGGEST


@each(LECTURES + SOLUTIONS + EXERCISES)
def test_is_a_valid_notebook(path):
    nbformat.validate(json.loads(path.read_text(encoding="utf-8")))


@each(LECTURES + SOLUTIONS + EXERCISES)
@pytest.mark.parametrize(
    "rule",
    [rules.long_cells, rules.wide_lines, rules.reaching_out, rules.machine_paths, rules.blind_images, rules.unseen_checks],
    ids=lambda rule: rule.__name__,
)
def test_keeps_the_rule(path, rule):
    assert rule(read(path)) == []


@each(LECTURES + SOLUTIONS + EXERCISES)
def test_links_lead_somewhere(path):
    copied = None if path in SOLUTIONS else [ROOT / "lectures", ROOT / "exercises"]
    assert rules.broken_links(read(path), path, copied) == []


@each(LECTURES)
def test_lecture_has_its_shape(path):
    assert rules.lecture_shape(read(path)) == []


@each(LECTURES)
def test_lecture_leads_to_its_exercises(path):
    assert f"../exercises/{path.stem}/{path.stem}.ipynb" in path.read_text(encoding="utf-8")


@each(EXERCISES)
def test_exercise_gives_no_answer_away(path):
    assert rules.leaked_answers(read(path)) == []


@each(SOLUTIONS)
def test_solution_tolerates_no_error(path):
    assert rules.tolerated_errors(read(path)) == []


@each(SOLUTIONS + EXERCISES)
def test_graded_cells_are_the_questions(path):
    assert rules.ungraded(read(path), {q.name: q.max_points for q in load_topic(path.stem)}) == []
    assert f'checker(\\"{path.stem}\\")' in path.read_text(encoding="utf-8")


def test_one_slug_names_a_topic_everywhere():
    slugs = {path.stem for path in SOLUTIONS}
    assert slugs == {path.stem for path in LECTURES} == {path.stem for path in EXERCISES} == set(TOPICS)
    assert [p.relative_to(ROOT).as_posix() for p in LECTURES] == [f"lectures/{slug}.ipynb" for slug in sorted(slugs)]
    for kind, paths in (("solutions", SOLUTIONS), ("exercises", EXERCISES)):
        assert [p.relative_to(ROOT).as_posix() for p in paths] == [f"{kind}/{slug}/{slug}.ipynb" for slug in sorted(slugs)]
    for slug in slugs:
        assert TOPICS[slug] == f"course_lib.questions.{module_name(slug)}"
        assert (ROOT / "tests" / "answers" / slug).is_dir()


def test_nothing_but_the_notebook_is_published_with_an_exercise():
    """nbgrader copies everything that lies beside a solution into the release."""
    assert {
        p.suffix
        for folder in ("solutions", "exercises")
        for p in (ROOT / folder).rglob("*")
        if p.is_file() and ".ipynb_checkpoints" not in p.parts
    } == {".ipynb"}
