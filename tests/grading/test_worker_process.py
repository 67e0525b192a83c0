"""The worker's keeper: floods, deadlines, and what is left on the disk."""

import tempfile
import time

import pytest

from course_lib.grading import worker_process
from course_lib.grading.events import TOTAL, _sentence, follow
from course_lib.grading.observation import LATE, Observation
from course_lib.grading.results import TIMEOUT, InfrastructureError
from course_lib.grading.sandbox import SEPARATE_PROCESS
from course_lib.grading.supervision import observe
from course_lib.grading.worker_process import FLOODED, MAX_LINES, WorkerProcess
from tests.grading.test_worker import ROOMY, ask


def test_a_flood_of_lines_fills_no_memory_and_prolongs_nothing():
    """Millions of tiny lines: few of them wait at a time, and they are counted."""
    flood = ("import os\nwhile True:\n    for fd in range(3, 32):\n"
             "        try: os.write(fd, b'11\\n' * 20000)\n        except OSError: pass")
    with WorkerProcess({"cells": [{"source": flood, "asked": []}], "questions": [], "late": []}, ROOMY, SEPARATE_PROCESS) as w:
        assert w.next_event(120) == {"event": "ready"}
        time.sleep(1)
        assert 100 < w.lines.qsize() <= 1000
        events = 0
        while w.next_event(60) is not FLOODED:
            events += 1
            assert events <= MAX_LINES
    assert not w.reader.is_alive()


class Chatterbox:
    """A worker that always has one more line. Gives up before a test would hang."""

    said = 0

    def next_event(self, seconds):
        self.said += 1
        assert self.said < 2_000_000, "the time was up long ago"
        return {}


def test_waiting_lines_are_not_read_after_the_deadline():
    request = {"cells": [], "questions": [], "late": []}
    guilt = follow(Chatterbox(), request, Observation(), [], ROOMY, time.monotonic() + 0.05, lambda name, outcomes: False)
    assert guilt.what == TOTAL and guilt.trouble.verdict == TIMEOUT


def test_a_workers_sentence_cannot_steer_a_terminal():
    assert _sentence("red \x1b[31m\u202etxt\nnext") == "red ?[31m?txt next" and _sentence([]) == "it stopped."


def test_deep_folders_are_cleared_away(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = "import os\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')\nos.chdir('/')"
    assert bool(observe([deep, "def a(c): return True"], ask("a"), ROOMY).outcomes["a", LATE][0]["finite"][0]) is True
    assert not list(tmp_path.iterdir())


def test_no_folder_stays_if_the_worker_cannot_be_started(tmp_path, monkeypatch):
    def fail(folder):
        raise OSError("no space left")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(worker_process, "lend_font_list", fail)
    with pytest.raises(InfrastructureError, match="no space left"):
        observe(["x = 1"], ask("a"), ROOMY)
    assert not list(tmp_path.iterdir())
