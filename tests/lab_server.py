"""A real `course lab` on a free port, with a learner's copy in a folder of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from course_lib.cli.places import ROOT

TOKEN = "a-token-for-tests"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def lab(folder: Path, *arguments: str, seconds: float = 120):
    """Yields (address without a slash at its end, what it printed so far as a function); the server is stopped afterwards."""
    port, log = free_port(), folder / "lab.log"
    private = {
        name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    with open(log, "wb") as file:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "course_lib.cli",
                "lab",
                "--no-browser",
                "--port",
                str(port),
                "--token",
                TOKEN,
                "--work",
                str(folder / "work"),
                *arguments,
            ],
            cwd=ROOT,
            env={**os.environ, **private},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    said = lambda: log.read_text(encoding="utf-8", errors="replace")
    try:
        end = time.monotonic() + seconds
        while "is ready" not in said():
            assert server.poll() is None and time.monotonic() < end, f"the server did not start:\n{said()}"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", said
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def status(address: str) -> int:
    """The HTTP status of a page, asked for with the token."""
    request = urllib.request.Request(address, headers={"Authorization": f"token {TOKEN}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
