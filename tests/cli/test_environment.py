"""course.py's environment: when it is made, from which PyTorch, and by one run at a time. Nothing is installed here."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from course_lib.cli import environment, installing, torch_build
from course_lib.cli.places import ROOT

VARIABLES = ("COURSE_TORCH", "COURSE_CONSTRAINTS", "COURSE_ENV")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """A course folder in which set-up steps are only written down; `steps[i]` is (title, command)."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for name, place in (("VENV", ""), ("PYTHON", "python"), ("STAMP", "stamp.json"), ("LOG", "log")):
        monkeypatch.setattr(environment, name, tmp_path / ".venv" / place)
    monkeypatch.setattr(environment, "torch_index", lambda cpu_index: None)
    taken = []

    def stage(title, command, log, lock):
        taken.append((title, command))
        environment.PYTHON.touch()

    monkeypatch.setattr(environment, "stage", stage)
    return taken


def titles(steps):
    return [title for title, _ in steps]


def test_an_environment_is_made_once(steps):
    environment.ensure_environment([])
    assert titles(steps) == ["environment", "packages", "the course's library"]
    assert not any(r.startswith("pytest") for r in steps[1][1]) and "--constraint" in steps[1][1]
    environment.ensure_environment([])
    assert len(steps) == 3


def test_tests_add_their_packages_and_lab_does_not_take_them_away(steps):
    environment.ensure_environment([])
    environment.ensure_environment(["test"])
    assert titles(steps[3:]) == ["packages", "the course's library"] and any(r.startswith("pytest") for r in steps[3][1])
    environment.ensure_environment([])
    assert len(steps) == 5


def test_changed_constraints_update_what_is_there(steps):
    environment.ensure_environment(["test"])
    with open(environment.ROOT / "constraints.txt", "a", encoding="utf-8") as file:
        file.write("six==1.17.0\n")
    environment.ensure_environment([])
    assert titles(steps[3:]) == ["packages", "the course's library"]
    assert any(r.startswith("pytest") for r in steps[3][1])  # still there, so still kept up to date


def test_an_interrupted_set_up_is_made_anew(steps, monkeypatch):
    good = environment.stage

    def interrupted(title, command, log, lock):
        good(title, command, log, lock)
        if title == "packages":
            raise KeyboardInterrupt

    monkeypatch.setattr(environment, "stage", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.ensure_environment([])
    (environment.VENV / "half").touch()
    monkeypatch.setattr(environment, "stage", good)
    environment.ensure_environment([])
    assert titles(steps[2:]) == ["environment", "packages", "the course's library"] and not (environment.VENV / "half").exists()


def test_an_interrupted_update_is_made_anew(steps, monkeypatch):
    environment.ensure_environment([])
    monkeypatch.setattr(environment, "stage", lambda *a: (_ for _ in ()).throw(SystemExit(1)))
    with pytest.raises(SystemExit):
        environment.ensure_environment(["test"])
    assert environment.read_stamp() is None


@pytest.mark.parametrize(
    "change",
    [
        {"root": "/elsewhere"},
        {"files": "other"},
        {"extras": ["test"], "stamp": {"extras": []}},
        {"torch": "cpu"},
        {"constraints": "none"},
    ],
    ids=str,
)
def test_what_makes_an_environment_stale(change):
    stamp = {"files": "f", "root": "r", "extras": [], "torch": "", "constraints": ""}
    assert environment.is_current(stamp, dict(stamp))
    assert not environment.is_current({**stamp, **change.pop("stamp", {})}, {**stamp, **change})
    assert not environment.is_current(None, stamp)


def test_a_variable_that_is_unset_keeps_what_is_there():
    stamp = {"files": "f", "root": "r", "extras": [], "torch": "cpu", "constraints": "none"}
    assert environment.is_current(stamp, {**stamp, "torch": "", "constraints": ""})


def test_no_constraints_means_the_newest(steps, monkeypatch):
    monkeypatch.setenv("COURSE_CONSTRAINTS", "none")
    environment.ensure_environment([])
    assert "--constraint" not in steps[1][1] and "--upgrade" in steps[1][1] and environment.torch_requirement() == "torch"


def test_the_pin_of_torch_is_read_from_the_constraints():
    assert environment.torch_requirement().startswith("torch==2.")


def test_only_one_set_up_at_a_time(tmp_path):
    """A second process waits for the lock, and gets it when the first dies without letting go."""
    program = (
        "import sys, time; from pathlib import Path; from course_lib.cli import environment\n"
        f"environment.ROOT = Path({str(tmp_path)!r})\n"
        "with environment.locked():\n    print('mine', flush=True)\n    time.sleep(float(sys.argv[1]))\n"
    )
    start = dict(stdout=subprocess.PIPE, text=True, cwd=ROOT)
    first = subprocess.Popen([sys.executable, "-c", program, "600"], **start)
    assert first.stdout.readline() == "mine\n"
    second = subprocess.Popen([sys.executable, "-c", program, "0"], **start)
    try:
        assert "waiting" in second.stdout.readline()
        assert second.poll() is None
        first.kill()
        assert second.stdout.readline() == "mine\n"
    finally:
        for process in (first, second):
            process.kill()
            process.communicate()


@pytest.mark.skipif("sys.platform == 'win32'", reason="descriptors are inherited otherwise there")
def test_a_step_that_outlives_its_run_keeps_the_lock(tmp_path):
    """The run is killed, its pip is not: the next run waits until that one has ended."""
    program = (
        "import sys; from pathlib import Path; from course_lib.cli import environment, installing\n"
        f"environment.ROOT = Path({str(tmp_path)!r})\n"
        "with environment.locked() as lock:\n    print('mine', flush=True)\n    if len(sys.argv) > 1:\n"
        "        step = 'import os, time; print(os.getpid(), flush=True); time.sleep(600)'\n"
        f"        installing.stage('step', [sys.executable, '-c', step], Path({str(tmp_path)!r}, 'log'), lock)\n"
    )
    start = dict(stdout=subprocess.PIPE, text=True, cwd=ROOT)
    first = subprocess.Popen([sys.executable, "-c", program, "step"], **start)
    while not (tmp_path / "log").exists() or not (tmp_path / "log").read_text().endswith("\n"):
        time.sleep(0.05)
    first.kill()
    first.communicate()
    second = subprocess.Popen([sys.executable, "-c", program], **start)
    try:
        assert "waiting" in second.stdout.readline()
        os.kill(int((tmp_path / "log").read_text()), signal.SIGKILL)
        assert second.stdout.readline() == "mine\n"
    finally:
        second.kill()
        second.communicate()


def test_a_failing_step_prints_pips_last_lines_and_a_sentence(tmp_path, capsys):
    program = "print('first line'); print('\\n' * 20 + 'ERROR: No space left on device'); raise SystemExit(1)"
    with open(tmp_path / "lock", "wb") as lock, pytest.raises(SystemExit) as stopped:
        installing.stage("packages", [sys.executable, "-c", program], tmp_path / "log", lock.fileno())
    assert "the disk is full" in str(stopped.value) and str(tmp_path / "log") in str(stopped.value)
    printed = capsys.readouterr().err
    assert "No space left" in printed and "first line" not in printed


@pytest.mark.parametrize(
    "log, says",
    [
        ("Temporary failure in name resolution", "check the network"),
        ("ERROR: No matching distribution found for torch==2", "3.12"),
        ("what?", "delete the folder .venv"),
    ],
)
def test_the_remedy_fits_the_failure(log, says, monkeypatch):
    monkeypatch.setattr(installing.platform, "system", lambda: "Linux")
    assert says in installing.remedy(log)


@pytest.mark.parametrize(
    "system, nvidia, choice, answers, expected",
    [
        ("Linux", False, "", True, "INDEX"),
        ("Linux", False, "", False, None),
        ("Linux", True, "", True, None),
        ("Linux", True, "cpu", True, "INDEX"),
        ("Darwin", False, "", True, None),
        ("Windows", False, "", True, None),
        ("Linux", False, "default", True, None),
        ("Linux", False, "https://mirror/cpu", False, "https://mirror/cpu"),
    ],
)
def test_which_build_of_pytorch(monkeypatch, system, nvidia, choice, answers, expected):
    monkeypatch.setattr(torch_build.platform, "system", lambda: system)
    monkeypatch.setattr(torch_build, "has_nvidia_card", lambda: nvidia)
    monkeypatch.setattr(torch_build, "reachable", lambda index: answers)
    monkeypatch.setenv("COURSE_TORCH", choice)
    assert torch_build.torch_index("INDEX") == expected


def test_a_choice_of_pytorch_that_is_none_is_told(monkeypatch):
    monkeypatch.setenv("COURSE_TORCH", "gpu")
    with pytest.raises(SystemExit, match="expected COURSE_TORCH to be cpu, default or"):
        torch_build.torch_index("INDEX")


class Index(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(3 if "slow" in self.path else 0)
        self.send_response(200 if self.path == "/cpu/torch/" else 404)
        self.end_headers()

    def log_message(self, *args):
        """Tests print nothing."""


def test_an_index_answers_or_is_given_up():
    """A server that is there, one that lacks PyTorch, a port where nobody is, and one that keeps us waiting."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    assert torch_build.reachable(f"{address}/cpu") and torch_build.reachable(f"{address}/cpu/")
    assert not torch_build.reachable(f"{address}/empty")
    assert not torch_build.reachable(f"{address}/slow", seconds=0.2)
    server.shutdown()
    server.server_close()
    assert not torch_build.reachable(f"{address}/cpu")


def test_the_stamp_is_json_and_a_damaged_one_counts_as_none(steps):
    environment.ensure_environment([])
    assert json.loads(environment.STAMP.read_text(encoding="utf-8"))["extras"] == []
    environment.STAMP.write_text("{", encoding="utf-8")
    assert environment.read_stamp() is None
