"""Read the collected answers: tests/answers/<topic>/<question>/right_*.py and wrong_*.py.

A wrong file opens with comments: `# expect:` a fragment of the message it must get, `# misconception:` what its writer
believes, and, where partial points are part of the claim, `# points:` how many it earns.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from course_lib.questions import TOPICS

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Answer:
    """One file. `expect`, `misconception` and `points` are empty for right answers."""

    topic: str
    question: str
    path: Path

    @property
    def right(self) -> bool:
        return self.path.name.startswith("right_")

    def header(self, key: str) -> str:
        found = re.search(rf"^# {key}:\s*(.+)$", self.path.read_text(encoding="utf-8"), re.MULTILINE)
        return found.group(1).strip() if found else ""

    def load(self) -> Callable:
        """The function of the question's name, in a namespace of its own."""
        source = self.path.read_text(encoding="utf-8")
        namespace: dict = {"__name__": "answer"}
        exec(compile(source, str(self.path), "exec"), namespace)
        return namespace[self.question]


def answers() -> list[Answer]:
    """Every file of every topic, in a stable order."""
    return [Answer(topic, path.parent.name, path) for topic in sorted(TOPICS)
            for path in sorted((FOLDER / topic).glob("*/*.py"))]
