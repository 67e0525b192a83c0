"""Four small classification sets: two classes, real inputs."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_lib.inputs import describe, require

CLASSES = {"breast_cancer": ("malignant", "benign"), "german_credit": ("good", "bad"), "sonar": ("rock", "mine"),
           "ionosphere": ("bad", "good")}  # the meaning of the labels 0 and 1


class Classification(NamedTuple):
    """inputs (n, d): as they were measured, not scaled. labels (n,): int64, 0 or 1. classes: what 0 and 1 mean."""

    inputs: Tensor
    labels: Tensor
    classes: tuple[str, str]


def load_classification(name: str, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32) -> Classification:
    """All rows of one set, in the order of its source.

    name: "breast_cancer" (569 rows, 30 inputs), "german_credit" (1000, 24), "sonar" (208, 60) or "ionosphere" (351, 34;
    its second input is 0 in every row). dtype: of the inputs, torch.float32 or torch.float64. Sources: README.md.
    Raises InputError for another name or dtype.
    """
    require(isinstance(name, str) and name in CLASSES, f"the name to be one of {', '.join(CLASSES)}", describe(name),
            'pass for instance "sonar"')
    require(dtype in (torch.float32, torch.float64), "dtype to be torch.float32 or torch.float64", str(dtype),
            "pass one of these two")
    with (files(__package__) / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        inputs, labels = (torch.from_numpy(arrays[key]) for key in ("inputs", "labels"))
    return Classification(inputs.to(device, dtype), labels.to(device, torch.int64), CLASSES[name])
