"""What was seen of a notebook in its worker: the outcomes of every trial, and why there are none."""

from dataclasses import dataclass, field
from typing import NamedTuple

EARLY, LATE = "early", "late"
NO_OUTCOME = "this case was not reached."


class Trial(NamedTuple):
    """A question (by name), tried EARLY, where its test cell stands, or LATE, after the last cell."""

    name: str
    when: str


@dataclass
class Trouble:
    """Why something has no outcome: one of ERROR, TIMEOUT, CRASHED, MISSING, and a sentence."""

    verdict: str
    message: str


@dataclass
class Observation:
    """outcomes: for every trial, arrays or a sentence a case. troubles: of trials. cell_troubles: by the cell's number.

    remarks: sentences on how the notebook as a whole was brought through.
    """

    outcomes: dict[Trial, list] = field(default_factory=dict)
    troubles: dict[Trial, Trouble] = field(default_factory=dict)
    cell_troubles: dict[int, Trouble] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
