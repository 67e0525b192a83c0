"""The course's folder: one writer at a time, and names that nbgrader can take."""

import os
import signal
import subprocess
import sys

import pytest

from course_lib.grading.class_run import _reason
from course_lib.grading.course_folder import LOCK, only_one, open_course, students_with_folders
from course_lib.inputs import InputError
from tests.grading.sample_class.course import REPOSITORY
from tests.grading.sample_class.notebooks import TOPIC

HOLDER = """
import pathlib, sys, time
from course_lib.grading.course_folder import only_one
with only_one(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(120)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that marks here."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, env=environment)
    assert process.stdout.readline().strip() == b"held"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_one_is_refused_until_the_first_ends_even_by_a_kill(holder, tmp_path):
    """Students' code can end our process: the next `course grade` starts all the same."""
    with pytest.raises(InputError, match=f"process {holder.pid}"), only_one(tmp_path):
        pass
    os.kill(holder.pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    holder.wait()
    for _ in range(2):
        with only_one(tmp_path):
            with pytest.raises(InputError, match=f"process {os.getpid()}"), only_one(tmp_path):
                pass


def test_a_file_left_by_anybody_is_no_lock(tmp_path):
    (tmp_path / LOCK).write_text("123", encoding="utf-8")
    with only_one(tmp_path):
        assert (tmp_path / LOCK).read_text("utf-8") == str(os.getpid())


@pytest.mark.parametrize("name", ["[a]", pytest.param("a*", marks=pytest.mark.skipif(os.name == "nt", reason="no such name")),
                                  pytest.param("a\x1b[2J", marks=pytest.mark.skipif(os.name == "nt", reason="no such name"))])
def test_names_that_nbgrader_takes_for_patterns(tmp_path, name):
    (tmp_path / "nbgrader_config.py").write_bytes((REPOSITORY / "nbgrader_config.py").read_bytes())
    api = open_course(tmp_path)
    (tmp_path / "submitted" / "ann" / TOPIC).mkdir(parents=True)
    assert students_with_folders(api, TOPIC) == ["ann"]
    (tmp_path / "submitted" / name / TOPIC).mkdir(parents=True)
    with pytest.raises(InputError, match="rename") as caught:
        students_with_folders(api, TOPIC)
    assert ascii(name) in str(caught.value)


def test_the_reason_is_the_exception_and_not_the_advice_to_look_for_it():
    """What nbgrader returns: a log with the traceback, and an `error` that points to it."""
    log = ("[INFO] Converting\n[ERROR] There was an error processing assignment: /x\n[ERROR] Traceback (most recent call last):\n"
           '  File "x.py", line 1, in f\n    g()\nKeyError: 1\n\nDuring handling of the above exception, another exception '
           'occurred:\n\nTraceback (most recent call last):\n  File "y.py", line 2, in h\n    k()\n    ^^^\n'
           "OSError: [Errno 28] No space left on device\n\n[ERROR] There was an error processing assignment 'a' for student 'b'\n"
           "[ERROR] Please see the the above traceback for details on the specific errors on the above failures.\n")
    error = ('Traceback (most recent call last):\n  File "z.py", line 3, in start\n    s()\n'
             "nbgrader.converters.base.NbGraderException: Please see the the above traceback\n")
    assert _reason({"log": log, "error": error}) == "OSError: [Errno 28] No space left on device"
    assert _reason({"error": error}).startswith("nbgrader.converters.base.NbGraderException: Please")
    assert _reason({"log": "[ERROR] No notebooks"}) == "[ERROR] No notebooks" and _reason({}) == ""
