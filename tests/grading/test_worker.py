"""The worker process and its keeper: what a notebook may do there, what it sees, and what ends it."""

import json
import os
import sys
import time

import pytest

from course_lib.grading import supervision
from course_lib.grading.limits import Limits
from course_lib.grading.observation import LATE, NO_OUTCOME
from course_lib.grading.results import CRASHED, ERROR, MISSING, TIMEOUT, InfrastructureError
from course_lib.grading.sandbox import Sandbox
from course_lib.grading.supervision import observe
from course_lib.questions.boundary import encode

PROBE = "course_lib.questions.probes.energy_based_models:normalizable"
ROOMY = Limits(cell_seconds=60, question_seconds=60, total_seconds=300)  # where no limit is meant to be met


def ask(*names: str, polynomials=((0.0, 1.0),)) -> list[dict]:
    return [{"name": name, "probe": PROBE, "cases": [encode({"polynomials": [list(p)]}) for p in polynomials]} for name in names]


def tell(cells: list[str]) -> object:
    """Run cells of which the last leaves plain data in `report`; bring it back as an answer: the bytes of its JSON."""
    question = {"name": "tell", "probe": PROBE.replace("normalizable", "natural_parameters"), "cases": [encode({"x": 0.0})]}
    answer = "import json\ndef tell(x):\n    return list(json.dumps(report).encode())"
    (said,) = observe([*cells, answer], [question], ROOMY).outcomes["tell", LATE]
    return json.loads(bytes(said["theta"].tolist()))


def test_a_notebook_works_there_as_it_does_in_jupyter(tmp_path):
    """Magics, top-level await, display, matplotlib, widgets, shell lines: nothing of it needs a kernel or a screen."""
    cells = ["%matplotlib inline\nimport asyncio, math\nseen = []",
             "await asyncio.sleep(0); seen.append('await')",
             "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show(); seen.append('figure')",
             "import ipywidgets\nfrom IPython.display import HTML, display\n"
             "s = ipywidgets.IntSlider(value=3)\ndisplay(s, HTML('<b>x</b>'))\n"
             "ipywidgets.interact(lambda v: seen.append(f'widget {v}'), v=s)\nout = ipywidgets.Output()\n"
             "with out: print('inside')",
             "%%time\nseen.append('cell magic')", "!echo hello\nseen.append('shell')", "s?\nseen.append('help')",
             "print(input())", "exit()", "seen.append('after exit')", "%%writefile note.txt\ntext",
             "seen.append(open('note.txt').read().strip())", "report = seen"]
    assert tell(cells) == ["await", "figure", "widget 3", "cell magic", "shell", "help", "after exit", "text"]


def test_what_differs_from_a_desk_stops_no_cell():
    """A window system that is not there, a module of the notebook's own (which cannot stand before ours), packages."""
    cells = ["seen, ran = [], []", "%matplotlib qt\nseen.append('qt')", "%matplotlib widget\nseen.append('widget')",
             "%%writefile mine.py\nx = 3", "import mine\nseen.append(mine.x)",
             "%%writefile colorsys.py\nx = 4", "import colorsys\nseen.append(hasattr(colorsys, 'x'))",
             "import os\nos.system = ran.append\nget_ipython().system = ran.append\n"
             "for tool in ('pip', 'conda', 'uv'): get_ipython().run_line_magic(tool, 'install torch')",
             "%pip install torch", "pip install torch", "seen.append(ran)",
             "seen.append([os.environ['PIP_TARGET'] == os.path.join(os.getcwd(), 'site'), os.environ['PIP_NO_INDEX']])",
             "report = seen"]
    assert tell(cells) == ["qt", "widget", 3, False, [], [True, "1"]]


def test_what_it_sees_of_us(monkeypatch):
    """No secret in the environment, a home and a folder of its own, no judge imported, nothing inherited."""
    monkeypatch.setenv("COURSE_SECRET", "not for students, whatever they try")
    monkeypatch.setenv("MY_TOKEN", "nor this")
    report = tell(["import os, sys, pathlib", "report = [dict(os.environ), os.getcwd(), str(pathlib.Path.home()), os.listdir(), "
                   "[m for m in sys.modules if m.startswith('course_lib.questions')], sys.argv, sys.flags.isolated]"])
    environment, folder, home, files, modules, arguments, isolated = report
    assert not {"COURSE_SECRET", "MY_TOKEN", "NBGRADER_EXECUTION"} & set(environment)
    assert "not for students" not in json.dumps(report)
    assert folder == home and folder != os.getcwd() and not os.path.exists(folder), "its folder is gone with it"
    assert not {"gradebook.db", ".course_secret", "nbgrader_config.py", "submitted", "course_lib"} & set(files) and isolated == 1
    assert "course_lib.questions.probes.energy_based_models" in modules
    assert not [name for name in modules if name.startswith("course_lib.questions.energy_based_models")]


def test_a_question_that_hangs_costs_itself_only_and_keeps_what_it_had():
    cells = ["def fine(c): return c[0] == 0", "def slow(c):\n    while c[1] == 2.0: pass\n    return True",
             "import os\ndef gone(c):\n    os._exit(3)"]
    limits = Limits(cell_seconds=60, question_seconds=4, total_seconds=300)
    seen = observe(cells, ask("slow", "gone", "absent", "fine", polynomials=((0.0, 1.0), (0.0, 2.0))), limits)
    assert {trial: trouble.verdict for trial, trouble in seen.troubles.items()} == {
        ("slow", LATE): TIMEOUT, ("gone", LATE): CRASHED, ("absent", LATE): MISSING}
    assert bool(seen.outcomes["slow", LATE][0]["finite"][0]) is True and seen.outcomes["slow", LATE][1] == NO_OUTCOME
    assert [bool(outcome["finite"][0]) for outcome in seen.outcomes["fine", LATE]] == [True, True]
    assert "exit code 3" in seen.troubles["gone", LATE].message
    assert "it answered 1 of 2 cases" in seen.troubles["slow", LATE].message


def test_the_limit_is_for_each_case_so_slow_is_not_wrong():
    limits = Limits(cell_seconds=60, question_seconds=4, total_seconds=300)
    cases = ask("slow", polynomials=((0.0,), (0.0, 1.0), (0.0, 2.0), (0.0, 3.0)))
    seen = observe(["import time\ndef slow(c):\n    time.sleep(1.5)\n    return True"], cases, limits)
    assert not seen.troubles and [bool(outcome["finite"][0]) for outcome in seen.outcomes["slow", LATE]] == [True] * 4


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_worker_killed_by_a_signal_is_told_by_its_name():
    seen = observe(["import os, signal\ndef gone(c):\n    os.kill(os.getpid(), signal.SIGKILL)"], ask("gone"), ROOMY)
    assert "signal SIGKILL" in seen.troubles["gone", LATE].message


def test_a_cell_that_hangs_keeps_its_definitions_and_constants():
    limits = Limits(cell_seconds=4, question_seconds=60, total_seconds=300)
    cell = "K = 2\nhalf = lambda c: 1 / K\ndef fine(c): return half(c) == 0.5\nwhile True:\n    K += 1\nlast = 1"
    seen = observe([cell, "y = last"], ask("fine"), limits)
    assert bool(seen.outcomes["fine", LATE][0]["finite"][0]) is True
    assert seen.cell_troubles[0].verdict == TIMEOUT and seen.cell_troubles[1].verdict == ERROR


def test_a_flood_of_data_is_cut_off():
    """Someone finds the pipe and fills it: the reader stops at the limit, and the rest of the class never notices."""
    flood = ("import os\ndef flood(c):\n    while True:\n        for fd in range(3, 32):\n"
             "            try: os.write(fd, b'x' * 65536)\n            except OSError: pass")
    limits = Limits(question_seconds=60, total_seconds=120, line_bytes=500_000, total_bytes=1_000_000)
    seen = observe([flood], ask("flood"), limits)
    assert seen.troubles["flood", LATE].verdict == CRASHED and "more data" in seen.troubles["flood", LATE].message


def test_the_notebook_as_a_whole_has_a_limit():
    limits = Limits(cell_seconds=60, question_seconds=60, total_seconds=8)
    begun = time.monotonic()
    seen = observe(["import time\nwhile True: time.sleep(0.1)", "def a(c): return True"], ask("a", "b"), limits)
    assert time.monotonic() - begun < 60
    assert bool(seen.outcomes["a", LATE][0]["finite"][0]) is True, "what is defined is tried all the same"
    assert "longer than 8 s" in seen.remarks[0]
    assert seen.troubles["b", LATE].verdict == TIMEOUT and "whole notebook" in seen.troubles["b", LATE].message


def test_restarts_are_counted(monkeypatch):
    """A notebook in which everything crashes ends after MAX_RESTARTS, not after one restart a cell."""
    monkeypatch.setattr(supervision, "MAX_RESTARTS", 2)
    seen = observe(["import os\nos._exit(1)"] * 9, ask("a"), Limits(total_seconds=300))
    assert len(seen.cell_troubles) == 3 and seen.troubles["a", LATE].verdict == CRASHED


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_children_end_with_their_parent(tmp_path):
    """A child left running in the background is gone when the submission is marked."""
    mark = tmp_path / "alive"
    child = f"import time\nwhile True:\n    open({str(mark)!r}, 'a').write('x'); time.sleep(0.05)"
    observe([f"import os, subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n"
             f"while not os.path.exists({str(mark)!r}): time.sleep(0.05)", "def a(c): return True"], ask("a"), ROOMY)
    size = mark.stat().st_size
    time.sleep(0.5)
    assert size > 0 and mark.stat().st_size == size


@pytest.mark.parametrize("command, seconds, words", [
    (["/no/such/program"], 60, "could be started"), ([sys.executable, "-c", "raise SystemExit(9)"], 60, "exit code 9"),
    ([sys.executable, "-c", "import time; time.sleep(300)"], 2, "not within 2 s")])
def test_a_worker_that_does_not_start_is_nobodys_mark(command, seconds, words):
    broken = Sandbox("broken", lambda _, folder: command)
    with pytest.raises(InfrastructureError, match=words):
        observe(["x = 1"], ask("a"), Limits(start_seconds=seconds), broken)


def test_the_sandbox_wraps_the_whole_command(tmp_path):
    """The seam: a sandbox sees the command line and the folder, and what it returns is what is run."""
    wrapped = []

    def wrap(command, folder):
        wrapped.append((command, folder, folder.is_dir()))
        return [sys.executable, "-c", "import subprocess, sys; raise SystemExit(subprocess.call(sys.argv[1:]))", *command]

    seen = observe(["def a(c): return True"], ask("a"), ROOMY, Sandbox("wrapped", wrap))
    assert bool(seen.outcomes["a", LATE][0]["finite"][0]) is True
    ((command, _, was_there),) = wrapped
    assert was_there and command[0] == sys.executable and "-I" in command
