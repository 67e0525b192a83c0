"""A short training by either objective: better than a Gaussian, never better than the truth."""

import pytest
import torch

from course_lib.experiments.continuous_flows import BUDGET, log_prob, row
from course_lib.inputs import InputError
from course_lib.models.flows.continuous import VelocityMLP
from course_lib.models.flows.flow import standard_normal_log_prob


@pytest.mark.parametrize("objective, num_iterations", [("flow matching", 600), ("likelihood", 40)])
def test_a_short_training(objective, num_iterations):
    result = row("moons", objective, num_iterations, num_points=1000)
    print(result)
    assert result.gap > -5 * result.gap_error  # no model beats the truth: false alarm 3e-7
    assert abs(result.nll - result.entropy - result.gap) < 0.2  # the same gap, against the sample's own entropy
    assert result.solver_error < 1e-3 and result.seconds > 0


def test_without_training_it_is_the_base():
    x = torch.randn(5, 2)
    torch.testing.assert_close(log_prob(VelocityMLP(2, (8,), zero_last=True), x, 3), standard_normal_log_prob(x))


def test_wrong_arguments_get_one_sentence():
    assert set(BUDGET) == {"flow matching", "likelihood"}
    with pytest.raises(InputError, match="objective to be"):
        row("moons", "adversarial")
    with pytest.raises(InputError, match="the name of a target"):
        row("sun")
