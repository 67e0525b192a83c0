"""The trusted side: cases from the secret, answers from the worker, marks from the judge. No student's code runs here."""

import time
from pathlib import Path
from typing import Callable, NamedTuple

import nbformat
import torch
from nbformat import NotebookNode

from course_lib.grading.intake import defines
from course_lib.grading.limits import Limits
from course_lib.grading.observation import EARLY, LATE, NO_OUTCOME, Observation, Trial
from course_lib.grading.results import (CRASHED, ERROR, FAILED, MISSING, NOT_ATTEMPTED, PASSED, TIMEOUT,
                                        InfrastructureError, QuestionResult, SubmissionResult)
from course_lib.grading.sandbox import SEPARATE_PROCESS, Sandbox
from course_lib.grading.secret import course_secret, secret_seed
from course_lib.grading.shown import shown
from course_lib.grading.supervision import observe
from course_lib.questions import load_topic
from course_lib.questions.boundary import encode
from course_lib.questions.contract import Case, Question
from course_lib.questions.marking import mark
from course_lib.questions.trial import NOT_ATTEMPTED as NOT_ATTEMPTED_SENTENCE

Seeds = Callable[[str], int]


class CodeCell(NamedTuple):
    """What the worker runs: the source, the question it is meant to answer if nbgrader says so, and the questions whose
    test cells stand right below."""

    source: str
    answers: str | None
    asked: tuple[str, ...] = ()


def code_cells(notebook: NotebookNode) -> list[CodeCell]:
    """The code cells without the test cells, in order; a test cell is remembered by the cell before it."""
    cells: list[CodeCell] = []
    for cell in notebook.cells:
        claims = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            continue
        if not claims.get("grade") or claims.get("solution"):
            answers = claims["grade_id"].removesuffix("_answer") if claims.get("solution") else None
            cells.append(CodeCell(cell.source, answers))
        elif cells:  # above the first cell nothing is defined
            cells[-1] = cells[-1]._replace(asked=(*cells[-1].asked, claims["grade_id"]))
    return cells


def secret_seeds(root: Path, topic: str) -> Seeds:
    """The seed of each question of a topic, from the course's secret."""
    secret = course_secret(root)
    return lambda question: secret_seed(secret, topic, question)


def mark_cells(topic: str, cells: list[CodeCell], seeds: Seeds, limits: Limits = Limits(),
               sandbox: Sandbox = SEPARATE_PROCESS, remarks: tuple[str, ...] = ()) -> SubmissionResult:
    """Run the cells in a worker, try every question of the topic on the cases of its seed and judge what came back."""
    begun = time.monotonic()
    questions = {question.name: question for question in load_topic(topic)}
    cases = {name: q.cases(torch.Generator().manual_seed(seeds(name))) for name, q in questions.items()}
    sent = [{"name": name, "probe": q.probe, "cases": [encode(dict(case.inputs)) for case in cases[name]]}
            for name, q in questions.items()]
    places = {name: number for number, cell in enumerate(cells) for name in cell.asked}

    def is_right(name: str, outcomes: list) -> bool:
        marks = mark(questions[name], cases[name], outcomes)
        return marks.points == marks.max_points

    seen = observe([cell.source for cell in cells], sent, limits, sandbox, places, is_right)
    results = tuple(_judge(question, cases[name], cells, seen) for name, question in questions.items())
    return SubmissionResult(results, remarks + _notes(cells, seen), time.monotonic() - begun)


def nothing_to_mark(topic: str, verdict: str, remarks: tuple[str, ...]) -> SubmissionResult:
    """No points, and the reason with every question: the file is no notebook (UNREADABLE) or there is none (MISSING)."""
    return SubmissionResult(tuple(QuestionResult(q.name, verdict, 0.0, q.max_points, remarks)
                                  for q in load_topic(topic)), remarks)


def require_reference(topic: str, root: Path, solutions: str, limits: Limits, sandbox: Sandbox) -> SubmissionResult:
    """Mark the solution itself. Raises `InfrastructureError` unless it earns every point: then nothing may be marked."""
    path = root / solutions / topic / f"{topic}.ipynb"
    if not path.is_file():
        raise InfrastructureError(f"There is no solution {path}: run this in the root of the course.")
    notebook = nbformat.read(path, as_version=4)
    result = mark_cells(topic, code_cells(notebook), secret_seeds(root, topic), limits, sandbox)
    short = [f"{q.name}: {' '.join(q.messages)}" for q in result.questions if q.verdict != PASSED]
    if short:
        raise InfrastructureError(f"The solution of {topic} does not earn full marks here, so nothing was marked. "
                                  + " ".join(short))
    return result


def _judge(question: Question, cases: list[Case], cells: list[CodeCell], seen: Observation) -> QuestionResult:
    """The better of the two trials; of two equal ones the one that says more, then the one where the test cell stands."""
    trials = [trial for trial in (Trial(question.name, EARLY), Trial(question.name, LATE))
              if trial in seen.outcomes or trial in seen.troubles]
    if len(trials) == 2 and trials[0] in seen.troubles and seen.troubles[trials[0]].verdict == MISSING:
        trials = trials[1:]  # the test cell stands above the answer
    results = [_judge_trial(question, trial, cases, cells, seen) for trial in trials]
    order = (PASSED, FAILED, ERROR, TIMEOUT, CRASHED, NOT_ATTEMPTED, MISSING)
    return max(results, key=lambda result: (result.points, -order.index(result.verdict)))


def _judge_trial(question: Question, trial: Trial, cases: list[Case], cells: list[CodeCell],
                 seen: Observation) -> QuestionResult:
    """The marks for one trial: outcomes where there are some, the trouble's sentence where there are none."""
    outcomes = list(seen.outcomes.get(trial, [NO_OUTCOME] * len(cases)))
    trouble = seen.troubles.get(trial)
    verdict = None
    if trouble is not None:
        verdict, reason = trouble.verdict, trouble.message
        if verdict == MISSING:
            verdict, reason = _why_missing(question.name, cells, seen, reason)
        outcomes = [reason if outcome is NO_OUTCOME else outcome for outcome in outcomes]
    marks = mark(question, cases, outcomes)
    if marks.points == marks.max_points and verdict is None:
        verdict = PASSED
    elif marks.messages == (NOT_ATTEMPTED_SENTENCE,):
        verdict = NOT_ATTEMPTED
    elif verdict is None:
        verdict = ERROR if not marks.points and all(isinstance(o, str) for o in outcomes) else FAILED
    return QuestionResult(question.name, verdict, marks.points, marks.max_points, marks.messages)


def _why_missing(name: str, cells: list[CodeCell], seen: Observation, reason: str) -> tuple[str, str]:
    """A name is missing because the cell that should define it stopped, hung or crashed, or because there is none."""
    for number, cell in enumerate(cells):
        trouble = seen.cell_troubles.get(number)
        if trouble is not None and (cell.answers == name or defines(cell.source, name)):
            if trouble.message == NOT_ATTEMPTED_SENTENCE:
                return NOT_ATTEMPTED, trouble.message
            return trouble.verdict, f"the cell that should define it is at fault: {trouble.message}"
    return MISSING, reason


def _notes(cells: list[CodeCell], seen: Observation) -> tuple[str, ...]:
    """What happened to cells, as far as a reader needs it: an exception alone costs no points."""
    left_out = [f"The cell that begins with `{_first_line(cells[number].source)}` was left out: {trouble.message}"
                for number, trouble in sorted(seen.cell_troubles.items()) if trouble.verdict != ERROR]
    stopped = sum(trouble.verdict == ERROR and trouble.message != NOT_ATTEMPTED_SENTENCE
                  for trouble in seen.cell_troubles.values())
    said = f"{stopped} cell{'s' * (stopped > 1)} stopped with an exception, which alone costs no points."
    return (*seen.remarks, *left_out, *([said] if stopped else []))


def _first_line(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return shown(lines[0][:60]) if lines else ""
