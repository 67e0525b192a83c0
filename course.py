#!/usr/bin/env python3
"""The course's front door: `python3 course.py lab` opens it, `python3 course.py test` tests it.

Standard library only. The first run makes `.venv` beside this file from pyproject.toml and constraints.txt; every run then
hands over to the `course` command that is installed there. A run that was interrupted is repaired by the next one.

COURSE_ENV=current      use the Python that runs this file as it is (conda, Binder, CI); make no environment
COURSE_TORCH=cpu        take PyTorch from its CPU index; =default from the usual index; =https://... from that index
COURSE_CONSTRAINTS=none take the newest versions instead of the tested ones in constraints.txt
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit("This course needs Python 3.11 or newer, but this is Python %d.%d: install one from https://www.python.org and "
             "run `python3.12 course.py lab` with it." % sys.version_info[:2])

import subprocess
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # `python -P` and `python -I` leave it out

from course_lib.cli.commands import COMMANDS, help_text
from course_lib.cli.environment import PYTHON, ensure_environment
from course_lib.cli.installing import child_environment, fail


def hand_over(python: str, arguments: list[str]) -> None:
    """Become the installed `course` command: its exit code is ours, Ctrl-C reaches it."""
    command = [python, "-m", "course_lib.cli", *arguments]
    if os.name != "nt":
        os.execve(python, command, child_environment())
    process = subprocess.Popen(command, env=child_environment())
    while True:
        try:
            sys.exit(process.wait())
        except KeyboardInterrupt:  # the child got it too and decides
            continue


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(help_text("python3 course.py"))
        return
    if arguments[0] not in COMMANDS:
        print(help_text("python3 course.py"), file=sys.stderr)
        fail(f"there is no command {arguments[0]!r}; the commands are listed above.")
    if os.environ.get("COURSE_ENV") == "current":
        hand_over(sys.executable, arguments)
    try:
        ensure_environment(COMMANDS[arguments[0]].extras)
    except KeyboardInterrupt:
        print()
        fail("stopped while setting up; the next run repairs it.")
    except OSError as error:
        fail(f"could not set up: {error}; make this folder one that you can write to, with room on its disk, and run this again.")
    hand_over(str(PYTHON), arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
