"""Which build of PyTorch: the CPU build for a Linux machine without an NVIDIA card, pip's own choice elsewhere.

Standard library only: it runs before anything is installed.
"""

import os
import platform
import shutil
import threading
import urllib.request

from course_lib.cli.installing import fail


def has_nvidia_card() -> bool:
    return os.path.exists("/proc/driver/nvidia/version") or shutil.which("nvidia-smi") is not None


def reachable(index: str, seconds: float = 5) -> bool:
    """Does the index answer at all within `seconds`? (In a thread: a name look-up has no time-out of its own.)"""
    answers = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(index.rstrip("/") + "/torch/", timeout=seconds) as answer:
                answers.append(answer.status == 200)
        except Exception:  # whatever it is, the index cannot be used from here
            pass

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return answers == [True]


def torch_index(cpu_index: str) -> str | None:
    """The index to take PyTorch from; None is pip's own. COURSE_TORCH = cpu, default or an address decides."""
    choice = os.environ.get("COURSE_TORCH", "")
    if choice.startswith(("http://", "https://")):
        return choice
    if choice not in ("", "cpu", "default"):
        fail(f"expected COURSE_TORCH to be cpu, default or an https:// address, but got {choice!r}; unset it to let us choose.")
    if choice == "default" or (choice == "" and (platform.system() != "Linux" or has_nvidia_card())):
        return None
    if reachable(cpu_index):
        return cpu_index
    print("  PyTorch's CPU index does not answer: taking pip's default build, which on Linux can bring several GB of CUDA "
          "that a machine without an NVIDIA card never uses.")
    return None
