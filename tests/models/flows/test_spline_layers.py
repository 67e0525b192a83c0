"""Spline layers: the change of volume against autograd, the way back, and where they start."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import Inverted, SplineAutoregressive, SplineCoupling, SplineMarginals, spline_flow
from course_lib.randomness import make_generator

MAKERS = {"marginals": lambda dim: SplineMarginals(dim, dtype=torch.float64),
          "coupling": lambda dim: SplineCoupling(dim, (16,), dtype=torch.float64),
          "flipped": lambda dim: SplineCoupling(dim, (16,), flip=True, dtype=torch.float64),
          "autoregressive": lambda dim: SplineAutoregressive(dim, (16,), list(range(dim))[::-1], dtype=torch.float64),
          "inverted": lambda dim: Inverted(SplineAutoregressive(dim, (16,), dtype=torch.float64))}


def stirred(name, dim=3, scale=0.5):
    """A layer with all weights drawn, so that nothing is the identity."""
    layer, generator = MAKERS[name](dim), make_generator(1)
    for weight in layer.parameters():
        torch.nn.init.normal_(weight, std=scale, generator=generator)
    return layer, 2 * torch.randn(20, dim, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("name", MAKERS)
def test_change_of_volume_and_way_back(name):
    layer, z = stirred(name)
    x, log_det = layer(z)
    assert (x - z).abs().max() > 0.05
    for direction, start, value in ((layer, z, log_det), (layer.inverse, x, None)):
        jacobian = torch.stack([torch.autograd.functional.jacobian(lambda a: direction(a[None])[0][0], a) for a in start])
        _, expected = torch.linalg.slogdet(jacobian)
        assert torch.allclose(direction(start)[1], expected, rtol=0, atol=1e-8)
    back, log_back = layer.inverse(x)
    assert torch.allclose(back, z, rtol=0, atol=1e-8) and torch.allclose(log_back, -log_det, rtol=0, atol=1e-7)


@pytest.mark.parametrize("name", MAKERS)
def test_starts_as_the_identity_and_every_weight_learns(name):
    layer = MAKERS[name](2)
    z = torch.randn(50, 2, generator=make_generator(2), dtype=torch.float64)
    x, log_det = layer(z)
    assert torch.allclose(x, z, rtol=0, atol=1e-13) and log_det.abs().max() < 1e-13
    layer, z = stirred(name, 2)
    x, log_det = layer(z)
    (x.square().sum() + log_det.sum()).backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in layer.parameters())


@pytest.mark.parametrize("kind", ["autoregressive", "inverse_autoregressive", "coupling"])
def test_recipe_is_reproducible_and_normalised(kind):
    flows = [spline_flow(2, 2, (16,), kind=kind, generator=make_generator(3), dtype=torch.float64) for _ in range(2)]
    first, second = (list(flow.parameters()) for flow in flows)
    assert all(torch.equal(a, b) for a, b in zip(first, second))
    for weight in first:
        torch.nn.init.normal_(weight, std=0.15, generator=make_generator(4))
    axis = torch.linspace(-7, 7, 201, dtype=torch.float64)
    with torch.no_grad():
        mass = flows[0].log_prob(torch.cartesian_prod(axis, axis)).exp().sum() * (axis[1] - axis[0]) ** 2
    assert abs(mass - 1) < 2e-3  # measured 2e-4 to 1e-3: what the grid makes of the corners at the knots


def test_bad_arguments_are_said():
    with pytest.raises(InputError, match="kind"):
        spline_flow(2, kind="both")
    with pytest.raises(InputError, match="dim"):
        SplineCoupling(1)
    with pytest.raises(InputError, match="num_bins"):
        SplineMarginals(2, num_bins=1)
    with pytest.raises(InputError, match="x"):
        SplineMarginals(2).inverse(torch.zeros(3, 4))
