"""A flow as a whole: change of variables by hand, order of its layers, its path, a Gaussian in closed form."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import ElementwiseAffine, Flow, Inverted, Linear, real_nvp, reverse, standard_normal_log_prob
from course_lib.randomness import make_generator
from tests.models.flows.contract import HIDDEN, settle

DOUBLE = torch.float64


def normal(*shape, seed=1):
    return torch.randn(*shape, dtype=DOUBLE, generator=make_generator(seed))


def affine(shift, scale):
    layer = ElementwiseAffine(2, dtype=DOUBLE)
    with torch.no_grad():
        layer.shift.copy_(torch.tensor(shift)), layer.log_scale.copy_(torch.tensor(scale).log())
    return layer


def test_base_law():
    z = normal(5, 3)
    expected = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    torch.testing.assert_close(standard_normal_log_prob(z), expected)
    torch.testing.assert_close(standard_normal_log_prob(z[:, :, None, None]), expected)  # images, (n, channels, h, w)


def test_first_layer_is_next_to_the_latent():
    flow = Flow([affine([1.0, 0.0], [2.0, 1.0]), reverse(2), affine([0.0, 5.0], [1.0, 3.0])], 2)
    x, log_det = flow(torch.tensor([[1.0, 10.0]], dtype=DOUBLE))  # -> (3, 10) -> (10, 3) -> (10, 14)
    torch.testing.assert_close(x, torch.tensor([[10.0, 14.0]], dtype=DOUBLE))
    assert log_det.item() == pytest.approx(math.log(6))
    torch.testing.assert_close(flow.path(torch.tensor([[1.0, 10.0]], dtype=DOUBLE)),
                               [torch.tensor([p], dtype=DOUBLE) for p in [[1.0, 10.0], [3.0, 10.0], [10.0, 3.0], [10.0, 14.0]]])


def test_an_affine_flow_is_the_gaussian():
    """x = W z + m has the law N(m, W W^T)."""
    matrix = torch.tensor([[2.0, 1.0], [-0.5, 0.7]], dtype=DOUBLE)
    flow = Flow([Linear(2, matrix, dtype=DOUBLE), affine([3.0, -1.0], [1.0, 1.0])], 2)
    law = torch.distributions.MultivariateNormal(torch.tensor([3.0, -1.0], dtype=DOUBLE), matrix @ matrix.T)
    x = 3 * normal(20, 2)
    torch.testing.assert_close(flow.log_prob(x), law.log_prob(x))


def test_affine_moments_of_the_draws():
    """Mean and covariance of 10^5 draws within 5 standard errors: five numbers, false alarm 3e-6."""
    matrix = torch.tensor([[2.0, 1.0], [-0.5, 0.7]], dtype=DOUBLE)
    x = Flow([Linear(2, matrix, dtype=DOUBLE)], 2).sample(100_000, make_generator(0))
    covariance = matrix @ matrix.T
    assert (x.mean(0).abs() < 5 * (covariance.diag() / 1e5).sqrt()).all()
    error = ((covariance**2 + covariance.diag()[:, None] * covariance.diag()) / 1e5).sqrt()
    assert ((x.T @ x / 1e5 - covariance).abs() < 5 * error).all()


def test_a_flow_without_layers_is_the_base_law():
    x = torch.randn(4, 3, generator=make_generator(0))
    torch.testing.assert_close(Flow([], 3).log_prob(x), standard_normal_log_prob(x))


def test_flows_are_layers_and_inverted_twice_is_the_same():
    flow = settle(real_nvp(2, 2, HIDDEN, generator=make_generator(0), dtype=DOUBLE), normal(4, 2))
    x = normal(9, 2)
    torch.testing.assert_close(Flow([flow], 2).log_prob(x), flow.log_prob(x))
    torch.testing.assert_close(Flow([Inverted(Inverted(flow))], 2).log_prob(x), flow.log_prob(x))
    torch.testing.assert_close(Inverted(flow)(x), flow.inverse(x))


def test_path_ends_at_the_draw_and_is_as_long_as_the_flow():
    flow = settle(real_nvp(2, 4, HIDDEN, generator=make_generator(0), dtype=DOUBLE), normal(4, 2))
    z = normal(9, 2)
    path = flow.path(z)
    assert len(path) == 5 and path[0] is z and torch.equal(path[-1], flow(z)[0])
    with pytest.raises(InputError, match="z to be a float32 or float64 tensor"):
        flow.path(z[0])


def test_draws_come_from_the_generator_in_the_dtype_of_the_flow():
    flow = real_nvp(2, 2, HIDDEN, generator=make_generator(0))
    before = torch.get_rng_state()
    assert torch.equal(flow.sample(5, make_generator(1)), flow.sample(5, make_generator(1)))
    assert torch.equal(before, torch.get_rng_state())
    assert flow.sample(1).shape == (1, 2) and flow.double().sample(3).dtype == DOUBLE
    assert "centre" not in flow.state_dict()
    with pytest.raises(InputError, match="n to be a whole number"):
        flow.sample(0)


@pytest.mark.parametrize("make, part", [
    (lambda: Flow([torch.nn.Linear(2, 2)], 2), "every layer to be a FlowLayer"),
    (lambda: Flow([], 0), "dim to be a whole number"),
])
def test_what_is_no_flow(make, part):
    with pytest.raises(InputError, match=part):
        make()
