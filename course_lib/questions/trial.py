"""The student's side: run one case of a question and bring back arrays, or one sentence when that failed.

Used by check() in the notebook and by the worker process in marking, so both see the same thing.
"""

import copy
import random
import sysconfig
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import numpy as np
import torch

from course_lib.inputs import LIBRARY
from course_lib.questions.boundary import AnswerError
from course_lib.questions.contract import Inputs, Outputs, load_probe

NOT_ATTEMPTED = "not attempted yet (NotImplementedError)."
_FOREIGN = (LIBRARY, sysconfig.get_paths()["stdlib"], "<frozen", "<string>")


def run_trial(probe: str, answer: Any, inputs: Inputs) -> Outputs | str:
    """Probe `answer` on a private copy of `inputs`. Returns the outputs, or the sentence that says what went wrong.

    torch's default dtype, gradient mode and the random states are set to their defaults for the trial and restored
    after it. Only KeyboardInterrupt passes through.
    """
    if not callable(answer):
        return f"Expected a function, but got an object of type {type(answer).__name__}: pass the function, do not call it."
    run = load_probe(probe)
    with settled():
        try:
            return run(answer, copy.deepcopy(dict(inputs)))
        except AnswerError as error:
            return str(error)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return explain(error)


def explain(error: BaseException) -> str:
    """One sentence for an exception: its type, its message and the learner's own line that led to it."""
    try:
        text = str(error).strip().split("\n")[0][:240]
    except BaseException:
        text = ""
    if isinstance(error, NotImplementedError) and not text:
        return NOT_ATTEMPTED
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    own = [frame for frame in traceback.extract_tb(error.__traceback__)
           if not Path(frame.filename).as_posix().startswith(tuple(Path(p).as_posix() for p in _FOREIGN))
           and "site-packages" not in frame.filename]
    if not own and isinstance(error, TypeError):
        return f"it cannot be called as asked for: {said}."
    where = f" in line {own[-1].lineno}" + (f", `{own[-1].line[:100]}`" if own[-1].line else "") if own else ""
    return f"it stopped{where} with {said}{'' if said.endswith('.') else '.'}"


@contextmanager
def settled() -> Iterator[None]:
    """torch's global settings at their defaults inside; everything a learner may have set is back afterwards."""
    dtype, device, states = torch.get_default_dtype(), _default_device(), torch.random.get_rng_state()
    numpy_state, python_state = np.random.get_state(), random.getstate()
    try:
        torch.set_default_dtype(torch.float32)
        if device.type != "cpu":
            torch.set_default_device(None)
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        torch.set_default_dtype(dtype)
        if _default_device() != device:
            torch.set_default_device(device)
        torch.random.set_rng_state(states)
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def _default_device() -> torch.device:
    """torch's default device. One that is not there (a GPU's, on a machine without) is given up for the CPU."""
    try:
        return torch.get_default_device()
    except (RuntimeError, AssertionError):
        torch.set_default_device(None)
        return torch.get_default_device()
