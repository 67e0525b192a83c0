"""The judge's side: what happened in every case of a question -> points and sentences. No student's code runs here."""

from typing import Mapping, Sequence

import numpy as np

from course_lib.questions.contract import Case, Marks, Outputs, Question, Verdict
from course_lib.questions.trial import NOT_ATTEMPTED


def mark(question: Question, cases: Sequence[Case], outcomes: Sequence[Outputs | str]) -> Marks:
    """Judge every case and add up the parts: a part is earned if all its cases pass.

    outcomes: for each case the arrays of its trial, or the sentence that says why there are none.
    Messages: what is right so far, then for each part not earned the sentence of its first failing case.
    """
    if len(cases) != len(outcomes) or {case.part for case in cases} != set(question.parts):
        raise ValueError(f"{question.name}: every part needs cases and every case an outcome")
    failures: dict[str, str] = {}
    for case, outcome in zip(cases, outcomes):
        if case.part not in failures:
            verdict = judge_case(question, case, outcome)
            if not verdict.passed:
                failures[case.part] = verdict.message
    earned = [part for part in question.parts if part not in failures]
    points = float(sum(question.parts[part] for part in earned))
    return Marks(points, question.max_points, _messages(earned, failures))


def judge_case(question: Question, case: Case, outcome: Outputs | str) -> Verdict:
    """The verdict on one case. Outputs that no honest probe makes fail; they never stop the marking."""
    if isinstance(outcome, str):
        return Verdict(False, outcome)
    if not isinstance(outcome, Mapping) or not all(type(value) is np.ndarray for value in outcome.values()):
        return Verdict(False, "its result cannot be read.")
    try:
        with np.errstate(all="ignore"):
            return question.judge(case.inputs, outcome)
    except Exception as error:  # forged outputs: a missing key, an array of strings
        return Verdict(False, f"its result cannot be judged ({type(error).__name__}); if it is right, tell your instructor.")


def _messages(earned: list[str], failures: dict[str, str]) -> tuple[str, ...]:
    """Sentences in the order of the parts; parts that fail for one reason share one sentence."""
    if failures and not earned and set(failures.values()) == {NOT_ATTEMPTED}:
        return (NOT_ATTEMPTED,)
    together: dict[str, list[str]] = {}
    for part, message in failures.items():
        together.setdefault(message, []).append(part)
    right = [f"right so far: {', '.join(earned)}."] if earned and failures else []
    return tuple(right + [f"{', '.join(parts)}: {message}" for message, parts in together.items()])
