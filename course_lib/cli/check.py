"""`course check`: judge all answers in an exercise notebook on the public cases, as the notebook's own checks do.

The notebook's cells run once, from top to bottom, in a process of their own; the file is not changed.
"""

import argparse
import re
from pathlib import Path

import nbformat

from course_lib.cli.places import ROOT, notebooks
from course_lib.inputs import require
from course_lib.questions import TOPICS


def topic_of(path: Path, data: bytes) -> str:
    """The topic a notebook asks its checks for, or the one that it is named after."""
    asked = re.search(rb"checker\(\W{0,2}([0-9A-Za-z_]+)", data)
    topic = asked[1].decode() if asked else path.stem
    require(
        topic in TOPICS,
        "an exercise notebook of this course",
        f"{path.name}, which names no known topic",
        f"the topics with exercises are {', '.join(TOPICS)}",
    )
    return topic


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="course check", description=__doc__)
    parser.add_argument("notebook", type=Path)
    path = parser.parse_args(arguments).notebook
    yours = ", ".join(str(p.relative_to(ROOT)) for p in notebooks("work/exercises")) or "none yet: run `python3 course.py lab`"
    require(path.is_file(), "the path of an exercise notebook", f"{path}, where there is no file", f"yours are {yours}")
    data = path.read_bytes()
    topic = topic_of(path, data)
    from course_lib.grading.intake import take_in
    from course_lib.grading.marking import code_cells, mark_cells
    from course_lib.grading.results import PASSED, READ
    from course_lib.questions.check import PUBLIC_SEED

    intake = take_in(data, nbformat.read(ROOT / "exercises" / topic / f"{topic}.ipynb", as_version=4))
    require(
        intake.status == READ,
        "a notebook that can be read",
        " ".join(intake.remarks).rstrip("."),
        "save it again from JupyterLab",
    )
    result = mark_cells(topic, code_cells(intake.notebook), lambda question: PUBLIC_SEED, remarks=intake.remarks)
    for line in [f"{question.name}: {question.text}" for question in result.questions] + list(result.remarks):
        print(line)
    print(f"{result.points:g} of {result.max_points:g} points on the public cases, in {result.seconds:.0f} s")
    return 0 if all(question.verdict == PASSED for question in result.questions) else 1
