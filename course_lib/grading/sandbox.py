"""The place where the worker runs: one function around its command line.

Today there is one place, a plain separate process. A stronger one (bubblewrap, a container) is one more `Sandbox`:
nothing else has to change.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable


@dataclass(frozen=True)
class Sandbox:
    """wrap(command, folder) -> command: how to start `command` so that it sees `folder` and little else."""

    label: str
    wrap: Callable[[list[str], Path], list[str]]


SEPARATE_PROCESS = Sandbox("separate process, not a sandbox", lambda command, folder: command)
SANDBOXES = {"none": SEPARATE_PROCESS}
