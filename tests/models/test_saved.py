"""Weights in a file: the same model back, and a sentence for another one."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.inputs import InputError
from course_lib.models.flows.glow import Glow
from course_lib.models.saved import load_weights, save_weights
from course_lib.randomness import make_generator


def test_a_saved_model_comes_back_bit_for_bit(tmp_path):
    first, second = (Glow(generator=make_generator(seed)) for seed in (0, 1))
    x = torch.randn(20, 64, generator=make_generator(2))
    z, _ = first.inverse(x)  # sets the ActNorms
    save_weights(first, tmp_path / "glow.npz")
    loaded = load_weights(second, tmp_path / "glow.npz")
    assert loaded is second and torch.equal(loaded.inverse(x)[0], z)


def test_another_model_and_a_pickle_are_refused(tmp_path):
    save_weights(nn.Linear(2, 3), tmp_path / "linear.npz")
    with pytest.raises(InputError, match="weights of this very model.*bias, weight"):
        load_weights(nn.Linear(2, 4), tmp_path / "linear.npz")
    with pytest.raises(InputError, match="differs in 0.bias, 0.weight, 1.bias"):
        load_weights(nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 3)), tmp_path / "linear.npz")
    np.savez(tmp_path / "pickled.npz", weight=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        load_weights(nn.Linear(2, 3), tmp_path / "pickled.npz")
