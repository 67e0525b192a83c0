"""check() in the notebook: one line or one clear sentence, nothing on standard error, nothing left behind."""

import os
import random
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

import course_lib.questions.check as check_module
from course_lib.inputs import InputError
from course_lib.questions import checker, load_question, load_topic
from course_lib.questions.check import CheckFailed
from course_lib.questions.contract import Case, Marks
from course_lib.questions.marking import judge_case, mark
from course_lib.questions.trial import NOT_ATTEMPTED, run_trial, settled

TOPIC = "03_energy_based_models"


@pytest.fixture
def check():
    return checker(TOPIC)


def right(energies, cell_volume):
    return torch.logsumexp(-energies, -1) + np.log(cell_volume)


def complaint(check, answer, name="log_partition") -> str:
    with pytest.raises(CheckFailed) as caught:
        check(name, answer)
    assert caught.value._render_traceback_() == [str(caught.value)]
    return str(caught.value)


def test_a_right_answer_prints_one_line_and_returns_none(check, capfd):
    assert check("log_partition", right) is None
    assert capfd.readouterr() == ("✓ log_partition: 2 of 2 points\n", "")


def test_a_partly_right_answer_is_told_what_is_right(check):
    text = complaint(check, lambda u, v: torch.log(torch.exp(-u).sum(-1) * v))
    assert text.splitlines()[0] == "✗ log_partition: 1 of 2 points so far"
    assert "right so far: formula." in text and "over- or underflows" in text


def test_nothing_reaches_standard_error(check, capfd):
    def noisy(energies, cell_volume):
        warnings.warn("mind the gap")
        print("python", file=sys.stderr)
        os.write(2, b"from C++\n")
        return right(energies, cell_volume)

    check("log_partition", noisy)
    assert capfd.readouterr().err == ""
    os.write(2, b"back\n")
    print("again", file=sys.stderr)
    assert capfd.readouterr().err == "back\nagain\n"


def test_warnings_are_shown_with_a_failure(check):
    def wrong(energies, cell_volume):
        warnings.warn("mind the gap", UserWarning)
        return energies

    assert "Python also warned: UserWarning: mind the gap" in complaint(check, wrong)


def own_mistake(energies, cell_volume):
    return energies.no_such_method()


def leave(energies, cell_volume):
    sys.exit(3)


def unwritten(energies, cell_volume):
    raise NotImplementedError()


class Rude(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")


def rude(energies, cell_volume):
    raise Rude


@pytest.mark.parametrize("answer, fragments", [
    (own_mistake, ["AttributeError", "no_such_method", "`return energies.no_such_method()`"]),
    (leave, ["SystemExit: 3"]), (rude, ["with Rude"]), (unwritten, ["not attempted yet"]),
    (lambda energies: energies, ["cannot be called as asked for", "2 were given"]),
    (3.5, ["Expected a function", "type float"]), (None, ["Expected a function", "NoneType"]),
    (lambda u, v: None, ["None", "return"]), (torch.logsumexp, ["TypeError"]),
])
def test_what_goes_wrong_becomes_a_sentence(check, answer, fragments):
    text = complaint(check, answer)
    unwrapped = " ".join(text.split())
    assert all(fragment in unwrapped for fragment in fragments), text
    assert len(text.splitlines()) <= 8 and max(map(len, text.splitlines())) <= 110


def test_an_untouched_question_gets_one_sentence(check):
    text = complaint(check, unwritten)
    assert text == f"✗ log_partition: 0 of 2 points so far\n  {NOT_ATTEMPTED}"


def test_an_interrupt_passes_through(check):
    def endless(energies, cell_volume):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("log_partition", endless)


def test_changed_inputs_do_not_reach_the_judge():
    question = load_question(TOPIC, "log_partition")
    case = question.cases(torch.Generator().manual_seed(0))[0]
    before = case.inputs["energies"].copy()

    def cheat(energies, cell_volume):
        energies[:] = 0
        return torch.zeros(energies.shape[:-1])

    assert not judge_case(question, case, run_trial(question.probe, cheat, case.inputs)).passed
    assert np.array_equal(case.inputs["energies"], before)


def test_global_settings_are_defaults_inside_and_back_afterwards():
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()
    try:
        with settled():
            assert torch.get_default_dtype() == torch.float32 and torch.is_grad_enabled()
            torch.set_default_dtype(torch.float16)
            torch.set_grad_enabled(False)
            torch.manual_seed(9), torch.rand(3), random.random(), np.random.rand()
        assert torch.get_default_dtype() == torch.float64 and not torch.is_grad_enabled()
        assert torch.equal(torch.get_rng_state(), states[0]) and random.getstate() == states[1]
        assert np.array_equal(np.random.get_state()[1], states[2])
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)


def test_a_default_device_that_is_not_there_costs_nothing():
    """torch.set_default_device("cuda") in a notebook that is then marked without a GPU."""
    absent = next(name for name in ("cuda", "xpu") if not getattr(torch, name).is_available())
    question = load_question(TOPIC, "log_partition")
    try:
        torch.set_default_device(absent)
        marks = check_module.try_answer(question, right, 1)
        torch.set_default_device(absent)
        with settled():
            torch.set_default_device(absent)
        assert torch.zeros(1).device.type == "cpu"
    finally:
        torch.set_default_device(None)
    assert marks.points == marks.max_points


def test_unknown_names_are_told_with_the_known_ones(check):
    with pytest.raises(InputError, match="99_nothing.*03_energy_based_models"):
        checker("99_nothing")
    with pytest.raises(InputError, match="log_z.*log_partition, normalizable"):
        check("log_z", right)


def test_in_marking_the_check_is_silent(check, monkeypatch, capfd):
    monkeypatch.setattr(check_module, "STUBBED", True)
    assert check("log_partition", None) is None and check("no such question", 1) is None
    assert checker("99_nothing").summary() is None
    assert capfd.readouterr().out == ""


def test_the_summary_adds_up(check, capsys):
    check("log_partition", right)
    complaint(check, lambda c: True, "normalizable")
    capsys.readouterr()
    check.summary()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["log_partition", "2", "of", "2"] and lines[1].split() == ["normalizable", "0", "of", "2"]
    assert lines[2].split() == ["natural_parameters", "–", "of", "2"] and lines[-1].split() == ["all", "2", "of", "19"]


def test_the_students_process_loads_no_judge():
    program = ("import sys; from course_lib.questions.contract import load_probe; import course_lib.questions.trial; "
               "load_probe('course_lib.questions.probes.energy_based_models:langevin_step'); "
               "print([m for m in sys.modules if m.startswith('course_lib.questions.energy') or 'compare' in m.split('.')])")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])})
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("outcome", ["it took too long.", {}, {"log_z": np.array(["a"])}, {"log_z": [1.0]}, None, 5,
                                     {"log_z": np.zeros((0, 0))}, {"log_z": np.full(3, np.nan)}])
def test_forged_outputs_earn_nothing_and_stop_nothing(outcome):
    for question in load_topic(TOPIC):
        cases = question.cases(torch.Generator().manual_seed(3))
        marks = mark(question, cases, [outcome] * len(cases))
        assert marks.points == 0 and marks.max_points == question.max_points and marks.messages


def test_marks_count_whole_parts_and_join_equal_messages():
    question = load_question(TOPIC, "langevin_step")
    cases = [Case(part, {}) for part in ("drift", "noise", "clean")]
    assert mark(question, cases, ["late.", "late.", "lost."]) == Marks(0.0, 3.0, ("drift, noise: late.", "clean: lost."))
    with pytest.raises(ValueError, match="every part needs cases"):
        mark(question, cases[:2], ["late.", "late."])
