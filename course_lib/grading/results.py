"""The words for what became of a submission: one verdict a question, its points, and the sentences that say why."""

import math
import textwrap
from dataclasses import dataclass

PASSED = "passed"                # every case right
FAILED = "failed"                # the answer ran, and something it returned was wrong (points may be partial)
ERROR = "error"                  # the answer, or the cell that should define it, stopped with an exception
TIMEOUT = "timeout"              # it did not finish within its time
CRASHED = "crashed"              # it took the whole Python process with it
MISSING = "missing"              # the notebook defines no such name
NOT_ATTEMPTED = "not_attempted"  # the answer cell is as it was released
UNREADABLE = "unreadable"        # there was no notebook to read
INFRASTRUCTURE = "infrastructure"  # our fault: never a grade, only ever raised
VERDICTS = (PASSED, FAILED, ERROR, TIMEOUT, CRASHED, MISSING, NOT_ATTEMPTED, UNREADABLE, INFRASTRUCTURE)

READ, UNREADABLE_FILE, NO_FILE = "read", "unreadable", "missing"  # what intake could do with the file


class InfrastructureError(RuntimeError):
    """The marking itself does not work here. No mark may come of it: repair, then mark again."""


def wrapped(sentences: tuple[str, ...], indent: str = "  ") -> list[str]:
    """Each sentence in lines of at most 95 characters."""
    return [line for sentence in sentences
            for line in textwrap.wrap(sentence, 95, initial_indent=indent, subsequent_indent=indent + "  ")]


@dataclass(frozen=True)
class QuestionResult:
    """What one question earned. points is finite and within 0 ... max_points, whatever was passed in."""

    name: str
    verdict: str
    points: float
    max_points: float
    messages: tuple[str, ...] = ()

    def __post_init__(self):
        points = float(self.points) if math.isfinite(self.points) else 0.0
        object.__setattr__(self, "points", min(max(points, 0.0), float(self.max_points)))
        object.__setattr__(self, "messages", tuple(self.messages))

    @property
    def headline(self) -> str:
        """The mark in one line."""
        partly = self.verdict == FAILED and self.points > 0
        word = "partly right" if partly else self.verdict.replace("_", " ")
        return f"{self.points:g} of {self.max_points:g} points ({word})"

    @property
    def text(self) -> str:
        """What the learner reads: the headline and the sentences, in lines that a feedback page does not cut off."""
        return "\n".join([self.headline, *wrapped(self.messages)])


@dataclass(frozen=True)
class SubmissionResult:
    """What a whole notebook earned, question by question; `seconds` is what the marking took."""

    questions: tuple[QuestionResult, ...]
    remarks: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def points(self) -> float:
        return sum(question.points for question in self.questions)

    @property
    def max_points(self) -> float:
        return sum(question.max_points for question in self.questions)
