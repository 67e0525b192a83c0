"""One worker process seen from the parent: start it, read its lines with limits, end it and all its children."""

import importlib.util
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from course_lib.grading.limits import Limits
from course_lib.grading.sandbox import Sandbox

SCRIPT = Path(__file__).with_name("worker.py")
KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "NUMBER_OF_PROCESSORS")
MAX_LINES = 100_000  # the longest honest notebook tells a tenth of that
ENDED = object()
FLOODED = object()


class WorkerProcess:
    """Use as a context manager. `next_event` returns a dict, or ENDED or FLOODED, or None when the time is up."""

    def __init__(self, request: dict, limits: Limits, sandbox: Sandbox):
        self.limits = limits
        self.lines: queue.Queue = queue.Queue(maxsize=1000)
        self.stopping = threading.Event()
        self.folder = Path(tempfile.mkdtemp(prefix="answers_"))
        new_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
        try:
            lend_font_list(self.folder)
            command = sandbox.wrap([sys.executable, "-I", "-X", "utf8", str(SCRIPT), *library_places()], self.folder)
            self.process = subprocess.Popen(command, cwd=self.folder, env=bare_environment(self.folder),
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                            close_fds=True, **new_group)
        except BaseException:
            remove_folder(self.folder)
            raise
        threading.Thread(target=self._write, args=(json.dumps(request).encode("utf-8"),), daemon=True).start()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(self, *exception) -> None:
        self.stopping.set()
        self.kill()
        self.reader.join(timeout=2)
        if not self.reader.is_alive():  # else a child that left the group still holds the pipe
            self.process.stdout.close()
        remove_folder(self.folder)

    def _write(self, data: bytes) -> None:
        try:
            with self.process.stdin as pipe:
                pipe.write(data)
        except OSError:
            pass  # it ended before it listened: the reader tells

    def _read(self) -> None:
        """Cut the stream into lines, never holding more than the limits allow."""
        rest, total, count = b"", 0, 0
        descriptor = self.process.stdout.fileno()
        while True:
            try:
                chunk = os.read(descriptor, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                break
            total += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            count += len(lines)
            if total > self.limits.total_bytes or len(rest) > self.limits.line_bytes or count > MAX_LINES:
                self._put(FLOODED)
                return
            for line in lines:
                self._put(line)
        self._put(ENDED)

    def _put(self, line) -> None:
        """Wait until there is room, and drop the line if nobody will read it any more."""
        while not self.stopping.is_set():
            try:
                return self.lines.put(line, timeout=0.2)
            except queue.Full:
                continue

    def next_event(self, seconds: float):
        """The next event within `seconds`. A line that is no JSON object is an event without a name."""
        try:
            line = self.lines.get(timeout=max(seconds, 0.0))
        except queue.Empty:
            return None
        if line is ENDED or line is FLOODED:
            return line
        try:
            event = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            return {}
        return event if type(event) is dict else {}

    def ending(self) -> str:
        """How the process ended, waiting a moment for it."""
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "it closed its pipe and ran on"
        names = {known.value: known.name for known in signal.Signals}
        return f"signal {names[-code]}" if -code in names else f"exit code {code}"

    def kill(self) -> None:
        """End the process and every child that stayed in its group."""
        if os.name == "nt":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(self.process.pid)], capture_output=True, check=False)
        else:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        self.process.kill()
        self.process.wait()


def bare_environment(folder: Path) -> dict[str, str]:
    """What Python needs to start, a home of its own, one thread, no screen, no GPU; nothing else of ours."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    home = {name: str(folder) for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "MPLCONFIGDIR")}
    return kept | home | {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "CUDA_VISIBLE_DEVICES": "",
                          "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                          "PIP_TARGET": str(folder / "site"), "PIP_NO_INDEX": "1"}  # a cell's `!pip install` stays there


def library_places() -> list[str]:
    """Where this library, torch and IPython live: an isolated Python looks only at its own site-packages."""
    origins = [importlib.util.find_spec(name).origin for name in ("course_lib", "torch", "IPython")]
    return list(dict.fromkeys(str(Path(origin).resolve().parent.parent) for origin in origins))


def lend_font_list(folder: Path) -> None:
    """Give matplotlib the list of fonts it would otherwise search the disk for, once a worker."""
    import matplotlib

    for found in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(found, folder)


def remove_folder(folder: Path) -> None:
    """Remove a worker's folder, whatever was made in it. Never raises: what cannot be removed stays.

    Python's own rmtree holds an open file and a stack frame for each level of a deep folder; rm does not.
    """
    try:
        if os.name == "posix":
            subprocess.run(["rm", "-rf", "--", str(folder)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    except (OSError, RecursionError):
        pass
