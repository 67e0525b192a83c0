"""One step of a set-up: run quietly, a line with its seconds, and on failure pip's last lines and what to do.

Standard library only: it runs before anything is installed.
"""

import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GIGABYTES_NEEDED = 3


def fail(sentence: str) -> None:
    sys.exit(f"course: {sentence}")


def child_environment() -> dict[str, str]:
    """What pip and the course run in: no other project's packages, UTF-8 everywhere."""
    drop = {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "__PYVENV_LAUNCHER__"}
    return {**{k: v for k, v in os.environ.items() if k not in drop}, "PYTHONUTF8": "1"}


def stage(title: str, command: list[str], log_file: Path, lock: int) -> None:
    """Run one step quietly: a line with its seconds, or pip's last lines and what to do.

    lock: descriptor of the lock file. The step holds it too, so if we are killed nobody else starts before the step has ended.
    """
    start, live = time.monotonic(), sys.stdout.isatty()
    print(f"  {title} ...", end="" if live else "\n", flush=True)
    with open(log_file, "ab") as log:
        try:
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env=child_environment(),
                pass_fds=() if os.name == "nt" else (lock,),
            )
        except OSError as error:
            print()
            fail(f"could not start {command[0]}: {error}; delete the folder .venv and run the same command again.")
        try:
            while process.poll() is None:
                time.sleep(0.1)
                if live:
                    print(f"\r  {title} ... {time.monotonic() - start:.0f} s", end="", flush=True)
        except BaseException:
            process.kill()
            print()
            raise
    print(f"{chr(13) if live else ''}  {title} ... {time.monotonic() - start:.1f} s", flush=True)
    if process.returncode:
        text = log_file.read_text(encoding="utf-8", errors="replace")
        print("\n".join(text.splitlines()[-15:]), file=sys.stderr)
        fail(f"the step '{title}' failed; {remedy(text)} All of pip's output is in {log_file}.")


def remedy(log: str) -> str:
    """One sentence for the usual causes."""
    if "No space left" in log:
        return f"the disk is full: free about {GIGABYTES_NEEDED} GB and run the same command again."
    if re.search(r"name resolution|Connection|timed out|Max retries|ProxyError|SSLError|getaddrinfo", log):
        return "pip could not reach its index: check the network (or the proxy settings) and run the same command again."
    if "No matching distribution" in log or "Could not find a version" in log:
        if platform.system() == "Darwin" and platform.machine() == "x86_64":
            return "there is no PyTorch for Intel Macs (on Apple silicon use an arm64 Python); use Binder instead."
        return (
            f"a package has no build for this Python ({platform.python_version()} on {platform.system()} {platform.machine()}): "
            "try Python 3.12."
        )
    return "run the same command again; if it fails the same way, delete the folder .venv first."
