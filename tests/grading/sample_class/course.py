"""A course of its own in a temporary folder: this course's solutions and configuration, with short limits."""

import shutil
from pathlib import Path

from course_lib.grading.class_run import register
from course_lib.grading.course_folder import open_course
from tests.grading.sample_class.notebooks import TOPIC, Material

REPOSITORY = Path(__file__).resolve().parents[3]
SECRET = "only for the tests of this course"


def make_course(root: Path, cell_seconds: float = 12.0, question_seconds: float = 8.0) -> Material:
    """Copy, release and register. Returns what submissions are made from."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copytree(REPOSITORY / "solutions" / TOPIC, root / "solutions" / TOPIC, ignore=shutil.ignore_patterns(".*"))
    (root / "nbgrader_config.py").write_text(
        f"load_subconfig('nbgrader_config.py', path={str(REPOSITORY)!r})\nc = get_config()\n"
        f"c.MarkAnswers.cell_seconds = {cell_seconds}\nc.MarkAnswers.question_seconds = {question_seconds}\n", encoding="utf-8")
    register(open_course(root), TOPIC)
    return Material(root)
