"""What a question is: four parts and the words around them.

contract   the name to define, its arguments and what it returns
cases      inputs as plain data, drawn from a generator (public seed in the notebook, secret one in marking)
probe      runs where the student's code is: (answer, inputs) -> arrays; knows no expected value
judge      runs where the student's code is not: (inputs, outputs) -> Verdict, with a sentence that says why

Plain data is what JSON and numpy can say: numbers, strings, lists, dicts and numpy arrays.
"""

import importlib
from dataclasses import dataclass
from typing import Any, Callable, Mapping, NamedTuple

import numpy as np
import torch

Inputs = Mapping[str, Any]
Outputs = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Contract:
    """What the learner must define: `name`, called as `signature`; shapes, dtypes and units in words."""

    name: str
    signature: str
    arguments: Mapping[str, str]
    returns: str


class Case(NamedTuple):
    """One experiment. `part` names the share of the points that it decides."""

    part: str
    inputs: Inputs


class Verdict(NamedTuple):
    """What one case showed. `message` is one sentence; for a pass it may be empty."""

    passed: bool
    message: str = ""


class Marks(NamedTuple):
    """What an answer earned: points out of max_points, and the sentences that say why."""

    points: float
    max_points: float
    messages: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Question:
    """One graded question. `parts` maps each part to its points; a part is earned if all its cases pass.

    `probe` is 'package.module:function', so that the process that runs the student's code imports nothing else.
    """

    topic: str
    title: str
    difficulty: int  # 1 (write the formula) ... 5 (build and diagnose)
    minutes: int
    contract: Contract
    parts: Mapping[str, float]
    cases: Callable[[torch.Generator], list[Case]]
    probe: str
    judge: Callable[[Inputs, Outputs], Verdict]

    @property
    def name(self) -> str:
        return self.contract.name

    @property
    def max_points(self) -> float:
        return float(sum(self.parts.values()))


def load_probe(path: str) -> Callable[[Callable, Inputs], dict[str, np.ndarray]]:
    """The function that 'package.module:function' names."""
    module, function = path.split(":")
    return getattr(importlib.import_module(module), function)
