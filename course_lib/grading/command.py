"""The instructor's commands: course release | collect | grade | feedback | export. See docs/instructors.md."""

import argparse
import os
import sys
from pathlib import Path
from typing import Callable, NamedTuple

from course_lib.questions import TOPICS


class Command(NamedTuple):
    """`says` is the help; `add_arguments` fills a parser; `run` takes what it parsed and returns the exit code."""

    says: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def _open(args: argparse.Namespace):
    from course_lib.grading.course_folder import find_root, open_course, require_topic

    if args.topic is not None:
        require_topic(args.topic)
    return open_course(Path(args.root).resolve() if args.root else find_root(Path.cwd()))


def run_release(args: argparse.Namespace) -> int:
    """Generate and register one topic or all; fail if the points of cells and questions differ."""
    from course_lib.grading.class_run import register
    from course_lib.grading.nbgrader_seam import load_released

    api, topics = _open(args), [args.topic] if args.topic else sorted(TOPICS)
    for topic in topics:
        register(api, topic)
        load_released(Path(api.coursedir.root) / api.coursedir.release_directory, topic)
        print(f"{topic}: written to {api.coursedir.release_directory}/{topic} and entered in the gradebook")
    return 0


def run_collect(args: argparse.Namespace) -> int:
    """Sort an archive, and say what came for whom and what was left out."""
    from course_lib.grading.collect import collect

    collected, left_out = collect(_open(args), Path(args.zip), args.topic, args.names)
    for one in collected:
        print(f"{one.student}: {one.change}", *one.remarks, sep="\n    ")
    print(*left_out, sep="\n")
    print(f"{len(collected)} students, {len(left_out)} files left out")
    return 0 if collected else 1


def run_grade(args: argparse.Namespace) -> int:
    """Mark, and print the table. Exit code 1 if anybody could not be marked."""
    from course_lib.grading.class_run import grade_class, table
    from course_lib.grading.sandbox import SANDBOXES

    api = _open(args)
    kind = api.config.MarkAnswers.get("sandbox", "none")
    print(f"Students' code runs in: {SANDBOXES[kind].label}.", flush=True)
    rows = grade_class(api, args.topic, args.student, args.workers, lambda line: print(line, flush=True))
    print("", table(rows), sep="\n")
    faults = [row.student for row in rows if row.result is None]
    print(f"\n{len(rows) - len(faults)} marked" + (f", NOT MARKED: {', '.join(faults)}" if faults else ""))
    return 1 if faults or not rows else 0


def run_feedback(args: argparse.Namespace) -> int:
    """Write the pages, and print where they are."""
    import glob

    from course_lib.grading.course_folder import students_with_folders, submission_folder

    api, failed = _open(args), []
    students = [args.student] if args.student else students_with_folders(api, args.topic)
    for student in students:
        done = api.generate_feedback(args.topic, glob.escape(student), force=True)
        page = submission_folder(api, "feedback", student, args.topic) / f"{args.topic}.html"
        if done["success"] and page.is_file():
            print(page)
        else:
            failed.append(student)
    if failed:
        print(f"No feedback for {', '.join(failed)}: mark them first (course grade {args.topic}).", file=sys.stderr)
    return 1 if failed or not students else 0


def run_export(args: argparse.Namespace) -> int:
    """Write the CSV."""
    from course_lib.grading.export import export_all, export_topic

    api = _open(args)
    text = export_topic(api, args.topic) if args.topic else export_all(api)
    path = Path(args.to)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    print(f"{text.count(chr(10)) - 1} students: {path}")
    return 0


def _topic(parser: argparse.ArgumentParser, required: bool = True) -> None:
    parser.add_argument("topic", nargs=None if required else "?", default=None, help=f"for instance {next(iter(TOPICS))}")


def _grade_arguments(parser: argparse.ArgumentParser) -> None:
    _topic(parser)
    parser.add_argument("--student", help="only this one")
    parser.add_argument("--workers", type=int, default=max(1, min(4, (os.cpu_count() or 2))), help="submissions at a time")


def _collect_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("zip", help="the archive from the learning platform")
    _topic(parser)
    parser.add_argument("--names", help="regular expression for the paths in it, with groups (?P<student>...) and (?P<file>...)")


def _feedback_arguments(parser: argparse.ArgumentParser) -> None:
    _topic(parser)
    parser.add_argument("--student", help="only this one")


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    _topic(parser, required=False)
    parser.add_argument("--to", default="grades.csv", help="the file to write (grades.csv)")


COMMANDS = {
    "release": Command("[TOPIC]: generate exercises/ from solutions/ and enter them in the gradebook",
                       lambda parser: _topic(parser, required=False), run_release),
    "collect": Command("ZIP TOPIC: sort a learning platform's archive into submitted/", _collect_arguments, run_collect),
    "grade": Command("TOPIC: mark a class", _grade_arguments, run_grade),
    "feedback": Command("TOPIC: write a feedback page for each student", _feedback_arguments, run_feedback),
    "export": Command("[TOPIC]: write the marks as CSV", _export_arguments, run_export),
}


def main(name: str, arguments: list[str]) -> int:
    """Run one of COMMANDS. A fault of the set-up is one sentence and exit code 3; bad input is an `InputError`."""
    command = COMMANDS[name]
    parser = argparse.ArgumentParser(prog=f"course {name}", description=command.says)
    command.add_arguments(parser)
    parser.add_argument("--root", help="the course's folder (else: from here upwards)")
    args = parser.parse_args(arguments)
    from course_lib.grading.results import InfrastructureError

    try:
        return command.run(args)
    except InfrastructureError as error:
        print(f"course {name}: {error}", file=sys.stderr)
        return 3


def release(arguments: list[str]) -> int:
    """`course release`."""
    return main("release", arguments)


def collect_zip(arguments: list[str]) -> int:
    """`course collect`."""
    return main("collect", arguments)


def grade(arguments: list[str]) -> int:
    """`course grade`."""
    return main("grade", arguments)


def feedback(arguments: list[str]) -> int:
    """`course feedback`."""
    return main("feedback", arguments)


def export(arguments: list[str]) -> int:
    """`course export`."""
    return main("export", arguments)
