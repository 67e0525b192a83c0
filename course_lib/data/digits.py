"""Handwritten digits, 8 x 8 pixels."""

from importlib.resources import files
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_lib.inputs import describe, require

SPLITS = {"train": slice(0, 1000), "validation": slice(1000, 1350), "test": slice(1350, 1797), "all": slice(0, 1797)}


class Digits(NamedTuple):
    """images (n, 64): pixel values 0, 1, ..., 16, row by row from the top left. labels (n,): int64, 0 to 9."""

    images: Tensor
    labels: Tensor


def load_digits(split: str = "train", device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32) -> Digits:
    """1797 digits in scikit-learn's order: the first 1000 train, the next 350 validation, the last 447 test.

    split: "train", "validation", "test" or "all". dtype: of the images, torch.float32 or torch.float64.
    Raises InputError for another split or dtype.
    """
    require(isinstance(split, str) and split in SPLITS, f"split to be one of {', '.join(SPLITS)}", describe(split),
            'pass for instance split="train"')
    require(dtype in (torch.float32, torch.float64), "dtype to be torch.float32 or torch.float64", str(dtype),
            "pass one of these two")
    with (files(__package__) / "digits.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        images, labels = (torch.from_numpy(arrays[name][SPLITS[split]]) for name in ("images", "labels"))
    return Digits(images.to(device, dtype), labels.to(device, torch.int64))
