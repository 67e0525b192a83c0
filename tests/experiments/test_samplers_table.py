"""The table of kernels and targets, on a few of its cells and with a tenth of its draws."""

import math

import pytest

from course_lib.experiments.samplers import kernels, problems, row
from course_lib.inputs import InputError

# Bias is the largest of 2 * dim comparisons, each normal with t-like tails (64 chains): above 7 with probability below 1e-6
# (Student's t with 63 degrees of freedom, 50 comparisons, two sides: 1e-7).
ALARM = 7.0


@pytest.mark.parametrize("target", ["Gaussian, 10-D", "eight schools", "German credit"])
def test_a_warmed_up_hamiltonian_kernel_is_right(target):
    cell = row(target, "HMC, ChEES, dense mass", num_draws=200)
    assert cell.bias < ALARM and cell.rhat < 1.1 and cell.ess_per_gradient > 0.02, cell


def test_a_langevin_step_that_is_too_large_is_seen():
    """Its R-hat is near 1 and its answer is wrong: agreement of chains is not correctness."""
    cell = row("German credit", "ULA, step 0.05", num_draws=200)
    assert cell.bias > 100 and cell.rhat < 1.05, cell


def test_tempering_crosses_where_langevin_does_not():
    assert row("eight Gaussians", "tempering, MALA", 200).rhat < 1.2 < row("eight Gaussians", "MALA", 200).rhat


def test_every_cell_has_a_name_and_a_truth():
    assert len(problems()) == 6 and len(kernels()) == 7
    for name, make in problems().items():
        problem = make()
        assert all(math.isfinite(float(v.sum())) for v in problem[1:5]) and (problem.variance > 0).all(), name


@pytest.mark.parametrize("target, kernel, says", [("moon", "MALA", "name of a target"), ("banana", "Gibbs", "name of a kernel")])
def test_unknown_names_are_one_sentence(target, kernel, says):
    with pytest.raises(InputError, match=says):
        row(target, kernel)
