"""Chains and samples that cannot be judged: one sentence, not a number."""

import numpy as np
import pytest
import torch

from course_lib import diagnostics
from course_lib.inputs import InputError
from course_lib.randomness import make_generator

OF_POSITIONS = {
    "rhat": diagnostics.rhat,
    "nested_rhat": lambda x: diagnostics.nested_rhat(x, 2),
    "ess_bulk": diagnostics.ess_bulk,
    "ess_tail": diagnostics.ess_tail,
    "ess_mean": diagnostics.ess_mean,
    "ess_sd": diagnostics.ess_sd,
    "ess_quantile": lambda x: diagnostics.ess_quantile(x, 0.5),
    "mcse_mean": diagnostics.mcse_mean,
    "mcse_sd": diagnostics.mcse_sd,
    "mcse_quantile": lambda x: diagnostics.mcse_quantile(x, 0.5),
    "autocorrelation": diagnostics.autocorrelation,
    "summary": diagnostics.summary,
}


def good(*shape):
    return torch.randn(*(shape or (20, 4, 3)), generator=make_generator(0))


def with_value(value, *place):
    x = good()
    x[place] = value
    return x


def frozen(x):
    x = x.clone()
    x[..., 1] = 0.1
    return x


BAD = {
    "numpy": (np.zeros((20, 4, 3)), r"shape \(num_draws, chains, dim\), but got a float64 ndarray"),
    "two axes": (good(20, 4), r"add an axis with positions\[:, :, None\]"),
    "whole numbers": (torch.ones(20, 4, 3, dtype=torch.int64), "floating tensor"),
    "no coordinate": (good(20, 4, 0), "at least one coordinate"),
    "no chain": (good(20, 0, 3), "chain"),
    "three draws": (good(3, 4, 3), "at least 4 draws a chain, but got 3"),
    "no draws": (good(0, 4, 3), "at least 4 draws a chain, but got 0"),
    "nan": (with_value(float("nan"), 5, 2, 0), "finite, but got NaN or infinity in 1 of 4 chains"),
    "infinity": (with_value(float("inf"), 5, slice(1, 3), 0), "finite, but got NaN or infinity in 2 of 4 chains"),
    "constant": (frozen(good()), "more than one value, but got coordinate 1 constant"),
    "constant but for the middle draw": (frozen(good(21, 4, 3)).index_fill(0, torch.tensor([10]), 5.0), "coordinate 1 constant"),
}


@pytest.mark.parametrize("name", OF_POSITIONS)
@pytest.mark.parametrize("case", BAD)
def test_positions_that_cannot_be_judged(name, case):
    positions, sentence = BAD[case]
    with pytest.raises(InputError, match=sentence) as error:
        OF_POSITIONS[name](positions)
    assert "\n" not in str(error.value) and str(error.value).startswith("Expected ") and str(error.value).endswith(".")


def test_every_function_of_positions_stands_in_the_table():
    first_words = ("rhat", "nested", "ess", "mcse", "autocorrelation")
    of_positions = {name for name in diagnostics.__all__ if name.split("_")[0] in first_words}
    assert of_positions | {"summary"} == set(OF_POSITIONS)


@pytest.mark.parametrize("name", sorted(set(OF_POSITIONS) - {"rhat", "nested_rhat", "summary"}))
def test_one_chain_is_enough_but_for_rhat(name):
    result = OF_POSITIONS[name](good(20, 1, 3))
    assert torch.isfinite(result).all()


@pytest.mark.parametrize("name", ["rhat", "nested_rhat"])
def test_rhat_needs_two_chains(name):
    with pytest.raises(InputError, match="at least 2 chains, but got 1; run several chains from different starts"):
        OF_POSITIONS[name](good(20, 1, 3))


def test_superchains_must_be_whole():
    for chains, number in ((9, 2), (4, 3), (4, 4)):
        with pytest.raises(InputError, match=f"multiple of num_superchains = {number}, at least two each, but got {chains}"):
            diagnostics.nested_rhat(good(20, chains, 2), number)
    with pytest.raises(InputError, match="num_superchains to be a whole number of at least 2"):
        diagnostics.nested_rhat(good(), 1)


@pytest.mark.parametrize("prob", [0, 1, -0.1, 1.5, float("nan"), "0.5", True])
def test_probabilities_lie_between_0_and_1(prob):
    for function in (diagnostics.ess_quantile, diagnostics.mcse_quantile, diagnostics.ess_tail):
        with pytest.raises(InputError, match="prob to be a number above 0 and below 1"):
            function(good(), prob)


@pytest.mark.parametrize("distance", [
    lambda x, y: diagnostics.squared_mmd(x, y, 1.0), diagnostics.sliced_wasserstein, diagnostics.median_bandwidth,
    diagnostics.squared_ksd,
], ids=["mmd", "sliced wasserstein", "median bandwidth", "ksd"])
def test_samples_that_cannot_be_compared(distance):
    x = good(6, 2)
    for bad in (good(6, 3), good(6), x.int(), x.numpy(), x.new_empty(0, 2), torch.full((6, 2), float("nan"))):
        with pytest.raises(InputError):
            distance(x, bad)
        with pytest.raises(InputError):
            distance(bad, x)


def test_settings_out_of_range():
    x = good(6, 2)
    for call in (
        lambda: diagnostics.squared_mmd(x, x, 0.0), lambda: diagnostics.squared_mmd(x[:1], x, 1.0),
        lambda: diagnostics.sliced_wasserstein(x, x, 0), lambda: diagnostics.sliced_wasserstein(x, x, order=3),
        lambda: diagnostics.sliced_wasserstein(x, x, generator=7),
        lambda: diagnostics.median_bandwidth(x[:1].expand(5, 2), x[:1]),
        lambda: diagnostics.squared_ksd(x, x, scale=0), lambda: diagnostics.squared_ksd(x, x, exponent=0.5),
        lambda: diagnostics.squared_ksd(x, x[:4]), lambda: diagnostics.squared_ksd(x[:1], x[:1]),
        lambda: diagnostics.iid_floor(diagnostics.sliced_wasserstein, lambda n, g: x, 0),
        lambda: diagnostics.iid_floor(3, lambda n, g: x, 5),
        lambda: diagnostics.iid_floor(lambda a, b: a, lambda n, g: x, 5),
        lambda: diagnostics.iid_floor(lambda a, b: float("nan"), lambda n, g: x, 5),
        lambda: diagnostics.autocorrelation(good(), max_lag=-1), lambda: diagnostics.autocorrelation(good(), max_lag=20),
    ):
        with pytest.raises(InputError):
            call()
