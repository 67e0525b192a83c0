"""The installed `course` command: find the subcommand and hand over."""

import importlib
import sys

from course_lib.cli.commands import COMMANDS, help_text


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(help_text("course"))
        return 0
    name, rest = arguments[0], arguments[1:]
    if name not in COMMANDS:
        print(help_text("course"), file=sys.stderr)
        print(f"course: there is no command {name!r}; the commands are listed above.", file=sys.stderr)
        return 2
    module, function = COMMANDS[name].target.split(":")
    try:
        return getattr(importlib.import_module(module), function)(rest) or 0
    except ValueError as error:
        from course_lib.inputs import InputError  # here, because it loads torch, which `lab` need not wait for

        if not isinstance(error, InputError):
            raise
        print(f"course {name}: {error}", file=sys.stderr)
        return 2
