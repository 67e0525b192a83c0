"""The course's root folder and nbgrader on it, as a library: configuration, gradebook, one student at a time."""

import contextlib
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Iterator

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course_lib.inputs import InputError
from course_lib.questions import TOPICS

CONFIG = "nbgrader_config.py"
LOCK = ".grading.lock"


def find_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, that holds nbgrader_config.py."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / CONFIG).is_file():
            return folder
    raise InputError(f"Expected to be inside the course, but no folder from {start.resolve()} upwards holds {CONFIG}; "
                     "change into the course's root, or name it with --root.")


def require_topic(topic: str) -> None:
    """A topic that has questions, or an `InputError` that names those there are."""
    if topic not in TOPICS:
        raise InputError(f"Expected a topic with questions, but got {topic!r}; known: {', '.join(sorted(TOPICS))}.")


def load_config(root: Path) -> Config:
    """nbgrader_config.py of this course, with its root."""
    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def open_course(root: Path) -> NbGraderAPI:
    """nbgrader on this course. Its helper `alembic` lies beside this Python, which need not be on the PATH."""
    warnings.filterwarnings("ignore", module="nbgrader")
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
    api = NbGraderAPI(config=load_config(root))
    api.log_level = logging.ERROR
    return api


def is_registered(api: NbGraderAPI, topic: str) -> bool:
    """Does the gradebook know this topic's notebook?"""
    with open_gradebook(api) as gradebook:
        try:
            gradebook.find_notebook(topic, topic)
        except MissingEntry:
            return False
    return True


@contextlib.contextmanager
def open_gradebook(api: NbGraderAPI) -> Iterator[Gradebook]:
    """The course's gradebook, closed again at the end."""
    with Gradebook(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        yield gradebook


def submission_folder(api: NbGraderAPI, step: str, student: str, topic: str) -> Path:
    """Where nbgrader keeps a student's work in one of its steps ("submitted", "autograded", "feedback")."""
    return Path(api.coursedir.format_path(getattr(api.coursedir, f"{step}_directory"), student, topic))


def students_with_folders(api: NbGraderAPI, topic: str) -> list[str]:
    """Everyone who has a folder in submitted/ for this topic, by id."""
    return sorted(folder.parent.name for folder in submission_folder(api, "submitted", "*", "").parent.glob(f"*/{topic}")
                  if folder.is_dir() and not folder.parent.name.startswith("."))


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """One writer of marks at a time."""
    lock = root / LOCK
    try:
        descriptor = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        raise InputError(f"Another `course grade` is at work here (process {lock.read_text('utf-8').strip() or 'unknown'}); "
                         f"wait for it, or delete {lock} if there is none.") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(str(os.getpid()))
        yield
    finally:
        lock.unlink(missing_ok=True)
