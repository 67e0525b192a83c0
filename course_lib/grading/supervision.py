"""Bring a whole notebook through the worker, whatever it does: what hangs or crashes is left out and the rest goes on.

Events of a worker, in order: ready; for each cell `cell` and perhaps `stopped`; for each question `question`, then
`missing` or an `outcome` for each case, then `answered`; at last `done`. They are claims of an untrusted process:
names, numbers and payloads are checked here, the outcomes themselves are judged elsewhere.
"""

import ast
import re
import time
from dataclasses import dataclass, field

from course_lib.grading.limits import Limits
from course_lib.grading.results import CRASHED, ERROR, MISSING, TIMEOUT, InfrastructureError
from course_lib.grading.sandbox import SEPARATE_PROCESS, Sandbox
from course_lib.grading.worker_process import ENDED, FLOODED, WorkerProcess
from course_lib.questions.boundary import decode

NO_OUTCOME = "this case was not reached."
MAX_RESTARTS = 8


@dataclass
class Trouble:
    """Why something has no outcome: one of ERROR, TIMEOUT, CRASHED, MISSING, and a sentence."""

    verdict: str
    message: str


@dataclass
class Observation:
    """outcomes: for every question that was tried, arrays or a sentence a case. troubles: by question and by cell."""

    outcomes: dict[str, list] = field(default_factory=dict)
    question_troubles: dict[str, Trouble] = field(default_factory=dict)
    cell_troubles: dict[int, Trouble] = field(default_factory=dict)


def observe(cells: list[str], questions: list[dict], limits: Limits = Limits(),
            sandbox: Sandbox = SEPARATE_PROCESS) -> Observation:
    """Run the cells and try every question; restart without the guilty part after a hang or a crash.

    cells: sources, in order. questions: {"name", "probe", "cases": encoded inputs}. Raises `InfrastructureError` if no
    worker gets ready, which is never the student's doing.
    """
    seen = Observation()
    sources, pending = list(cells), [question["name"] for question in questions]
    deadline = time.monotonic() + limits.total_seconds
    for _ in range(1 + MAX_RESTARTS):
        request = {"cells": [{"source": source} for source in sources],
                   "questions": [question for question in questions if question["name"] in pending]}
        try:
            with WorkerProcess(request, limits, sandbox) as worker:
                guilty = _follow(worker, request, seen, pending, limits, deadline)
        except OSError as error:
            raise InfrastructureError(f"No worker process could be started here: {error}.") from error
        if guilty is None or not pending:
            return seen
        kind, where, trouble = guilty
        if kind == "total":
            break
        if kind == "cell":
            again = where in seen.cell_troubles and seen.cell_troubles[where].verdict != ERROR
            sources[where] = "" if again else definitions_only(sources[where])
            seen.cell_troubles[where] = trouble
        else:
            seen.question_troubles[where] = trouble
            pending.remove(where)
        if not pending:
            return seen
    for name in pending:
        seen.question_troubles[name] = trouble
    return seen


def _follow(worker, request, seen, pending, limits, deadline):
    """Read one worker's events until it is done (None) or something is guilty: (kind, where, trouble)."""
    where, ends = ("start", None), time.monotonic() + limits.start_seconds
    while True:
        event = worker.next_event(min(ends, deadline) - time.monotonic())
        if event is None or event is ENDED or event is FLOODED:
            return _blame(event, where, worker, limits, deadline)
        name, kind = event.get("name"), event.get("event")
        if kind == "cell" and type(event.get("cell")) is int and 0 <= event["cell"] < len(request["cells"]):
            where, ends = ("cell", event["cell"]), time.monotonic() + limits.cell_seconds
        elif kind == "stopped" and where == ("cell", event.get("cell")):
            seen.cell_troubles.setdefault(where[1], Trouble(ERROR, _sentence(event.get("message"))))
        elif kind == "done" and not pending:
            return None
        elif type(name) is not str or name not in pending:
            continue
        elif kind == "question":
            where, ends = ("question", name), time.monotonic() + limits.question_seconds
            count = next(len(q["cases"]) for q in request["questions"] if q["name"] == name)
            seen.outcomes[name] = [NO_OUTCOME] * count
        elif kind == "missing":
            seen.question_troubles[name] = Trouble(MISSING, f"the notebook defines no `{name}`.")
        elif kind == "outcome" and where == ("question", name) and type(event.get("case")) is int:
            if 0 <= event["case"] < len(seen.outcomes[name]):
                seen.outcomes[name][event["case"]] = _outcome(event.get("outcome"))
        elif kind == "answered" and where == ("question", name):
            pending.remove(name)
            where, ends = ("question", pending[0] if pending else None), time.monotonic() + limits.question_seconds


def _blame(event, where, worker, limits, deadline):
    kind, what = where
    if event is None and time.monotonic() >= deadline:
        return "total", None, Trouble(TIMEOUT, f"the whole notebook took longer than {limits.total_seconds:g} s.")
    if kind == "start":
        how = f"not within {limits.start_seconds:g} s" if event is None else worker.ending()
        raise InfrastructureError(f"The worker process did not get ready ({how}). Run `course doctor`.")
    if event is None:
        seconds = limits.cell_seconds if kind == "cell" else limits.question_seconds
        trouble = Trouble(TIMEOUT, f"it did not finish within {seconds:g} s: is there a loop without an end?")
    elif event is FLOODED:
        trouble = Trouble(CRASHED, "it sent back more data than any answer needs.")
    else:
        trouble = Trouble(CRASHED, f"it ended the whole Python process ({worker.ending()}).")
    return ("cell", what, trouble) if kind == "cell" else ("question", what, trouble)


def _sentence(text: object) -> str:
    """A worker's sentence, at most 400 printable characters of it."""
    text = text if type(text) is str else "it stopped."
    return re.sub(r"[^\S ]|[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", text)[:400]


def _outcome(payload: object):
    """Arrays, or the sentence that stands for them."""
    if type(payload) is str:
        return _sentence(payload)
    try:
        return decode(payload)
    except (ValueError, TypeError, RecursionError):
        return "its result cannot be read."


def definitions_only(source: str) -> str:
    """What a cell that hangs or crashes may still do: import and define. Empty if it is not plain Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    keep = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    tree.body = [node for node in tree.body if isinstance(node, keep)]
    return ast.unparse(tree)
