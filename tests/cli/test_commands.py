"""The front door and the small commands: help, exit codes, one sentence for bad input."""

import importlib
import os
import subprocess
import sys

import pytest

from course_lib.cli import command, doctor, lab, machine, places, reproduce
from course_lib.cli import test as test_command
from course_lib.cli.commands import COMMANDS
from course_lib.cli.places import ROOT
from course_lib.cli.verification import Outcome


def front_door(*arguments, python=(sys.executable,)):
    environment = {**os.environ, "COURSE_ENV": "current"}
    return subprocess.run(
        [*python, str(ROOT / "course.py"), *arguments], capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("arguments", [[], ["--help"]], ids=str)
def test_without_a_command_there_is_help(arguments):
    """Isolated, so that nothing installed can help: this must work before any environment exists."""
    done = front_door(*arguments, python=(sys.executable, "-I", "-S"))
    assert done.returncode == 0 and all(f"  {name} " in done.stdout for name in COMMANDS) and done.stderr == ""


def test_an_unknown_command_is_one_sentence_after_the_help():
    done = front_door("labs")
    assert (
        done.returncode != 0
        and done.stdout == ""
        and done.stderr.endswith("there is no command 'labs'; the commands are listed above.\n")
    )


def test_the_front_door_passes_arguments_and_the_exit_code():
    done = front_door("reproduce", "no_such_topic")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "course reproduce: Expected a topic with a table of numbers, but got no_such_topic; the known ones are "
    )
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists_and_explains_itself(name, capsys):
    module, function = COMMANDS[name].target.split(":")
    with pytest.raises(SystemExit) as stopped:
        getattr(importlib.import_module(module), function)(["--help"])
    assert stopped.value.code == 0 and f"course {name}" in capsys.readouterr().out


def test_only_input_errors_are_turned_into_sentences(monkeypatch):
    monkeypatch.setattr(doctor, "main", lambda arguments: int("x"))
    with pytest.raises(ValueError, match="invalid literal"):
        command.main(["doctor"])


def test_names_of_topics_and_modules():
    assert places.module_name("03_energy_based_models") == places.module_name("energy_based_models") == "energy_based_models"
    assert "03_energy_based_models" in places.topics()


def test_a_table_is_printed_as_markdown():
    from course_lib.experiments.energy_based_models import Row

    text = reproduce.as_markdown([Row("moons", "exact", 1.00761, 1.05, 0.04, 0.001, 12.34)]).splitlines()
    assert text[0].startswith("| data  | draws | entropy | nll ") and "| 1.0076  |" in text[2] and text[2].endswith("| 12.3    |")
    assert len({len(line) for line in text}) == 1


def test_threads_are_set_only_where_nothing_is_said():
    assert machine.with_threads({"OMP_NUM_THREADS": "7"}, 2) == {
        "OMP_NUM_THREADS": "7",
        "OPENBLAS_NUM_THREADS": "2",
        "MKL_NUM_THREADS": "2",
    }
    assert set(machine.without_threads({"OMP_NUM_THREADS": "7"}, 1).values()) == {"1"}
    assert 1 <= machine.usable_cores() <= os.cpu_count()


def test_the_first_page_is_the_first_lecture(tmp_path):
    assert lab.first_page(tmp_path) == "/lab"
    (tmp_path / "lectures").mkdir()
    for name in ("04_monte_carlo", "03_energy models"):
        (tmp_path / "lectures" / f"{name}.ipynb").touch()
    assert lab.first_page(tmp_path) == "/lab/tree/lectures/03_energy%20models.ipynb"


def test_the_doctor_reports_what_is_broken_and_goes_on(monkeypatch, capsys):
    def broken():
        raise OSError("no such thing")

    monkeypatch.setattr(doctor, "CHECKS", {"first": broken, "second": lambda: (True, "fine")})
    assert doctor.main([]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "LOOK  first      OSError: no such thing",
        "ok    second     fine",
        "1 of 2 need a look.",
    ]


def test_the_doctors_checks_pass_here():
    assert {
        name: check() for name, check in doctor.CHECKS.items() if name not in ("sampling", "disk", "memory") and not check()[0]
    } == {}
    assert doctor.sampling(seconds=0.3)[0]


@pytest.mark.parametrize(
    "outcomes, code, last",
    [
        ([Outcome(3, 0)], 0, "3 passed, 0 failed"),
        ([Outcome(3, 0), Outcome(2, 1, 4, "why")], 1, "5 passed, 1 failed, 4 skipped"),
        ([Outcome(0, 0)], 1, "0 passed, 0 failed"),
        ([], 1, "0 passed, 0 failed"),
    ],
    ids=str,
)
def test_the_last_line_counts_everything(outcomes, code, last, capsys):
    named = {f"step{i}": outcome for i, outcome in enumerate(outcomes)}
    assert test_command.summary(named, dict.fromkeys(named, 1.0)) == code
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == last and ("why" in printed) == (code == 1 and len(outcomes) > 1)


def test_all_steps_run_and_one_in_which_nothing_ran_has_failed(monkeypatch, capsys):
    def breaks(scratch):
        """this step breaks"""
        raise RuntimeError("broken")

    def empty(scratch):
        """this step finds nothing"""
        return Outcome(0, 0)

    def fine(scratch):
        """this step is fine"""
        return Outcome(2, 0) if scratch.is_dir() else Outcome(0, 2)

    monkeypatch.setattr(test_command, "STEPS", {"breaks": breaks, "empty": empty, "fine": fine})
    assert test_command.main([]) == 1
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == "2 passed, 2 failed" and "RuntimeError: broken" in printed and "Nothing ran" in printed
    assert test_command.main(["--only", "fine"]) == 0
