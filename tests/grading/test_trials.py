"""A question is tried where its test cell stands and once more at the end; the better trial counts."""

import pytest
import torch

from course_lib.grading import supervision
from course_lib.grading.limits import Limits
from course_lib.grading.marking import CodeCell, _judge, code_cells, mark_cells
from course_lib.grading.observation import EARLY, LATE, Observation, Trial, Trouble
from course_lib.grading.results import CRASHED, ERROR, FAILED, MISSING, NOT_ATTEMPTED, PASSED, TIMEOUT
from course_lib.grading.supervision import observe
from course_lib.questions import load_question
from course_lib.questions.boundary import encode
from course_lib.questions.trial import NOT_ATTEMPTED as NOT_ATTEMPTED_SENTENCE
from course_lib.questions.trial import run_trial
from tests.grading.sample_class.answers import WRONG_NORMALIZABLE
from tests.grading.sample_class.course import REPOSITORY
from tests.grading.sample_class.notebooks import TOPIC, Material, add_code, find

MATERIAL = Material(REPOSITORY)
ROOMY = Limits(cell_seconds=60, question_seconds=60, total_seconds=300)
YES = "def {}(c): return True"


def ask(*names: str) -> list[dict]:
    probe = "course_lib.questions.probes.energy_based_models:normalizable"
    return [{"name": name, "probe": probe, "cases": [encode({"polynomials": [[0.0, 1.0]]})]} for name in names]


def says_true(name, outcomes) -> bool:
    return all(isinstance(outcome, dict) and bool(outcome["finite"].all()) for outcome in outcomes)


def marked(notebook):
    return mark_cells(TOPIC, code_cells(notebook), lambda question: 12345, ROOMY)


def test_names_used_again_below_spoil_nothing():
    """Honest notebooks: a list named like the function that made it, a constant of two questions, `sum = 3`."""
    nb = MATERIAL.notebook(natural_parameters="K = 2\n" + MATERIAL.right["natural_parameters"].replace("2 *", "K *"))
    assert "K *" in find(nb, "natural_parameters_answer").source
    add_code(nb, "normalizable = [normalizable([0.0, c]) for c in (1.0, 2.0)]\nK = 10\nsum = 3\ntorch = math = None")
    result = marked(nb)
    assert result.points == 19 and {question.verdict for question in result.questions} == {PASSED}


def test_the_better_of_the_two_trials_counts():
    """Corrected below, spoiled below, and a helper that is defined below."""
    nb = MATERIAL.notebook(normalizable=WRONG_NORMALIZABLE, natural_parameters="def natural_parameters(x):\n    return fit(x)")
    add_code(nb, MATERIAL.right["normalizable"])
    add_code(nb, "def log_partition(energies, cell_volume):\n    return energies")
    add_code(nb, MATERIAL.right["natural_parameters"].replace("def natural_parameters", "def fit"))
    assert marked(nb).points == 19


def test_a_test_cell_is_remembered_by_the_cell_before_it():
    nb = MATERIAL.notebook()
    cells = code_cells(nb)
    assert {cell.answers: cell.asked for cell in cells if cell.asked} == {name: (name,) for name in MATERIAL.right}
    nb.cells = [find(nb, "normalizable"), *(cell for cell in nb.cells if cell is not find(nb, "normalizable"))]
    assert "normalizable" not in [name for cell in code_cells(nb) for name in cell.asked]


def test_a_hang_or_a_crash_costs_one_trial():
    """What was right before stays so, is not tried again, and later cells go on; the late trial of what hung is made only if
    the name is defined again below."""
    cells = [YES.format("a"), "def b(c):\n    while True: pass", "import os\ndef gone(c):\n    os._exit(3)",
             "a = b = None\n" + YES.format("d"), YES.format("late")]
    places = {"a": 0, "b": 1, "gone": 2, "d": 3, "late": 3}
    limits = Limits(cell_seconds=60, question_seconds=3, total_seconds=300)
    seen = observe(cells, ask(*places), limits, places=places, is_right=says_true)
    assert {trial: trouble.verdict for trial, trouble in seen.troubles.items()} == {
        ("b", EARLY): TIMEOUT, ("gone", EARLY): CRASHED, ("late", EARLY): MISSING}
    assert {trial for trial, outcomes in seen.outcomes.items() if says_true("", outcomes)} == {
        ("a", EARLY), ("d", EARLY), ("late", LATE)}
    assert set(seen.outcomes) - set(seen.troubles) == {("a", EARLY), ("d", EARLY), ("late", LATE), ("b", LATE)}
    assert "Expected a function" in seen.outcomes["b", LATE][0]


def test_a_late_hang_of_what_is_right_costs_nobody_anything():
    """`a` is right where it is asked; its late trial, which hangs, is blamed on nobody else."""
    cells = [YES.format("a"), "def a(c):\n    while True: pass", YES.format("z")]
    limits = Limits(cell_seconds=60, question_seconds=3, total_seconds=300)
    seen = observe(cells, ask("a", "z"), limits, places={"a": 0}, is_right=says_true)
    assert not seen.troubles and says_true("", seen.outcomes["a", EARLY]) and says_true("", seen.outcomes["z", LATE])


def test_what_restarts_do_not_reach_is_tried_from_its_definitions(monkeypatch):
    monkeypatch.setattr(supervision, "MAX_RESTARTS", 1)
    cells = [*["import os\nos._exit(1)"] * 4, "K = 2\nimport os\ndef a(c): return K == 2\nos._exit(1)"]
    seen = observe(cells, ask("a", "b"), ROOMY, places={"a": 4}, is_right=says_true)
    assert says_true("", seen.outcomes["a", EARLY]) and ("a", LATE) not in seen.troubles
    assert seen.troubles["b", LATE].verdict == CRASHED and "more than 1 times" in seen.remarks[0]


def test_a_right_notebook_loses_nothing_to_cells_below_it():
    """Everything is answered when the last cell hangs: no restart, no second run of the cells."""
    limits = Limits(cell_seconds=4, question_seconds=60, total_seconds=300)
    starts = []
    counting = supervision.Sandbox("counting", lambda command, folder: starts.append(1) or command)
    seen = observe([YES.format("a"), "while True: pass"], ask("a"), limits, counting, {"a": 0}, says_true)
    assert len(starts) == 1 and seen.cell_troubles[1].verdict == TIMEOUT and not seen.troubles and not seen.remarks


QUESTION = load_question(TOPIC, "normalizable")
CASES = QUESTION.cases(torch.Generator().manual_seed(5))


def half_right(c):
    """Trailing zeros count as degree: one of the two parts."""
    return len(c) > 2 and len(c) % 2 == 1 and next((a for a in reversed(c) if a), 0) > 0


@pytest.mark.parametrize("early, late, verdict, points", [
    (lambda c: True, half_right, FAILED, 1), (half_right, lambda c: True, FAILED, 1), (half_right, 3, FAILED, 1),
    (lambda c: 1 / 0, lambda c: True, FAILED, 0), (lambda c: True, lambda c: 1 / 0, FAILED, 0),
    (Trouble(MISSING, "no"), lambda c: 1 / 0, ERROR, 0), (Trouble(TIMEOUT, "slow"), None, TIMEOUT, 0),
    ([NOT_ATTEMPTED_SENTENCE] * len(CASES), lambda c: True, FAILED, 0),
    ([NOT_ATTEMPTED_SENTENCE] * len(CASES), Trouble(MISSING, "no"), NOT_ATTEMPTED, 0)])
def test_which_of_two_trials_is_told(early, late, verdict, points):
    """More points first; then the trial that says more."""
    seen = Observation()
    for when, came in ((EARLY, early), (LATE, late)):
        trial = Trial(QUESTION.name, when)
        if isinstance(came, Trouble):
            seen.troubles[trial] = came
        elif came is not None:
            seen.outcomes[trial] = came if isinstance(came, list) else [run_trial(QUESTION.probe, came, case.inputs)
                                                                         for case in CASES]
    result = _judge(QUESTION, CASES, [CodeCell("x = 1", None)], seen)
    assert (result.verdict, result.points) == (verdict, points)
