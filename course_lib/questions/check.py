"""check(name, answer): what the learner sees, at once, with the machinery that also marks.

Marking runs the notebook's cells with `STUBBED = True`: every check is then silent and judges nothing.
"""

import textwrap
from typing import Any

import torch

from course_lib.questions.contract import Marks, Question
from course_lib.questions.marking import mark
from course_lib.questions.quiet import quiet
from course_lib.questions.trial import run_trial, settled

STUBBED = False
PUBLIC_SEED = 20


class CheckFailed(AssertionError):
    """An answer is not right yet. `str(error)` is what the learner reads; a notebook shows nothing else."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def try_answer(question: Question, answer: Any, seed: int) -> Marks:
    """Draw the cases of `seed`, run the answer on each in this process and mark it."""
    with settled():  # the judge works in the learner's process, under whatever defaults were set there
        cases = question.cases(torch.Generator().manual_seed(seed))
    outcomes = [run_trial(question.probe, answer, case.inputs) for case in cases]
    with settled():
        return mark(question, cases, outcomes)


class Check:
    """The check of one topic's notebook: check(name, answer) returns None or raises `CheckFailed`."""

    def __init__(self, topic: str):
        self.topic = topic
        self.marks: dict[str, Marks] = {}

    def __call__(self, name: str, answer: Any) -> None:
        """Try `answer` on the public cases of question `name`. Prints one line if all points are earned."""
        if STUBBED:
            return
        from course_lib.questions import load_question

        question = load_question(self.topic, name)
        with quiet() as warned:
            marks = self.marks[name] = try_answer(question, answer, PUBLIC_SEED)
        if marks.points < marks.max_points:
            raise CheckFailed(_report(question, marks, warned))
        print(f"✓ {name}: {marks.points:g} of {marks.max_points:g} points")

    def summary(self) -> None:
        """Print the points of every question at its last check in this session."""
        if STUBBED:
            return
        from course_lib.questions import load_topic

        questions = load_topic(self.topic)
        for question in questions:
            marks = self.marks.get(question.name)
            points = f"{marks.points:g}" if marks else "–"
            print(f"{question.name:<24}{points:>4} of {question.max_points:g}")
        total = sum(marks.points for marks in self.marks.values())
        print(f"{'all':<24}{total:>4g} of {sum(q.max_points for q in questions):g}")


def make_check(topic: str) -> Check:
    """The check of `topic`; an unknown topic is an `InputError` at once."""
    from course_lib.questions import load_topic

    if not STUBBED:
        load_topic(topic)
    return Check(topic)


def _report(question: Question, marks: Marks, warned: list[str]) -> str:
    lines = [f"✗ {question.name}: {marks.points:g} of {marks.max_points:g} points so far"]
    lines += [textwrap.fill(message, 110, initial_indent="  ", subsequent_indent="    ") for message in marks.messages]
    lines += [f"  Python also warned: {text}" for text in warned[:1]]
    return "\n".join(lines)
