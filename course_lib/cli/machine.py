"""What this machine offers: cores, memory, and the environment that keeps numerical libraries to them."""

import math
import os
import shutil
from pathlib import Path

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def usable_cores() -> int:
    """Cores this process may use: the affinity mask and a container's quota count, not what the machine has."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="utf-8").split()
        return max(1, min(cores, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no such file, or 'max'
        return cores


def memory_gigabytes() -> float | None:
    """Memory this process may use, in GB; None where the system does not say."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        pass
    return total / 1e9


def free_disk_gigabytes(folder: Path) -> float:
    return shutil.disk_usage(folder).free / 1e9


def with_threads(environment: dict[str, str], threads: int) -> dict[str, str]:
    """The environment with the number of threads set, where it does not say otherwise."""
    return {**{name: str(threads) for name in THREAD_VARIABLES}, **environment}


def without_threads(environment: dict[str, str], threads: int) -> dict[str, str]:
    """The environment with the number of threads set, whatever it says."""
    return {**environment, **{name: str(threads) for name in THREAD_VARIABLES}}
