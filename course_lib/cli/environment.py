"""The course's own environment, .venv: made once from pyproject.toml and constraints.txt, then only looked at.

A stamp says what it was made from. The stamp is removed first and written last, so an environment without one is half-made and
made anew. Standard library only: it runs before anything is installed.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path

from course_lib.cli.installing import GIGABYTES_NEEDED, ROOT, fail, stage
from course_lib.cli.torch_build import torch_index

VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "course-stamp.json"
LOG = VENV / "course-setup.log"


def constrained() -> bool:
    return os.environ.get("COURSE_CONSTRAINTS", "") != "none"


def torch_requirement() -> str:
    """The tested version of PyTorch, from constraints.txt."""
    found = re.search(r"^torch==[\w.]+", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M)
    return found[0] if found and constrained() else "torch"


def fingerprint(extras: list[str]) -> dict:
    """What an environment was made from. The variables count only when they are set: unset keeps what is there."""
    text = (ROOT / "pyproject.toml").read_bytes() + (ROOT / "constraints.txt").read_bytes()
    return {"files": hashlib.sha256(text).hexdigest(), "root": str(ROOT), "extras": extras,
            "torch": os.environ.get("COURSE_TORCH", ""), "constraints": os.environ.get("COURSE_CONSTRAINTS", "")}


def read_stamp() -> dict | None:
    try:
        return json.loads(STAMP.read_text(encoding="utf-8")) if PYTHON.exists() else None
    except (OSError, ValueError):
        return None


def is_current(stamp: dict | None, wanted: dict) -> bool:
    return (stamp is not None and all(stamp.get(k) == wanted[k] for k in ("files", "root"))
            and set(wanted["extras"]) <= set(stamp.get("extras", []))
            and all(wanted[k] in ("", stamp.get(k)) for k in ("torch", "constraints")))


@contextmanager
def locked():
    """One set-up at a time: yields the lock's descriptor. The operating system lets go of it when its last holder ends."""
    with open(ROOT / ".venv.lock", "a+b") as file:
        if os.name == "nt":
            import msvcrt

            def take():
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            def take():
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        told = False
        while True:
            try:
                take()
                break
            except (BlockingIOError, PermissionError):
                if not told:
                    print("course: another set-up of this folder is running; waiting for it.", flush=True)
                    told = True
                time.sleep(0.5)
            except OSError:  # a file system without locks: go on without
                break
        yield file.fileno()


def make_environment(wanted: dict, stamp: dict | None, lock: int) -> None:
    """Bring .venv to `wanted`. An environment with a stamp is updated, one without is made anew."""
    try:
        import ensurepip  # noqa: F401  Debian and Ubuntu ship Python without it
        import venv  # noqa: F401
    except ImportError:
        fail("this Python cannot make environments (venv or ensurepip is missing): on Debian and Ubuntu run "
             "`sudo apt install python3-venv`, then the same command again.")
    moved = stamp is not None and stamp.get("root") != str(ROOT)
    fresh = stamp is None or moved or wanted["torch"] not in ("", stamp.get("torch")) \
        or wanted["constraints"] not in ("", stamp.get("constraints"))
    free = shutil.disk_usage(ROOT).free / 1e9
    if fresh and free < GIGABYTES_NEEDED:
        fail(f"setting up needs about {GIGABYTES_NEEDED} GB, but only {free:.1f} GB are free here; make room and run the same "
             "command again.")
    print("Setting up the course (once, a minute or two) ..." if fresh else "Updating the course's environment ...", flush=True)
    start = time.monotonic()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    torch = torch_requirement()
    installed = not fresh and "==" in torch and any(VENV.glob(f"[Ll]ib/**/site-packages/{torch.replace('==', '-')}*.dist-info"))
    index = None if installed else torch_index(project["tool"]["course"]["torch-cpu-index"])
    STAMP.unlink(missing_ok=True)
    VENV.mkdir(exist_ok=True)
    base = getattr(sys, "_base_executable", sys.executable) if Path(sys.prefix) == VENV else sys.executable
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile",
           "--prefer-binary"]
    if constrained():
        pip += ["--constraint", str(ROOT / "constraints.txt")]
    else:
        pip += ["--upgrade"]
    if fresh:
        for entry in VENV.iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        stage("environment", [base, "-m", "venv", str(VENV)], LOG, lock)
    elif not wanted["extras"]:
        wanted["extras"] = stamp["extras"]
    if index:
        stage(f"PyTorch from {index}", [*pip, "--no-deps", "--index-url", index, torch], LOG, lock)
    for name in ("torch", "constraints"):
        wanted[name] = wanted[name] or (stamp or {}).get(name, "")
    requirements = project["project"]["dependencies"] + ["setuptools"]
    for extra in wanted["extras"]:
        requirements += project["project"]["optional-dependencies"][extra]
    stage("packages", [*pip, *requirements], LOG, lock)
    stage("the course's library", [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], LOG, lock)
    STAMP.write_text(json.dumps(wanted, indent=1), encoding="utf-8")
    print(f"Ready in {time.monotonic() - start:.0f} s.", flush=True)


def ensure_environment(extras: list[str]) -> None:
    """Return when .venv holds what is wanted; at once if it does already."""
    wanted = fingerprint(extras)
    if is_current(read_stamp(), wanted):
        return
    with locked() as lock:
        stamp = read_stamp()  # whoever held the lock may have done the work
        if not is_current(stamp, wanted):
            make_environment(wanted, stamp, lock)
