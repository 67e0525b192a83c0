"""Bring a whole notebook through the worker, whatever it does: what hangs or crashes is left out and the rest goes on.

Every question is tried where its test cell stands, with the names as the student's own check saw them, and once more
after the last cell unless the first trial was right: what is below may spoil a name, or bring a helper that was missing.
"""

import time
from collections.abc import Mapping

from course_lib.grading.definitions import ANY, WITHOUT_CALL, binds, definitions_only, reductions
from course_lib.grading.events import TOTAL, Guilt, IsRight, await_ready, follow
from course_lib.grading.limits import Limits
from course_lib.grading.observation import EARLY, LATE, Observation, Trial
from course_lib.grading.results import MISSING, InfrastructureError
from course_lib.grading.sandbox import SEPARATE_PROCESS, Sandbox
from course_lib.grading.worker_process import WorkerProcess

MAX_RESTARTS = 8


def observe(cells: list[str], questions: list[dict], limits: Limits = Limits(), sandbox: Sandbox = SEPARATE_PROCESS,
            places: Mapping[str, int] | None = None, is_right: IsRight = lambda name, outcomes: False) -> Observation:
    """Run the cells and try every question; restart without the guilty part after a hang or a crash.

    cells: sources, in order. questions: {"name", "probe", "cases": encoded inputs}. places: for a question, the number of
    the cell after which it is asked; one without a place is tried at the end only. is_right: tells whether outcomes earn
    full marks. Raises `InfrastructureError` if no worker gets ready, which is never the student's doing.
    """
    watch = _Watch(cells, questions, limits, sandbox, places or {}, is_right)
    watch.go_through()
    return watch.seen


class _Watch:
    """seen: what is known; pending: trials that are still to be made; sources: what is left of the cells."""

    def __init__(self, cells, questions, limits, sandbox, places, is_right):
        self.cells, self.questions, self.limits, self.sandbox = cells, questions, limits, sandbox
        self.places, self.is_right = places, is_right
        names = [question["name"] for question in questions]
        self.pending = [Trial(name, EARLY) for name in names if name in places] + [Trial(name, LATE) for name in names]
        self.seen = Observation()

    def go_through(self) -> None:
        """Workers until all is done, then at most two more for what restarts or the total time did not suffice for."""
        sources, shorter = list(self.cells), [iter(reductions(source)) for source in self.cells]
        deadline = time.monotonic() + self.limits.total_seconds
        for _ in range(1 + MAX_RESTARTS):
            guilt = self.run(sources, deadline)
            if guilt is not None and type(guilt.what) is int:
                sources[guilt.what] = next(shorter[guilt.what], "")
            if guilt is None or not self.pending:
                return
            if guilt.what == TOTAL:
                break
        self.last_resort(guilt)

    def run(self, sources: list[str], deadline: float | None) -> Guilt | None:
        """One worker. `deadline` None: question_seconds from when it is ready."""
        waiting = {name for name, _ in self.pending}
        request = {"cells": [{"source": source, "asked": [name for name, when in self.pending
                                                          if when == EARLY and self.places[name] == number]}
                             for number, source in enumerate(sources)],
                   "questions": [question for question in self.questions if question["name"] in waiting],
                   "late": [name for name, when in self.pending if when == LATE]}
        try:
            with WorkerProcess(request, self.limits, self.sandbox) as worker:
                await_ready(worker, self.limits)
                deadline = time.monotonic() + self.limits.question_seconds if deadline is None else deadline
                guilt = follow(worker, request, self.seen, self.pending, self.limits, deadline, self.is_right)
        except OSError as error:
            raise InfrastructureError(f"No worker process could be started here: {error}.") from error
        if guilt is not None:
            self.accuse(guilt)
        return guilt

    def accuse(self, guilt: Guilt) -> None:
        """Note the trouble. What is accused is not run again as it was."""
        if type(guilt.what) is int:
            self.seen.cell_troubles[guilt.what] = guilt.trouble
        elif guilt.what in self.pending:
            name, when = guilt.what
            self.seen.troubles[guilt.what] = guilt.trouble
            self.pending.remove(guilt.what)
            below = self.cells[self.places[name] + 1:] if when == EARLY else []
            if when == EARLY and not any(binds(source, name) for source in below):
                self.pending.remove(Trial(name, LATE))  # the same answer would hang or crash once more

    def last_resort(self, guilt: Guilt) -> None:
        """Try what is left with the definitions and constants of all cells: what is right there must not go unseen."""
        left = list(self.pending)
        why = (f"took longer than {self.limits.total_seconds:g} s" if guilt.what == TOTAL
               else f"hung or ended the Python process more than {MAX_RESTARTS} times")
        self.seen.remarks.append(f"The notebook {why}: answers that were not reached were tried with its imports, "
                                 "definitions and constants alone.")
        for assignments in (ANY, WITHOUT_CALL):
            if self.pending:
                self.run([definitions_only(source, assignments) for source in self.cells], None)
        for trial in left:
            if trial in self.pending or (trial in self.seen.troubles and self.seen.troubles[trial].verdict == MISSING):
                self.seen.troubles[trial] = guilt.trouble
