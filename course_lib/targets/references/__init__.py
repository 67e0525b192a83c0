"""References of posteriors without a closed form: log Z, means and variances, with their errors.

One JSON file a target. Each holds the results of two independent routes and their average, weighted by precision. Made by

    python -m course_lib.experiments.sampler_references FOLDER [TARGET ...]

which writes a file only if both routes agree.
"""

import json
from importlib.resources import files
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import describe, require
from course_lib.targets.parameters import require_dtype


class Reference(NamedTuple):
    """definition: the density in words. log_z: a float; mean, variance: (dim,), of every coordinate; each with its error.

    An error is a standard error; 1e-9 stands for a quadrature.
    """

    definition: str
    log_z: float
    log_z_error: float
    mean: Tensor
    mean_error: Tensor
    variance: Tensor
    variance_error: Tensor


def known_references() -> list[str]:
    """The names that `load_reference` knows."""
    return sorted(file.name.removesuffix(".json") for file in files(__package__).iterdir() if file.name.endswith(".json"))


def load_reference(name: str, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float64) -> Reference:
    """The reference of that name, for instance "logistic_regression_sonar". Raises InputError for an unknown name."""
    known = known_references()
    require(isinstance(name, str) and name in known, "the name of a reference", describe(name),
            f"choose one of {', '.join(known)}")
    require_dtype(dtype)
    content = json.loads((files(__package__) / f"{name}.json").read_text(encoding="utf-8"))
    values = content["combined"]
    vectors = {key: torch.tensor(values[key], dtype=dtype, device=device) for key in Reference._fields[3:]}
    return Reference(content["definition"], values["log_z"], values["log_z_error"], **vectors)
