"""The steps of `course test`. Each takes an empty folder and counts what passed and failed, from results, not exit codes."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import NamedTuple

import nbformat

from course_lib.cli.machine import usable_cores, without_threads
from course_lib.cli.places import ROOT, notebooks

NOT_THE_COURSE = (
    ".git",
    ".venv*",
    "work",
    "submitted",
    "autograded",
    "feedback",
    "originals",
    "gradebook.db",
    "__pycache__",
    "*.egg-info",
)
UNSOLVED = "Success! The notebook does not pass any tests."


class Outcome(NamedTuple):
    """Counts of one step; `details` is shown at the end if something failed, `notes` always."""

    passed: int
    failed: int
    skipped: int = 0
    details: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()


def run(command: list[str], scratch: Path) -> tuple[int, str]:
    """Run a Python module here: one thread a process, no settings of the user, no standard input."""
    private = {
        name: str(scratch / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    environment = without_threads({**os.environ, **private, "JUPYTER_PREFER_ENV_PATH": "1", "PYTHONUTF8": "1"}, 1)
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    return done.returncode, done.stdout


def run_pytest(arguments: list[str], scratch: Path, unit: str) -> Outcome:
    """Run pytest on all cores that are there and read its counts from its report."""
    report = scratch / "report.xml"
    code, text = run(
        [
            "pytest",
            "-q",
            "-n",
            str(min(4, usable_cores())),
            "--dist",
            "loadscope",
            f"--junitxml={report}",
            "-p",
            "no:cacheprovider",
            *arguments,
        ],
        scratch,
    )
    if not report.exists():
        return Outcome(0, 1, 0, text[-8000:], unit)
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    counts = [{k: int(s.get(k, 0)) for k in ("tests", "failures", "errors", "skipped")} for s in suites]
    tests, failed = sum(c["tests"] for c in counts), sum(c["failures"] + c["errors"] for c in counts)
    skipped = sum(c["skipped"] for c in counts)
    reasons = tuple(line for line in text.splitlines() if line.startswith("SKIPPED"))
    if code not in (0, 1) and not failed:  # pytest itself was stopped: an internal error, a crashed worker, nothing collected
        failed = 1
    start = max(text.find("= FAILURES ="), text.find("= ERRORS ="), 0) if failed else 0
    return Outcome(max(0, tests - failed - skipped), failed, skipped, text[start:][-30000:], unit, reasons)


def library(scratch: Path) -> Outcome:
    """the library, the questions, marking, the house rules of notebooks, the environments (tests/)"""
    return run_pytest(["tests"], scratch, "tests")


def executed(scratch: Path) -> Outcome:
    """every cell of lectures and solutions runs, and marked outputs are what they were"""
    folders = [kind for kind in ("lectures", "solutions") if notebooks(kind, ROOT)]
    if len(folders) < 2:
        return Outcome(0, 1, 0, f"found notebooks only in {folders}; lectures/ and solutions/ must both have some", "cells")
    return run_pytest(
        ["-p", "no:python", "--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=180", *folders], scratch, "cells"
    )


def generated(scratch: Path) -> Outcome:
    """exercises/ is byte for byte what nbgrader makes of solutions/"""
    passed, complaints = 0, []
    topics = sorted({p.relative_to(ROOT / "solutions").parts[0] for p in notebooks("solutions", ROOT)})
    released = {p.name for p in (ROOT / "exercises").iterdir() if p.is_dir()} if (ROOT / "exercises").is_dir() else set()
    complaints += [f"exercises/{name} has no source in solutions/" for name in sorted(released - set(topics))]
    for topic in topics:
        code, text = run(
            [
                "nbgrader",
                "generate_assignment",
                topic,
                "--no-db",
                "--force",
                f"--CourseDirectory.release_directory={scratch / 'release'}",
            ],
            scratch,
        )
        made, kept = files(scratch / "release" / topic), files(ROOT / "exercises" / topic)
        wrong = sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))
        if code or not made:
            complaints.append(f"nbgrader could not generate {topic}:\n{text[-3000:]}")
        elif wrong:
            complaints.append(
                f"exercises/{topic}: {', '.join(wrong)} differ; run `python3 course.py release {topic}` and commit the result"
            )
        else:
            passed += 1
    return Outcome(passed, len(complaints), 0, "\n".join(complaints), "exercises")


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and ".ipynb_checkpoints" not in p.parts
    }


def unsolved(scratch: Path) -> Outcome:
    """no graded cell of an exercise passes before it is solved"""
    passed, failed, complaints = 0, 0, []
    for path in notebooks("exercises", ROOT):
        cells = nbformat.read(path, as_version=4).cells
        graded = sum(bool(cell.metadata.get("nbgrader", {}).get("grade")) for cell in cells)
        text = run(["nbgrader", "validate", "--invert", str(path)], scratch)[1]  # its exit code is 0 either way
        if graded and UNSOLVED in text:
            passed += graded
        else:
            failed += max(1, graded)
            complaints.append(f"{path.relative_to(ROOT)}: {graded} graded cells\n{text[-4000:]}")
    return Outcome(passed, failed, 0, "\n".join(complaints), "graded cells")


def binder(scratch: Path) -> Outcome:
    """repo2docker, Binder's builder, accepts binder/"""
    if sys.platform == "win32":
        return Outcome(0, 0, 1, "", "builds", ("SKIPPED repo2docker does not run on Windows",))
    copy = scratch / "course"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_THE_COURSE))
    code, text = run(["repo2docker", "--no-build", "--debug", str(copy)], scratch)
    wanted = ("binder/environment.yml", "binder/postBuild", "binder/start")
    complaints = [f"the build does not use {name}" for name in wanted if name not in text]
    if code:
        complaints.append(f"repo2docker ended with {code}")
    details = "\n".join([*complaints, text[-3000:]]) if complaints else ""
    return Outcome(int(not complaints), int(bool(complaints)), 0, details, "builds")


STEPS = {"library": library, "generated": generated, "executed": executed, "unsolved": unsolved, "binder": binder}
