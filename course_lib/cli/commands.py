"""The `course` commands, in one table. Standard library only: course.py reads it before anything is installed."""

from typing import NamedTuple


class Command(NamedTuple):
    """`target` is 'package.module:function', called with the arguments; `extras` must be installed for it."""

    says: str
    target: str
    extras: list[str] = []


LEARNING = {
    "lab": Command("open the course in JupyterLab, in your own copy (the folder work/)", "course_lib.cli.lab:main"),
    "check": Command("NOTEBOOK: judge all answers in an exercise notebook", "course_lib.cli.check:main"),
    "doctor": Command("look at the installation and say what to do", "course_lib.cli.doctor:main"),
    "reproduce": Command("TOPIC: compute the numbers that a lecture claims", "course_lib.cli.reproduce:main"),
    "bench": Command("time the samplers on this machine", "course_lib.cli.bench:main"),
}
TEACHING = {
    "release": Command("[TOPIC]: generate exercises/ from solutions/", "course_lib.grading.command:release"),
    "collect": Command("ZIP TOPIC: sort a learning platform's archive into submitted/", "course_lib.grading.command:collect_zip"),
    "grade": Command("TOPIC: mark a class", "course_lib.grading.command:grade"),
    "feedback": Command("TOPIC: write a feedback page for each student", "course_lib.grading.command:feedback"),
    "export": Command("[TOPIC]: write the marks as CSV", "course_lib.grading.command:export"),
}
MAINTAINING = {
    "test": Command("run all tests: library, exercises, notebooks, marking, environments", "course_lib.cli.test:main", ["test"]),
    "notebooks": Command("bring notebooks into the form in which they are kept", "course_lib.cli.notebooks:main"),
    "links": Command("write badge and links from the address in pyproject.toml", "course_lib.cli.links:main"),
}
GROUPS = {"to learn": LEARNING, "to teach": TEACHING, "to maintain": MAINTAINING}
COMMANDS = {**LEARNING, **TEACHING, **MAINTAINING}


def help_text(program: str) -> str:
    """A short help: one line a command."""
    lines = [f"usage: {program} COMMAND [...]"]
    for title, commands in GROUPS.items():
        lines += ["", f"{title}:", *(f"  {name:<10} {command.says}" for name, command in commands.items())]
    return "\n".join([*lines, "", f"`{program} COMMAND --help` tells more."])
