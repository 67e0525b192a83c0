"""The gallery of mistakes: each reports the number that its story in the lecture says."""

import math

import pytest
import torch

from course_lib.experiments.image_flow_failures import euler_log_prob, image_failures
from course_lib.inputs import InputError
from course_lib.models.flows import ContinuousFlow
from course_lib.randomness import make_generator


def test_the_mistakes_with_images():
    once, no_scale, half = image_failures(make_generator(0)).values()
    assert once.latent_std == pytest.approx(1 / 4, abs=0.01) and once.nll < once.right
    assert no_scale.nll == pytest.approx(no_scale.right - 64 * math.log(17), abs=1e-3) and no_scale.nll < 0
    assert half.right == pytest.approx(106.47, abs=0.01) and 42 < half.right - half.nll < 64 * math.log(2)


def test_without_a_mistake_it_is_eulers_method():
    """A linear field, so that the probes' mean over all signs is the trace."""
    matrix = torch.tensor([[0.3, 0.4], [-0.2, 0.5]], dtype=torch.float64)
    velocity = lambda x, t: x @ matrix.T
    x = torch.randn(5, 2, generator=make_generator(1), dtype=torch.float64)
    signs = [torch.tensor([a, b], dtype=torch.float64).expand(5, 2) for a in (-1, 1) for b in (-1, 1)]
    mean = lambda mistake: torch.stack([euler_log_prob(velocity, x, e, 10, mistake)[0] for e in signs]).mean(0)
    base = mean("none") - matrix.trace()
    torch.testing.assert_close(mean("none"), ContinuousFlow(velocity, 2, 10, method="euler").log_prob(x))
    torch.testing.assert_close(mean("one-sided probe"), base)
    torch.testing.assert_close(mean("no step size"), base + 10 * matrix.trace())
    torch.testing.assert_close(mean("time reversed"), mean("none"))  # this field does not depend on t
    with pytest.raises(InputError, match="mistake to be one of"):
        euler_log_prob(velocity, x, signs[0], 10, "sign")
