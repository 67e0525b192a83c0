"""`course notebooks`: bring notebooks into the form in which they are kept; --check only reports, --run runs them first."""

import argparse
import time
from pathlib import Path

import nbformat

from course_lib.cli.normalise import keeps_outputs, normalised_text
from course_lib.cli.places import KINDS, ROOT, notebooks
from course_lib.inputs import require


def run(path: Path, seconds_per_cell: int = 300) -> None:
    """Run a notebook from top to bottom, in its own folder, and store its outputs. An error leaves the file as it was."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=seconds_per_cell, kernel_name="python3", record_timing=False,
                            resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    nbformat.write(notebook, path)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="course notebooks", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="without any: all lectures, solutions and exercises")
    parser.add_argument("--check", action="store_true", help="change nothing; the exit code says whether something would change")
    parser.add_argument("--run", action="store_true", help="run lectures first and store their outputs")
    options = parser.parse_args(arguments)
    paths = options.notebooks or [p for kind in KINDS for p in notebooks(kind)]
    for path in paths:
        require(path.suffix == ".ipynb" and path.is_file(), "the path of a notebook", str(path), "check the path")
    changed = 0
    for path in paths:
        if options.run and not options.check and keeps_outputs(path.resolve()):
            start = time.monotonic()
            run(path)
            print(f"{path}: ran in {time.monotonic() - start:.0f} s", flush=True)
        text = normalised_text(path)
        if text.encode("utf-8") == path.read_bytes():
            continue
        changed += 1
        print(f"{path}: {'would be' if options.check else 'was'} normalised")
        if not options.check:
            path.write_bytes(text.encode("utf-8"))
    print(f"{len(paths)} notebooks in {ROOT.name}, {changed} {'to be normalised' if options.check else 'normalised'}")
    return 1 if options.check and changed else 0
