"""A bar of text that says how far a run is, how fast, and how long it will take."""

import time
from typing import Callable

WIDTH = 24  # of the bar, in characters
QUIET = 2.0  # seconds: a run that is over by then has no speed worth telling


class ProgressBar:
    """One line on standard output that rewrites itself: bar(done, total) or bar(done, total, acceptance).

    done / total is the share of the steps made; after two seconds the line also shows steps a second, the mean
    acceptance rate if it is given, and the seconds left at the mean speed so far, (total - done) / speed. A resumed run
    is timed from where it went on. clock: a function that returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.began: tuple[float, int] | None = None  # seconds and steps at the first report
        self.width = 0

    def __call__(self, done: int, total: int, acceptance: float | None = None) -> None:
        """Rewrite the line; the last report, done == total, ends it."""
        now = self.clock()
        self.began = self.began or (now, done)
        seconds, steps = now - self.began[0], done - self.began[1]
        text = f"{done} of {total} steps"
        if seconds >= QUIET and steps > 0:
            speed = steps / seconds
            filled = WIDTH * done // total
            last = f"{_duration(seconds)} in all" if done == total else f"{_duration((total - done) / speed)} left"
            parts = [f"{speed:.3g} steps/s" if speed < 100 else f"{speed:.0f} steps/s", last]
            if acceptance is not None:
                parts.insert(1, f"acceptance {acceptance:.2f}")
            text += f" [{'#' * filled}{'.' * (WIDTH - filled)}] {', '.join(parts)}"
        blank = " " * max(0, self.width - len(text))  # what is left of a longer line before
        self.width = len(text)
        print(f"\r{text}{blank}", end="\n" if done == total else "", flush=True)


def _duration(seconds: float) -> str:
    """Seconds as people say them: 8 s, 2 min 05 s, 3 h 20 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
