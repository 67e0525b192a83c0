"""The sample class: what each member hands in, what it deserves and what the page must say.

Everyone else has 19 points; `lost` names what a member does not get: {question: (points earned, verdict, words of the sentence)}.
"""

import os
import sys
from pathlib import Path
from typing import Callable, NamedTuple

from tests.grading.sample_class import answers as a
from tests.grading.sample_class.notebooks import (TOPIC, Material, add_code, add_markdown, delete, duplicate, find,
                                                  forge_outputs, spoil_metadata, to_bytes, to_format_3)

QUESTIONS = {"log_partition": 2, "normalizable": 2, "natural_parameters": 2, "contrastive_loss": 3,
             "conditional_gradient": 3, "langevin_step": 3, "persistent_step": 4}
NAME = f"{TOPIC}.ipynb"
# Linux takes any bytes as a name: no UTF-8, and what would clear the instructor's screen.
ODD_NAME, SHOWN_NAME = ((os.fsdecode(b"caf\xe9\x1b[2J.ipynb"), "caf??[2J.ipynb") if sys.platform == "linux"
                        else ("odd.ipynb", "odd.ipynb"))
Files = dict[str, bytes]
WRONG = {"normalizable": (0, "failed", "")}


class Member(NamedTuple):
    """`files` makes the folder's content; `remark`: words that a remark must hold ('' for: there is no remark)."""

    name: str
    files: Callable[[Material], Files]
    lost: dict[str, tuple[float, str, str]] = {}
    remark: str = ""

    @property
    def points(self) -> float:
        return sum(points - (points - self.lost[name][0] if name in self.lost else 0) for name, points in QUESTIONS.items())


def everything(verdict: str, words: str) -> dict:
    return {name: (0, verdict, words) for name in QUESTIONS}


def one(change=lambda nb: None, **answers) -> Callable[[Material], Files]:
    """A folder with the notebook alone."""
    return lambda material: {NAME: material.prepared(change, **answers)}


def cheat(change=lambda nb: None) -> Callable[[Material], Files]:
    """A wrong answer to question 2, and something that is to hide it."""
    return one(change, normalizable=a.WRONG_NORMALIZABLE)


def tag_tests(nb) -> None:
    for name in QUESTIONS:
        find(nb, name).metadata["tags"] = ["skip-execution"]


def odd_timestamp(material: Material) -> Files:
    return {NAME: material.prepared(lambda nb: None), "timestamp.txt": b"the day before yesterday"}


MEMBERS = (
    Member("complete", lambda m: {NAME: to_bytes(m.solution)}),
    Member("partly_right", one(log_partition=a.NAIVE_LOG_PARTITION, contrastive_loss=a.NOT_DETACHED,
                               langevin_step=a.HALF_THE_NOISE, persistent_step=None),
           {"log_partition": (1, "failed", "right so far: formula"), "contrastive_loss": (2, "failed", "detach x_model"),
            "langevin_step": (2, "failed", "right so far: drift, clean"),
            "persistent_step": (0, "not_attempted", "not attempted")}),
    Member("empty", lambda m: {NAME: to_bytes(m.released)}, everything("not_attempted", "not attempted")),
    Member("written_differently", one(**a.DIFFERENT)),
    Member("numpy_returns", one(**a.NUMPY)),
    Member("warnings_on_stderr", one(lambda nb: add_code(nb, a.NOISY, 2), log_partition=a.NOISY_LOG_PARTITION)),
    Member("float64_contamination", one(lambda nb: add_code(nb, a.DEFAULT_DTYPE, 2))),
    Member("prints_five_megabytes", one(lambda nb: add_code(nb, a.CHATTER, 2))),
    Member("check_redefined", cheat(lambda nb: add_code(nb, "def check(name, answer):\n    print('✓')", 2)), WRONG),
    Member("test_cell_tagged", cheat(tag_tests), WRONG, "tagged skip-execution"),
    Member("test_cell_deleted", cheat(lambda nb: [delete(nb, name) for name in ("normalizable", "log_partition")]), WRONG,
           "was deleted"),
    Member("test_cell_changed", cheat(lambda nb: find(nb, "normalizable").update(source="2")), WRONG, "was changed"),
    Member("test_cell_duplicated", cheat(lambda nb: duplicate(nb, "normalizable")), WRONG, "2 times"),
    Member("answer_cell_duplicated", one(lambda nb: duplicate(nb, "normalizable_answer", a.WRONG_NORMALIZABLE)),
           remark="2 times"),
    Member("output_forged", cheat(forge_outputs), WRONG),
    Member("events_forged", cheat(lambda nb: add_code(nb, a.FORGED_EVENTS, 2)),
           {"normalizable": (0, "error", "was not reached")}),
    Member("always_equal", one(lambda nb: add_code(nb, a.ALWAYS_EQUAL, 2), natural_parameters=a.ALWAYS_EQUAL,
                               normalizable=a.ANYTHING),
           {"natural_parameters": (0, "failed", ""), "normalizable": (0, "error", "an object of type Anything")}),
    Member("hooks_and_transformers", cheat(lambda nb: add_code(nb, a.TRICKS)), WRONG),
    Member("metadata_spoiled", cheat(spoil_metadata), WRONG),
    Member("loop_in_an_answer", one(log_partition=a.LOOP), {"log_partition": (0, "timeout", "did not finish within")}),
    Member("loop_in_a_cell", one(lambda nb: add_code(nb, "while True:\n    pass", 3)), remark="did not finish within"),
    Member("exit_in_an_answer", one(natural_parameters=a.EXIT),
           {"natural_parameters": (0, "crashed", "ended the whole Python process")}),
    Member("exit_in_a_cell", one(lambda nb: add_code(nb, "import os\nos._exit(0)", 3)),
           remark="ended the whole Python process"),
    Member("segmentation_fault", one(natural_parameters=a.SEGFAULT),
           {"natural_parameters": (0, "crashed", "ended the whole Python process")}),
    Member("sys_exit", one(lambda nb: add_code(nb, "import sys\nsys.exit(1)", 2), natural_parameters=a.SYS_EXIT),
           {"natural_parameters": (0, "error", "SystemExit: enough")}, "stopped with an exception"),
    Member("syntax_error", one(natural_parameters="def natural_parameters(x)\n    return x"),
           {"natural_parameters": (0, "error", "SyntaxError")}, "stopped with an exception"),
    Member("answer_deleted", one(lambda nb: delete(nb, "natural_parameters_answer")),
           {"natural_parameters": (0, "missing", "defines no `natural_parameters`")}),
    Member("no_notebook", lambda m: {NAME: b"%PDF-1.7\n\x00\xff\xfe\x80"}, everything("unreadable", "not a notebook"),
           "it is not text"),
    Member("truncated", lambda m: {NAME: to_bytes(m.solution)[:-4000]}, everything("unreadable", "not a notebook"),
           "breaks off"),
    Member("renamed", lambda m: {"Übung 3 (1).ipynb": m.prepared(lambda nb: None)}, remark="was called Übung 3 (1).ipynb"),
    Member("named_in_bytes", lambda m: {ODD_NAME: m.prepared(lambda nb: None)}, remark=f"was called {SHOWN_NAME};"),
    Member("empty_folder", lambda m: {}, everything("missing", "No notebook was handed in"), "No notebook was"),
    Member("old_format", lambda m: {NAME: to_format_3(m.notebook())}, remark="old format"),
    Member("file_beside", lambda m: {NAME: m.prepared(lambda nb: None), "torch.py": b"raise SystemExit"}, remark="torch.py"),
    Member("odd_timestamp", odd_timestamp, remark="timestamp.txt"),
    Member("scripts", one(lambda nb: (add_markdown(nb, a.SCRIPT), add_code(nb, a.SCRIPT_OUTPUT))),
           remark="stopped with an exception"),
)


def hand_in(root: Path, member: Member, material: Material) -> Path:
    """Write a member's folder into submitted/; the one with a file beside gets a link too, where there are links."""
    folder = root / "submitted" / member.name / TOPIC
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in member.files(material).items():
        (folder / name).write_bytes(data)
    if member.name == "file_beside" and os.name == "posix":
        (folder / "answers.txt").symlink_to(root / "gradebook.db")
    return folder
