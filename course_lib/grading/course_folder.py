"""The course's root folder and nbgrader on it, as a library: configuration, gradebook, one student at a time."""

import contextlib
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import BinaryIO, Iterator

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from course_lib.grading.shown import shown
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
    """Everyone who has a folder in submitted/ for this topic, by id. Refuses names that nbgrader takes for patterns."""
    students = sorted(folder.parent.name for folder in submission_folder(api, "submitted", "*", "").parent.glob(f"*/{topic}")
                      if folder.is_dir() and not folder.parent.name.startswith("."))
    odd = [student for student in students if set(student) & set("*?[") or shown(student) != student]
    if odd:
        raise InputError("Expected folders in submitted/ whose names hold no *, ?, [ and no control characters, but got "
                         f"{', '.join(map(ascii, odd))}; rename them.")
    return students


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """One writer of marks at a time. The operating system lets go of the lock when its holder ends, however it ends."""
    path = root / LOCK
    with open(path, "a+b") as file:
        try:
            _take(file)
        except (BlockingIOError, PermissionError):
            file.seek(0)
            holder = shown(file.read(20).decode("ascii", "replace")) or "unknown"
            raise InputError(f"Another `course grade` is at work here (process {holder}); wait for it, or end it.") from None
        except OSError:  # a file system without locks: go on without
            pass
        file.truncate(0)
        file.write(str(os.getpid()).encode("ascii"))
        file.flush()
        yield
        file.truncate(0)  # the file itself stays: another may just have opened it


def _take(file: BinaryIO) -> None:
    """Lock an open file or raise at once."""
    if os.name == "nt":
        import msvcrt

        file.seek(2**20)  # what is locked cannot be read by others there, so not the number at the beginning
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
