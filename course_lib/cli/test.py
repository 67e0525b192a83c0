"""`course test`: everything that must hold, in order. All steps run even when one fails; the last line counts them all."""

import argparse
import tempfile
import time
from pathlib import Path

from course_lib.cli.verification import STEPS, Outcome


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="course test",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="steps:\n" + "\n".join(f"  {name:<12}{step.__doc__}" for name, step in STEPS.items()),
    )
    parser.add_argument("--only", action="append", choices=STEPS, metavar="STEP", help="run this step (may be repeated)")
    options = parser.parse_args(arguments)
    outcomes: dict[str, Outcome] = {}
    seconds: dict[str, float] = {}
    for name in [name for name in STEPS if not options.only or name in options.only]:
        print(f"{name}: {STEPS[name].__doc__}", flush=True)
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="course-test-", ignore_cleanup_errors=True) as scratch:
            try:
                outcome = STEPS[name](Path(scratch))
            except Exception as error:  # a step that breaks is a failed step, not the end of the run
                outcome = Outcome(0, 1, 0, f"{type(error).__name__}: {error}")
        if outcome.passed + outcome.failed == 0 and not outcome.skipped:
            outcome = Outcome(0, 1, 0, f"{outcome.details}\nNothing ran, and that counts as a failure.".strip())
        outcomes[name], seconds[name] = outcome, time.monotonic() - start
        print(
            f"  {outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped in {seconds[name]:.0f} s", flush=True
        )
        for note in outcome.notes:
            print(f"  {note}", flush=True)
    return summary(outcomes, seconds)


def summary(outcomes: dict[str, Outcome], seconds: dict[str, float]) -> int:
    """Print what failed, the table, and the one line that counts; returns 0 only if something passed and nothing failed."""
    for name, outcome in outcomes.items():
        if outcome.failed:
            print(f"\n----- {name}: what failed -----\n{outcome.details}")
    print(f"\n{'step':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}  what is counted")
    for name, outcome in outcomes.items():
        print(f"{name:<12}{outcome.passed:>8}{outcome.failed:>8}{outcome.skipped:>9}{seconds[name]:>9.0f}  {outcome.unit}")
    passed, failed, skipped = (sum(getattr(o, part) for o in outcomes.values()) for part in ("passed", "failed", "skipped"))
    print(f"\n{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 0 if passed and not failed else 1
