"""`course reproduce`: compute the numbers that a lecture claims, and stamp them with versions, seed, budget and machine."""

import argparse
import importlib
import importlib.metadata
import inspect
import platform
import time
from datetime import datetime, timezone
from itertools import groupby
from pkgutil import iter_modules

import course_lib
from course_lib import experiments
from course_lib.cli.machine import usable_cores
from course_lib.cli.places import module_name
from course_lib.inputs import require


def known_topics() -> list[str]:
    """The modules of course_lib.experiments that have a table."""
    names = (module.name for module in iter_modules(experiments.__path__))
    return [name for name in names if hasattr(importlib.import_module(f"course_lib.experiments.{name}"), "table")]


def as_markdown(rows: list) -> str:
    """Rows of one NamedTuple type as a table; numbers with four decimals, times with one."""

    def show(name: str, value: object) -> str:
        return f"{value:.{1 if name == 'seconds' else 4}f}" if isinstance(value, float) else str(value)

    names = rows[0]._fields
    cells = [list(names), *([show(name, value) for name, value in zip(names, row)] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(names))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def stamp(options: argparse.Namespace, seconds: float) -> str:
    """Where the numbers come from, in two lines."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("torch", "numpy")]
    machine = f"{platform.system()} {platform.machine()}, {usable_cores()} cores, device {options.device}"
    return (f"{'short' if options.short else 'full'} budget, seed {options.seed}, {seconds:.0f} s, "
            f"{datetime.now(timezone.utc):%Y-%m-%d}\ncourse_lib {course_lib.__version__}, Python {platform.python_version()}, "
            f"{', '.join(versions)}; {machine}")


def main(arguments: list[str]) -> int:
    known = known_topics()
    parser = argparse.ArgumentParser(prog="course reproduce", description=__doc__)
    parser.add_argument("topic", help="one of " + ", ".join(known))
    parser.add_argument("--short", action="store_true", help="a small budget, to see that everything runs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1, mps")
    options = parser.parse_args(arguments)
    name = module_name(options.topic)
    require(name in known, "a topic with a table of numbers", options.topic, f"the known ones are {', '.join(known)}")
    table = importlib.import_module(f"course_lib.experiments.{name}").table
    start = time.perf_counter()
    rows = table(**{key: value for key, value in vars(options).items() if key in inspect.signature(table).parameters})
    tables = [as_markdown(list(group)) for _, group in groupby(rows, key=type)]  # a topic may have tables of several kinds
    print(*tables, stamp(options, time.perf_counter() - start), sep="\n\n")
    return 0
