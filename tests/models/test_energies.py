"""Energies: one number a point, smooth, confined, and drawn from the generator alone. Judges: finite differences, quadrature."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models import ConvEnergy, MLPEnergy
from course_lib.randomness import make_generator

SILU_SLOPE = 1.0998393194  # max of d/dx [x sigmoid(x)], at x = 2.3994; checked below


def mlp(seed=0, **settings):
    return MLPEnergy(**{"dim": 2, "dtype": torch.float64, "generator": make_generator(seed), **settings})


def digits_like(n, seed=1):
    return 16 * torch.rand(n, 64, dtype=torch.float64, generator=make_generator(seed))


ENERGIES = {
    "mlp": lambda seed=0, **s: mlp(seed, **s),
    "mlp 5d deep": lambda seed=0, **s: mlp(seed, **{"dim": 5, "width": 9, "depth": 4, "confinement": 1.5, **s}),
    "conv": lambda seed=0, **s: ConvEnergy(**{"dtype": torch.float64, "generator": make_generator(seed), **s}),
}


@pytest.fixture(params=ENERGIES)
def make(request):
    return ENERGIES[request.param]


def points(energy, n=7):
    return digits_like(n) if isinstance(energy, ConvEnergy) else 3 * torch.randn(n, energy.dim, dtype=torch.float64,
                                                                                 generator=make_generator(1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_finite_number_a_point(make, dtype):
    energy = make(dtype=dtype)
    x = points(energy).to(dtype)
    value = energy(x)
    assert value.shape == (7,) and value.dtype == dtype and torch.isfinite(value).all()
    torch.testing.assert_close(value[3:4], energy(x[3:4]), rtol=1e-5, atol=1e-5)  # no point sees another


def test_gradient_in_x_agrees_with_central_differences(make):
    energy = make()
    x = points(energy).requires_grad_()
    (grad,) = torch.autograd.grad(energy(x).sum(), x)
    x = x.detach()
    step = 1e-5 * torch.eye(x.shape[1], dtype=x.dtype)
    numeric = torch.stack([(energy(x + e) - energy(x - e)) / 2e-5 for e in step], -1)
    torch.testing.assert_close(grad, numeric, rtol=1e-6, atol=1e-7)
    assert grad.abs().max() > 1e-2


def test_every_weight_matters(make):
    energy = make()
    energy(points(energy)).sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in energy.parameters())


def test_same_seed_same_weights_whatever_else_ran(make):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = make(5).state_dict()
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(2)
    second, other = make(5).state_dict(), make(6).state_dict()
    assert all(torch.equal(first[k], second[k]) and not torch.equal(first[k], other[k]) for k in first)


def test_first_weights_fill_their_interval(make):
    """|w| <= 1/sqrt(inputs of a unit), and the largest of m uniform draws is above 0.5 of it: misses with 2^-m, m >= 20."""
    for layer in make().net:
        if hasattr(layer, "weight"):
            bound = 1 / math.sqrt(layer.weight[0].numel())
            for value in (layer.weight, layer.bias):
                assert value.abs().max() <= bound and (value.numel() < 20 or value.abs().max() > bound / 2)


def test_conv_energy_is_a_convolution_over_rows_and_columns():
    """A stride-one convolution commutes with a shift: moving the stroke one pixel moves the first feature map with it."""
    energy = ENERGIES["conv"]()
    image = torch.zeros(2, 8, 8, dtype=torch.float64)
    image[0, 3, 2], image[1, 4, 3] = 16, 16  # the same dot, one row down and one column right
    features = energy.net[0]((image.flatten(1) - 8).div(8).unflatten(1, (1, 8, 8)))
    torch.testing.assert_close(features[0, :, 1:6, 1:6], features[1, :, 2:7, 2:7])
    assert features.std() > 0
    seen = []
    energy.net[0].register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    energy(image.flatten(1))
    assert seen[0].shape == (2, 1, 8, 8) and seen[0][0, 0, 3, 2] == 1 and seen[0].min() == -1


def test_silu_slope():
    x = torch.linspace(-20, 20, 400_001, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.nn.functional.silu(x).sum(), x)
    assert slope.abs().max().item() == pytest.approx(SILU_SLOPE, abs=1e-8)


def test_the_net_is_globally_lipschitz():
    """|net(x) - net(y)| <= product of spectral norms * slope^depth * |x - y|, near and very far."""
    energy = mlp(depth=3)
    bound = SILU_SLOPE**3
    for layer in energy.net:
        if hasattr(layer, "weight"):
            bound *= torch.linalg.matrix_norm(layer.weight, 2).item()
    generator = make_generator(3)
    scale = 10 ** (6 * torch.rand(2000, 1, dtype=torch.float64, generator=generator) - 2)
    x, y = scale * torch.randn(2, 2000, 2, dtype=torch.float64, generator=generator)
    ratio = (energy.net(x) - energy.net(y)).abs()[:, 0] / (x - y).norm(dim=-1)
    assert 0 < ratio.max() <= bound


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_log_z_is_finite_because_of_the_confinement(scale):
    """Doubling the box changes log Z by nothing; without the quadratic it keeps growing, for the net has a downhill side."""
    energy = mlp(dim=1, confinement=3.0)
    with torch.no_grad():
        for p in energy.parameters():
            p *= scale

    def log_z(radius, u):
        x = torch.linspace(-radius, radius, 40_001, dtype=torch.float64)[:, None]
        return torch.logsumexp(-u(x).detach(), 0).item() + math.log(radius / 20_000)

    confined = [log_z(radius, energy) for radius in (200, 400, 800)]
    assert confined[1] == pytest.approx(confined[0], abs=1e-9) and confined[2] == pytest.approx(confined[1], abs=1e-6)
    free = [log_z(radius, lambda x: energy(x) - x[:, 0] ** 2 / 18) for radius in (200, 400, 800)]
    assert free[1] > free[0] + 0.5 and free[2] > free[1] + 0.5


@pytest.mark.parametrize("confinement", [0.5, 7.0])
def test_far_away_the_energy_is_the_quadratic(make, confinement):
    energy = make(confinement=confinement)
    centre = 8.0 if isinstance(energy, ConvEnergy) else 0.0
    direction = torch.nn.functional.normalize(points(energy) - centre, dim=-1)
    ratio = energy(centre + 1e6 * direction) / 1e12
    torch.testing.assert_close(ratio, torch.full_like(ratio, 1 / (2 * confinement**2)), rtol=1e-3, atol=0)


def test_confinement_is_one_standard_deviation_about_the_centre():
    """Without the net, U is 0 in the middle of the grey scale and 1/2 one confinement away along any pixel."""
    energy = ENERGIES["conv"](confinement=5.0)
    with torch.no_grad():
        energy.net[-1].weight.zero_(), energy.net[-1].bias.zero_()
    x = torch.full((65, 64), 8.0, dtype=torch.float64)
    x[1:] += 5 * torch.eye(64, dtype=torch.float64)
    torch.testing.assert_close(energy(x), torch.tensor([0.0] + 64 * [0.5], dtype=torch.float64))


def test_weights_travel_by_state_dict_and_dtype(make):
    first, second = make(0), make(1)
    second.load_state_dict(first.state_dict())
    x = points(first)
    torch.testing.assert_close(first(x), second(x))
    torch.testing.assert_close(first.float()(x.float()).double(), second(x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("bad, part", [
    (lambda x: x[0], r"x\[None, :\]"),
    (lambda x: x[:, :-1], "of shape \\(n, "),
    (lambda x: x.flatten()[:, None, None], r"x.flatten\(1\)"),
    (lambda x: x.float(), "float64 on cpu, like the weights"),
    (lambda x: x.long(), r"x.float\(\)"),
    (lambda x: x[:0], "at least one point"),
    (lambda x: x.numpy(), "torch.as_tensor"),
], ids=["point", "columns", "cube", "float32", "int", "empty", "numpy"])
def test_input_that_does_not_fit(make, bad, part):
    energy = make()
    with pytest.raises(InputError, match=part):
        energy(bad(points(energy)))


@pytest.mark.parametrize("build", [
    lambda: MLPEnergy(dim=0), lambda: MLPEnergy(width=2.5), lambda: MLPEnergy(depth=0), lambda: MLPEnergy(confinement=0.0),
    lambda: MLPEnergy(confinement=float("inf")), lambda: ConvEnergy(width=0), lambda: ConvEnergy(confinement=-1.0),
])
def test_settings_that_do_not_fit(build):
    with pytest.raises(InputError, match="^Expected (dim|width|depth|confinement) to be a"):
        build()
