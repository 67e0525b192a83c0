"""E-BFMI by its formula and on a law where it is known; divergences counted from Infos."""

from typing import NamedTuple

import numpy as np
import pytest
import torch

from course_lib.diagnostics import count_divergences, ebfmi
from course_lib.inputs import InputError
from course_lib.randomness import make_generator


def test_ebfmi_by_hand():
    """0 3 1: differences 3, -2; mean 4/3, squares 16/9 + 25/9 + 1/9."""
    energy = torch.tensor([[0.0, 1.0], [3.0, 1.0], [1.0, 2.0]])
    torch.testing.assert_close(ebfmi(energy), torch.tensor([13 / (42 / 9), 1 / (2 / 3)], dtype=torch.float64))


def test_ebfmi_of_an_autoregression(autoregressive):
    """E (E_t - E_{t-1})^2 / Var E = 2 (1 - phi). 5e4 draws: the estimate's error is below 0.02, the bound five of them."""
    for phi in (0.0, 0.5, 0.9):
        value = ebfmi(torch.from_numpy(autoregressive(phi, (50_000, 2), np.random.default_rng(1))))
        assert (value - 2 * (1 - phi)).abs().max() < 0.1


def test_energy_that_is_no_energy():
    good = torch.randn(10, 3, generator=make_generator(0))
    with pytest.raises(InputError, match=r"energy to be a floating tensor of shape \(num_draws, chains\)"):
        ebfmi(good[:, 0])
    with pytest.raises(InputError, match="energy to be finite, but got NaN or infinity in 1 of 3 chains"):
        ebfmi(good.index_put((torch.tensor([2]), torch.tensor([1])), torch.tensor(float("inf"))))
    with pytest.raises(InputError, match="at least 2 draws a chain, but got 1"):
        ebfmi(good[:1])
    with pytest.raises(InputError, match="energy to vary in every chain, but got a constant in 1 of 3 chains"):
        ebfmi(good * torch.tensor([1.0, 0.0, 1.0]))


class Info(NamedTuple):
    acceptance_probability: torch.Tensor
    is_divergent: torch.Tensor


def test_divergences_are_counted_by_chain():
    flags = torch.tensor([[True, False, False], [True, False, True], [False, False, True]])
    infos = [Info(torch.ones(3), row) for row in flags]
    assert count_divergences(flags).tolist() == count_divergences(infos).tolist() == [2, 0, 2]
    assert count_divergences(iter(infos)).tolist() == [2, 0, 2]


def test_infos_without_divergences_are_refused():
    with pytest.raises(InputError, match="at least one step, each with is_divergent, but got none"):
        count_divergences([])
    with pytest.raises(InputError, match="use HMC or NUTS"):
        count_divergences([torch.ones(3)])
    with pytest.raises(InputError, match="is_divergent to be a bool tensor"):
        count_divergences(torch.ones(4, 3))
