"""The trusted side: the secret, its cases, the words for what came back, and when nothing may be marked."""

import os
import stat

import nbformat
import numpy as np
import pytest
import torch

from course_lib.grading.limits import Limits
from course_lib.grading.marking import CodeCell, _judge, code_cells, mark_cells, require_reference
from course_lib.grading.nbgrader_seam import load_released, points_that_differ
from course_lib.grading.observation import EARLY, LATE, NO_OUTCOME, Observation, Trial, Trouble
from course_lib.grading.results import CRASHED, ERROR, FAILED, MISSING, NOT_ATTEMPTED, PASSED, TIMEOUT, InfrastructureError
from course_lib.grading.sandbox import SEPARATE_PROCESS
from course_lib.grading.secret import course_secret, secret_seed
from course_lib.questions import load_question, load_topic
from course_lib.questions.boundary import decode, encode
from course_lib.questions.check import PUBLIC_SEED
from course_lib.questions.trial import NOT_ATTEMPTED as NOT_ATTEMPTED_SENTENCE
from course_lib.questions.trial import run_trial
from tests.grading.sample_class.course import REPOSITORY
from tests.grading.sample_class.notebooks import TOPIC, Material, find

MATERIAL = Material(REPOSITORY)


def test_the_secret_is_made_once_and_for_the_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_SECRET", raising=False)
    first = course_secret(tmp_path)
    assert len(first) >= 32 and course_secret(tmp_path) == first and course_secret(tmp_path.parent) != first
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / ".course_secret").stat().st_mode) == 0o600
    monkeypatch.setenv("COURSE_SECRET", "another secret of length")
    assert course_secret(tmp_path) == b"another secret of length"
    monkeypatch.setenv("COURSE_SECRET", "short")
    with pytest.raises(InfrastructureError, match="at least 16"):
        course_secret(tmp_path)


def test_every_question_has_its_own_seed_and_keeps_it():
    seeds = {(secret, topic, q): secret_seed(secret, topic, q) for secret in (b"a" * 16, b"b" * 16)
             for topic in ("t", "u") for q in ("x", "y")}
    assert len(set(seeds.values())) == 8 and all(0 <= seed < 2**63 for seed in seeds.values())
    # HMAC-SHA256 as computed by another program: printf t/x | openssl dgst -sha256 -hmac aaaaaaaaaaaaaaaa
    assert seeds[b"a" * 16, "t", "x"] == 0x5EDF0A81CC0FA36E >> 1


def test_the_released_notebook_gives_the_points_of_the_questions():
    assert points_that_differ(MATERIAL.released, TOPIC) == points_that_differ(MATERIAL.solution, TOPIC) == []


@pytest.mark.parametrize("change, words", [
    (lambda nb: find(nb, "normalizable").metadata.nbgrader.update(points=5), "gives 5 points and the question 2"),
    (lambda nb: find(nb, "normalizable").metadata.nbgrader.update(grade_id="other"), "other is no question"),
    (lambda nb: nb.cells.remove(find(nb, "normalizable")), "normalizable has no graded cell")])
def test_the_lint_tells_what_differs(change, words):
    nb = MATERIAL.notebook()
    change(nb)
    assert words in " ".join(points_that_differ(nb, TOPIC))


def test_nothing_is_marked_without_a_released_notebook(tmp_path):
    with pytest.raises(InfrastructureError, match="course release"):
        load_released(tmp_path, TOPIC)


def test_nothing_is_marked_if_the_solution_falls_short(tmp_path):
    """A broken torch, a question that changed: never a grade, one sentence that names the question."""
    nb = MATERIAL.notebook(normalizable="def normalizable(coefficients):\n    return True")
    place = tmp_path / "solutions" / TOPIC
    place.mkdir(parents=True)
    nbformat.write(nb, place / f"{TOPIC}.ipynb")
    with pytest.raises(InfrastructureError, match="does not earn full marks here.*normalizable"):
        require_reference(TOPIC, tmp_path, "solutions", Limits(), SEPARATE_PROCESS)


def test_marks_do_not_depend_on_when_and_how_often():
    """The same notebook, marked twice and on the public cases: the same words each time."""
    cells = code_cells(MATERIAL.notebook(natural_parameters="def natural_parameters(x):\n    return x[:2]"))
    first, again = (mark_cells(TOPIC, cells, lambda question: 12345) for _ in range(2))
    assert first.questions == again.questions and first.points == 17
    assert {q.name: q.verdict for q in mark_cells(TOPIC, cells, lambda question: PUBLIC_SEED).questions} == {
        q.name: q.verdict for q in first.questions}


QUESTION = load_question(TOPIC, "normalizable")
CASES = QUESTION.cases(torch.Generator().manual_seed(5))


def right(c):
    present = [k for k, value in enumerate(c) if value]
    return bool(present) and present[-1] >= 2 and present[-1] % 2 == 0 and c[present[-1]] > 0


def outcomes(answer):
    return [run_trial(QUESTION.probe, answer, case.inputs) for case in CASES]


def judged(trouble=None, cell_trouble=None, answers=None, seen=None, source="def normalizable(c): ..."):
    observation = Observation()
    if seen is not None:
        observation.outcomes[Trial("normalizable", LATE)] = seen
    if trouble is not None:
        observation.troubles[Trial("normalizable", LATE)] = trouble
    if cell_trouble is not None:
        observation.cell_troubles[0] = cell_trouble
    return _judge(QUESTION, CASES, [CodeCell(source, answers)], observation)


def test_words_for_what_came_back():
    """Each word of the vocabulary, from what leads to it."""
    missing = Trouble(MISSING, "the notebook defines no `normalizable`.")
    assert (judged(seen=outcomes(right)).verdict, judged(seen=outcomes(right)).points) == (PASSED, 2)
    assert (judged(seen=outcomes(lambda c: True)).verdict, judged(seen=outcomes(lambda c: True)).points) == (FAILED, 0)
    assert judged(seen=outcomes(lambda c: 1 / 0)).verdict == ERROR
    assert "ZeroDivisionError" in " ".join(judged(seen=outcomes(lambda c: 1 / 0)).messages)
    assert judged(trouble=missing).verdict == MISSING
    assert judged(trouble=missing, cell_trouble=Trouble(ERROR, "NameError")).verdict == ERROR
    assert judged(trouble=missing, cell_trouble=Trouble(TIMEOUT, "60 s")).verdict == TIMEOUT
    assert judged(trouble=missing, cell_trouble=Trouble(ERROR, "NameError"), source="x = 1").verdict == MISSING
    assert judged(trouble=missing, cell_trouble=Trouble(ERROR, "NameError"), source="x", answers="normalizable").verdict == ERROR
    assert judged(trouble=missing, cell_trouble=Trouble(ERROR, NOT_ATTEMPTED_SENTENCE)).verdict == NOT_ATTEMPTED
    assert judged(trouble=Trouble(CRASHED, "it is gone.")).messages[0].endswith("it is gone.")


def test_what_was_finished_before_a_hang_still_counts():
    """The cases of one part passed, then the answer hung: that part is earned."""
    seen = outcomes(right)
    first_part = CASES[0].part
    partial = [outcome if case.part == first_part else NO_OUTCOME for case, outcome in zip(CASES, seen)]
    result = judged(trouble=Trouble(TIMEOUT, "it did not finish."), seen=partial)
    assert (result.verdict, result.points) == (TIMEOUT, QUESTION.parts[first_part])


@pytest.mark.parametrize("forged", [{}, {"finite": np.zeros(3)}, {"other": 1}, [1], "text"])
def test_outcomes_that_no_probe_makes_earn_nothing_and_stop_nothing(forged):
    result = judged(seen=[forged] * len(CASES))
    assert result.points == 0 and result.verdict in (FAILED, ERROR) and result.messages


def test_all_topics_cases_can_cross_the_boundary():
    """Every case of every question is plain data, bit for bit."""
    for question in load_topic(TOPIC):
        for case in question.cases(torch.Generator().manual_seed(3)):
            there = decode(encode(dict(case.inputs)))
            np.testing.assert_equal(there, dict(case.inputs))
