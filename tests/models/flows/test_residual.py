"""The invertible residual block: its Lipschitz constant, its inverse within the stated bound, both log-determinants."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows.flow import Flow
from course_lib.models.flows.layer import Inverted
from course_lib.models.flows.residual import (SILU_SLOPE, InvertibleResidual, exact_log_det, fixed_point, series_log_det,
                                              truncation_bound)
from course_lib.randomness import make_generator


def block(dim=3, lipschitz=0.9, factor=20.0, seed=0, **options):
    """With weights so large that the normalisation has to act, aligned so that most of the slope allowed is used."""
    layer = InvertibleResidual(dim, (16, 16), lipschitz, generator=make_generator(seed), dtype=torch.float64, **options)
    for module in layer.net.net[::2]:
        torch.nn.init.orthogonal_(module.weight, gain=factor, generator=make_generator(seed))
        module.bias.data.add_(2.0)
    last = layer.net.net[-1].weight
    last.data = -factor * (layer.net.net[2].weight @ layer.net.net[0].weight).T / factor**2  # J close to -c I: the hard side
    return layer


def points(n=50, dim=3, seed=1):
    return torch.randn(n, dim, generator=make_generator(seed), dtype=torch.float64)


def jacobian(f, x):
    y = x.clone().requires_grad_()
    value = f(y)
    return torch.stack([torch.autograd.grad(value[:, i].sum(), y, retain_graph=True)[0] for i in range(x.shape[1])], dim=1)


def test_the_activation_has_slope_at_most_one():
    a = torch.linspace(-20, 20, 400_001, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.nn.functional.silu(a).sum(), a)
    assert 0.999 < float(slope.abs().max()) / SILU_SLOPE <= 1
    assert float(a[slope.argmax()].detach()) == pytest.approx(2.40, abs=0.005)


@pytest.mark.parametrize("lipschitz", [0.3, 0.9, 0.99])
def test_the_slope_stays_below_the_bound(lipschitz):
    layer, x = block(lipschitz=lipschitz), 3 * points(500)
    slopes = torch.linalg.matrix_norm(jacobian(layer.residual(), x), 2)
    assert float(slopes.max()) <= lipschitz
    assert float(slopes.max()) > 0.5 * lipschitz  # and is not far from it


def test_small_weights_are_left_alone():
    layer = block(factor=0.5)
    torch.testing.assert_close(layer(points())[0], points() + unnormalised(layer, points()))


def unnormalised(layer, x):
    for module in layer.net.net:
        x = module(x) / SILU_SLOPE if isinstance(module, torch.nn.SiLU) else module(x)
    return x


@pytest.mark.parametrize("dtype, digits", [(torch.float64, 1e-12), (torch.float32, 1e-3)])
@pytest.mark.parametrize("lipschitz", [0.3, 0.9, 0.99])
def test_the_inverse_undoes_the_block(lipschitz, dtype, digits):
    layer, z = block(lipschitz=lipschitz).to(dtype), points().to(dtype)
    x, log_det = layer(z)
    back, change = layer.inverse(x)
    torch.testing.assert_close(back, z, atol=digits, rtol=0)
    torch.testing.assert_close(change, -log_det, atol=100 * digits, rtol=0)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-5, 1e-8])
def test_the_error_of_the_inverse_is_within_its_bound(tolerance):
    """The worst g for the bound is linear with slope L: then it is reached."""
    for g in (block(lipschitz=0.9).residual(), lambda z: -0.9 * z, lambda z: 0.9 * z):
        z = 5 * points()
        with torch.no_grad():
            found = fixed_point(g, z + g(z), 0.9, tolerance)
        assert float((found - z).norm(dim=1).max()) <= tolerance * (1 + 1e-6)
    assert float((found - z).norm(dim=1).max()) > 0.01 * tolerance  # it stops in time


def test_a_g_that_does_not_contract_gets_one_sentence():
    for slope in (1.0, -1.5, 3.0):
        with pytest.raises(InputError, match="g is steeper than that: normalise its weights"):
            fixed_point(lambda z: slope * z, points(), 0.9)
    with pytest.raises(InputError, match="to converge within"):
        fixed_point(lambda z: z * float("nan"), points(), 0.9)


@pytest.mark.parametrize("dim", [1, 2, 5])
def test_the_exact_log_det_is_that_of_the_map(dim):
    layer, x = block(dim), points(dim=dim)
    expected = torch.linalg.slogdet(jacobian(lambda z: layer(z)[0], x)).logabsdet
    torch.testing.assert_close(layer(x)[1], expected)
    torch.testing.assert_close(layer.inverse(x)[1], torch.linalg.slogdet(jacobian(lambda x: layer.inverse(x)[0], x)).logabsdet,
                               atol=1e-9, rtol=0)
    assert float(expected.abs().max()) > 0.1


def test_the_truncated_series_is_within_its_bound():
    """With all +-1 probes the mean of e . J^k e is the trace itself."""
    dim, lipschitz = 3, 0.8
    probes = torch.cartesian_prod(*dim * [torch.tensor([-1.0, 1.0], dtype=torch.float64)])
    steep = -lipschitz * torch.eye(dim, dtype=torch.float64)  # the worst case: all terms of one sign
    for g in (block(dim, lipschitz).residual(), lambda z: z @ steep):
        z = points(20)
        exact = exact_log_det(g, z).detach()
        for num_terms in (1, 2, 5, 10, 40):
            series = torch.stack([series_log_det(g, z, e.expand_as(z), num_terms) for e in probes]).mean(0).detach()
            bound = truncation_bound(dim, lipschitz, num_terms)
            assert float((series - exact).abs().max()) <= bound + 1e-12
    assert bound < 1e-3
    tail = dim * (-math.log(1 - lipschitz) - sum(lipschitz**k / k for k in range(1, 3)))  # the worst case in closed form
    assert tail <= truncation_bound(dim, lipschitz, 2) < 2 * tail


def test_the_series_is_unbiased_over_the_probes():
    """50 000 probes at one point, five standard errors: false alarm 6e-7. The truncated rest, below 1e-4, is allowed for."""
    layer = block(lipschitz=0.7, log_det="series", num_terms=25)
    x = points(1).expand(50_000, 3)
    with torch.no_grad():
        estimate = layer(x, make_generator(2))[1]
        exact = exact_log_det(layer.residual(), x[:1])
    error = float(estimate.std()) / len(x) ** 0.5
    rest = truncation_bound(3, 0.7, 25)
    assert rest < 1e-4
    assert abs(float(estimate.mean() - exact)) < 5 * error + rest
    assert float(estimate.std()) > 0.01


def test_more_probes_average_and_the_generator_decides():
    one, ten = (block(log_det="series", num_probes=n, num_terms=5) for n in (1, 10))
    x = points(1).expand(10_000, 3)
    with torch.no_grad():
        ratio = one(x, make_generator(3))[1].var() / ten(x, make_generator(4))[1].var()
        again = one(x, make_generator(3))[1]
        assert torch.equal(again, one(x, make_generator(3))[1]) and not torch.equal(again, one(x, make_generator(5))[1])
    assert float(ratio) == pytest.approx(10, rel=0.2)


@pytest.mark.parametrize("log_det", ["exact", "series"])
@pytest.mark.parametrize("way", ["forward", "inverse"])
def test_gradients_agree_with_finite_differences(way, log_det):
    """Also through the fixed point, whose iterations are not recorded. Equal singular values would make the norm not smooth."""
    layer, x = block(2, log_det=log_det, num_terms=4), points(5, 2).requires_grad_()
    for parameter in layer.parameters():
        parameter.data.add_(torch.randn(parameter.shape, generator=make_generator(5), dtype=torch.float64))
    run = layer if way == "forward" else layer.inverse

    def value():
        out, change = run(x, make_generator(6))
        return out.square().sum() + change.sum()

    inputs = [x, *layer.parameters()]
    for tensor, grad in zip(inputs, torch.autograd.grad(value(), inputs)):
        direction = torch.randn(tensor.shape, generator=make_generator(7), dtype=torch.float64)
        start, ends = tensor.data.clone(), []
        for step in (1e-5, -1e-5):
            tensor.data = start + step * direction
            ends.append(float(value().detach()))
        tensor.data = start
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(float((grad * direction).sum()), rel=1e-4, abs=1e-5)


def test_it_fits_data_as_a_layer_of_a_flow():
    layers = [Inverted(InvertibleResidual(2, (16,), generator=make_generator(seed), dtype=torch.float64)) for seed in (8, 9)]
    flow, x = Flow(layers, 2), points(20, 2)
    z, log_det = flow.inverse(x)
    torch.testing.assert_close(log_det, torch.linalg.slogdet(jacobian(lambda x: flow.inverse(x)[0], x)).logabsdet)
    torch.testing.assert_close(flow(z)[0], x)
    before = [p.detach().clone() for p in flow.parameters()]
    flow.log_prob(x).mean().backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in flow.parameters())
    assert all(torch.equal(a, b) for a, b in zip(before, flow.parameters()))  # the normalisation overwrites nothing


@pytest.mark.parametrize("options, sentence", [
    ({"lipschitz": 1.0}, "lipschitz below 1"),
    ({"lipschitz": 0}, "lipschitz to be a finite"),
    ({"log_det": "none"}, "log_det to be exact or series"),
    ({"num_terms": 0}, "num_terms to be"),
    ({"num_probes": 0}, "num_probes to be"),
])
def test_wrong_arguments_get_one_sentence(options, sentence):
    with pytest.raises(InputError, match=sentence):
        InvertibleResidual(2, **options)
