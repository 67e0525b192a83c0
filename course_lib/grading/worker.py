"""The untrusted side: run a notebook's cells once and try its answers on the cases. Started as a script of its own.

Standard input: one JSON request {"cells": [{"source", "asked": [names]}], "questions": [{"name", "probe",
"cases": [inputs]}], "late": [names]}; `asked` are the questions to try right after a cell, `late` those to try at the end.
What happened goes out as JSON lines over a private descriptor (see `course_lib.grading.events`); everything that
the student's code prints is swallowed. No judge, no expected value and no seed ever enters this process.
"""

import importlib
import json
import os
import sys

PACKAGE_MAGICS = ("pip", "conda", "mamba", "micromamba", "uv")


def private_channel() -> int:
    """Keep the pipe to the parent for ourselves and point descriptors 0, 1 and 2 at nothing."""
    channel = os.dup(1)
    sink = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(sink, descriptor)
    os.close(sink)
    return channel


def modest() -> None:
    """No core dumps and no huge files, where the system can be told so."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000_000, 200_000_000))
    except (ImportError, ValueError, OSError):
        pass


def make_shell():
    """IPython without a kernel: magics, top-level await and display work, nothing is shown and no history is kept."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class QuietShell(InteractiveShell):
        """A shell that no learner looks at."""

        def enable_gui(self, gui=None):
            """There is no screen."""

        def enable_matplotlib(self, gui=None):
            """`%matplotlib` anything draws with Agg: an exception here would cost the rest of the cell."""
            return super().enable_matplotlib("agg")

        def ask_exit(self):
            """exit() and quit() end a cell's wish, not the marking."""

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell = QuietShell.instance(config=config)
    for name in PACKAGE_MAGICS:
        shell.register_magic_function(install_nothing, "line", name)
    return shell


def install_nothing(line: str) -> None:
    """What `%pip` and its like do here: the packages are the instructor's."""
    print("Nothing is installed while a notebook is marked.")


def run_cell(shell, source: str):
    """Run one cell. Returns None or the exception that ended it, whatever the cell did to its shell."""
    importlib.invalidate_caches()  # a module that %%writefile wrote a moment ago is found
    try:
        result = shell.run_cell(source, store_history=False, silent=False)
        return result.error_before_exec or result.error_in_exec
    except BaseException as error:
        return error


def try_question(question: dict, when: str, shell, say) -> None:
    """Run the probe on every case of one question; one line out for each."""
    from course_lib.questions.boundary import decode, encode
    from course_lib.questions.trial import explain, run_trial

    trial = {"name": question["name"], "when": when}
    say(event="question", **trial)
    if question["name"] in shell.user_ns:
        answer = shell.user_ns[question["name"]]
        for number, inputs in enumerate(question["cases"]):
            try:
                outcome = encode(run_trial(question["probe"], answer, decode(inputs)))
            except BaseException as error:
                outcome = explain(error)
            say(event="outcome", **trial, case=number, outcome=outcome)
    else:
        say(event="missing", **trial)
    say(event="answered", **trial)


def main() -> None:
    """Read the request, run the cells, try each question where it is asked and at the end, and tell."""
    modest()
    request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    channel = private_channel()
    sys.stdout, sys.stderr = (open(fd, "w", encoding="utf-8", errors="replace", closefd=False) for fd in (1, 2))

    def say(dumps=json.dumps, write=os.write, **fields) -> None:
        line = (dumps(fields) + "\n").encode("utf-8", "replace")
        while line:
            line = line[write(channel, line):]

    for place in sys.argv[1:]:
        if place not in sys.path:
            sys.path.append(place)
    sys.path.append(os.getcwd())  # last: what a notebook writes can be imported and stands before nothing
    from course_lib.questions import check
    from course_lib.questions.contract import load_probe
    from course_lib.questions.trial import explain

    check.STUBBED = True
    questions = {question["name"]: question for question in request["questions"]}
    for question in questions.values():
        load_probe(question["probe"])
    shell = make_shell()
    say(event="ready")
    for number, cell in enumerate(request["cells"]):
        say(event="cell", cell=number)
        error = run_cell(shell, cell["source"])
        if error is not None:
            say(event="stopped", cell=number, message=explain(error))
        for name in cell["asked"]:
            try_question(questions[name], "early", shell, say)
    for name in request["late"]:
        try_question(questions[name], "late", shell, say)
    say(event="done")
    os._exit(0)  # neither atexit functions nor threads of the notebook's may keep us


if __name__ == "__main__":
    main()
