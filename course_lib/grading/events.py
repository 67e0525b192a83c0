"""Read what one worker tells until it is done, or until something in it is guilty of a hang or a crash.

Events, in order: ready; for each cell `cell`, perhaps `stopped`, then the early trials of the questions asked there; after
the last cell the late trials. A trial: `question`, then `missing` or an `outcome` for each case, then `answered`. At last
`done`. They are claims of an untrusted process: names, numbers and payloads are checked here, the outcomes themselves are
judged elsewhere.
"""

import re
import time
from typing import Callable, NamedTuple

from course_lib.grading.limits import Limits
from course_lib.grading.observation import EARLY, LATE, NO_OUTCOME, Observation, Trial, Trouble
from course_lib.grading.results import CRASHED, ERROR, MISSING, TIMEOUT, InfrastructureError
from course_lib.grading.shown import shown
from course_lib.grading.worker_process import ENDED, FLOODED, WorkerProcess
from course_lib.questions.boundary import decode

IsRight = Callable[[str, list], bool]
TOTAL = "total"


class Guilt(NamedTuple):
    """What hung or crashed: a cell's number, a trial, the whole notebook (TOTAL), or None if nobody can tell."""

    what: int | Trial | str | None
    trouble: Trouble


def await_ready(worker: WorkerProcess, limits: Limits) -> None:
    """No student's code runs before the worker is ready, so if it does not get ready it is our fault."""
    event = worker.next_event(limits.start_seconds)
    if event is None or event is ENDED or event is FLOODED or event.get("event") != "ready":
        how = f"not within {limits.start_seconds:g} s" if event is None else worker.ending()
        raise InfrastructureError(f"The worker process did not get ready ({how}). Run `course doctor`.")


def follow(worker: WorkerProcess, request: dict, seen: Observation, pending: list[Trial], limits: Limits,
           deadline: float, is_right: IsRight) -> Guilt | None:
    """Enter a ready worker's events into `seen`, and take the trials that have ended out of `pending`.

    The late trial is not needed where `is_right(name, outcomes)` holds for the early one. Returns None if all is done.
    """
    cases = {question["name"]: len(question["cases"]) for question in request["questions"]}
    asked = [Trial(name, EARLY) for cell in request["cells"] for name in cell["asked"]]
    asked += [Trial(name, LATE) for name in request["late"]]
    where, ends = None, time.monotonic() + limits.cell_seconds
    while True:
        left = min(ends, deadline) - time.monotonic()
        event = worker.next_event(left) if left > 0 else None  # lines that wait in the queue do not prolong anything
        if event is None or event is ENDED or event is FLOODED:
            return _blame(event, where, worker, seen, limits, deadline)
        kind, number, trial = event.get("event"), event.get("cell"), Trial(event.get("name"), event.get("when"))
        if kind == "cell" and type(number) is int and 0 <= number < len(request["cells"]):
            where, ends = number, time.monotonic() + limits.cell_seconds
        elif kind == "stopped" and type(number) is int and where == number:
            seen.cell_troubles.setdefault(number, Trouble(ERROR, _sentence(event.get("message"))))
        elif kind == "done" and not pending:
            return None
        elif trial not in asked:
            continue
        elif kind == "question":
            if trial.when == LATE and not pending:
                return None  # the cells have run, and what is left to try would change no mark
            where, ends = trial, time.monotonic() + limits.question_seconds
            if trial in pending:
                seen.outcomes[trial] = [NO_OUTCOME] * cases[trial.name]
                seen.troubles.pop(trial, None)  # of a worker that ended in the middle of it
        elif where == trial:
            ends = time.monotonic() + limits.question_seconds
            if trial in pending:
                _enter(kind, event, trial, seen, pending, is_right)


def _enter(kind: object, event: dict, trial: Trial, seen: Observation, pending: list[Trial], is_right: IsRight) -> None:
    """An event of the trial that is on."""
    outcomes = seen.outcomes[trial]
    if kind == "missing":
        seen.troubles[trial] = Trouble(MISSING, f"the notebook defines no `{trial.name}`.")
    elif kind == "outcome" and type(event.get("case")) is int and 0 <= event["case"] < len(outcomes):
        outcomes[event["case"]] = _outcome(event.get("outcome"))
    elif kind == "answered":
        pending.remove(trial)
        late = Trial(trial.name, LATE)
        if late in pending and is_right(trial.name, outcomes):
            pending.remove(late)


def _blame(event: object, where: int | Trial | None, worker: WorkerProcess, seen: Observation, limits: Limits,
           deadline: float) -> Guilt:
    if event is None and time.monotonic() >= deadline:
        return Guilt(TOTAL, Trouble(TIMEOUT, f"the whole notebook took longer than {limits.total_seconds:g} s."))
    if event is FLOODED:
        return Guilt(where, Trouble(CRASHED, "it sent back more data than any answer needs."))
    if event is ENDED:
        return Guilt(where, Trouble(CRASHED, f"it ended the whole Python process ({worker.ending()})."))
    seconds = limits.question_seconds if isinstance(where, Trial) else limits.cell_seconds
    outcomes = seen.outcomes.get(where, []) if isinstance(where, Trial) else []
    reached = sum(outcome is not NO_OUTCOME for outcome in outcomes)
    if reached:
        said = (f"it answered {reached} of {len(outcomes)} cases and did not finish the next within {seconds:g} s: "
                "is it slow, or is there a loop without an end?")
    else:
        said = f"it did not finish within {seconds:g} s: is there a loop without an end?"
    return Guilt(where, Trouble(TIMEOUT, said))


def _sentence(text: object) -> str:
    """A worker's sentence, at most 400 printable characters of it."""
    text = text if type(text) is str else "it stopped."
    return shown(re.sub(r"\s", " ", text[:400]))


def _outcome(payload: object):
    """Arrays, or the sentence that stands for them."""
    if type(payload) is str:
        return _sentence(payload)
    try:
        return decode(payload)
    except (ValueError, TypeError, RecursionError):
        return "its result cannot be read."
