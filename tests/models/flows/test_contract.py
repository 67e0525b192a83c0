"""The contract of contract.py, kept by every layer and every recipe."""

import pytest
import torch
from torch import nn

from course_lib.inputs import InputError
from course_lib.models.flows import Standardise
from course_lib.randomness import make_generator
from tests.models.flows import contract

DOUBLE = torch.float64


def normal(*shape, seed=1):
    return torch.randn(*shape, dtype=DOUBLE, generator=make_generator(seed))


@pytest.fixture(params=contract.LAYERS)
def entry(request):
    return contract.LAYERS[request.param]


@pytest.fixture(params=contract.RECIPES)
def recipe(request):
    return contract.RECIPES[request.param]


def test_every_layer(entry):
    make, dim, changes_volume = entry
    contract.check_layer(make(generator=make_generator(0), dtype=DOUBLE), normal(6, dim), changes_volume)


def test_every_layer_is_made_and_saved_alike(entry):
    make, dim, _ = entry
    contract.check_maker(make, normal(6, dim))


@pytest.mark.parametrize("dim", [2, 5])
def test_every_recipe(recipe, dim):
    flow = recipe(dim, 3, contract.HIDDEN, x=2 + 3 * normal(50, dim), generator=make_generator(0), dtype=DOUBLE)
    contract.check_layer(flow, normal(6, dim), tolerance=1e-6)


def test_every_recipe_is_made_and_saved_alike(recipe):
    def make(generator, dtype):
        x = torch.randn(50, 3, dtype=DOUBLE, generator=make_generator(int(generator.initial_seed()))).to(dtype)
        return recipe(3, 3, contract.HIDDEN, x=x, generator=generator, dtype=dtype)

    contract.check_maker(make, normal(6, 3))


def test_every_recipe_is_a_density_and_draws_from_it(recipe):
    """Smooth networks, since the midpoint rule is that accurate for smooth densities only. Draws made through the layers in the
    wrong order fail here for every recipe."""
    flow = recipe(2, 3, contract.HIDDEN, activation=nn.SiLU, generator=make_generator(0), dtype=DOUBLE)
    contract.settle(flow, normal(6, 2), scale=0.3)
    contract.check_draws(flow, contract.check_integral(flow))


@pytest.mark.parametrize("dim", [2, 7])
def test_every_recipe_standardises_next_to_the_data_and_starts_near_a_gaussian(recipe, dim):
    data = torch.linspace(1, 5, dim, dtype=DOUBLE) * normal(40, dim) - 3
    flow = recipe(dim, 2, contract.HIDDEN, x=data, generator=make_generator(0), dtype=DOUBLE)
    whitened = flow.layers[-1].inverse(data)[0]
    torch.testing.assert_close(whitened.mean(0), torch.zeros(dim, dtype=DOUBLE))
    torch.testing.assert_close(whitened.std(0, correction=0), torch.ones(dim, dtype=DOUBLE))
    z = normal(9, dim)
    with torch.no_grad():
        x, log_det = flow(z)  # two layers have no permutation between them
    expected, expected_log_det = Standardise.from_data(data)(z)
    shifted = ((x - expected) / flow.layers[-1].std).abs()
    assert float(shifted.median()) < 1.0 and float((log_det - expected_log_det).abs().max()) < dim


@pytest.mark.parametrize("name", ["real_nvp", "maf", "iaf"])
@pytest.mark.parametrize("dtype", [torch.float32, DOUBLE])
def test_huge_inputs_give_numbers(name, dtype):
    flow = contract.RECIPES[name](2, 8, generator=make_generator(0), dtype=dtype)
    contract.settle(flow, normal(6, 2).to(dtype), scale=2.0)
    x = (1e6 * normal(200, 2)).to(dtype).requires_grad_()
    value = flow.log_prob(x)
    value.sum().backward()
    assert not value.isnan().any() and (value < -1e3).all()
    assert not any(p.grad.isnan().any() for p in flow.parameters()) and not x.grad.isnan().any()
    assert not any(t.isnan().any() for t in flow(x))


@pytest.mark.parametrize("name", ["real_nvp", "maf"])
def test_float32_undoes_itself(name):
    """Over seeds 0 to 9 the worst of 2000 points was off by 1.7e-6."""
    flow = contract.RECIPES[name](2, 8, generator=make_generator(0))
    contract.settle(flow, normal(6, 2).float(), scale=0.3)
    z = normal(2000, 2).float()
    assert (flow.inverse(flow(z)[0])[0] - z).abs().max() < 1e-5


@pytest.mark.parametrize("bad, part", [
    (lambda x: x[0], r"x\[None, :\]"),
    (lambda x: x[:, :1], r"of shape \(n, 2\)"),
    (lambda x: x[:, :, None], r"x.flatten\(1\)"),
    (lambda x: x.float(), "x in float64 on cpu, like the weights of this flow"),
    (lambda x: x.long(), r"x.float\(\)"),
    (lambda x: x[:0], "at least one point"),
    (lambda x: x.numpy(), "torch.as_tensor"),
], ids=["point", "columns", "cube", "float32", "int", "empty", "numpy"])
def test_points_that_do_not_fit_a_flow(recipe, bad, part):
    flow = recipe(2, 2, contract.HIDDEN, dtype=DOUBLE)
    with pytest.raises(InputError, match=part):
        flow.log_prob(bad(normal(5, 2)))


def test_points_that_do_not_fit_a_layer(entry):
    make, dim, _ = entry
    layer = make(generator=make_generator(0), dtype=DOUBLE)
    for direction, name in ((layer.forward, "[xz]"), (layer.inverse, "[xz]")):
        for bad in (normal(dim), normal(4, dim + 1), normal(4, dim, 1)):
            with pytest.raises(InputError, match=f"^Expected {name} to be a float32 or float64 tensor of shape"):
                direction(bad)


@pytest.mark.parametrize("settings, part", [
    ({"dim": 1}, "dim to be a whole number of at least 2"),
    ({"dim": 2, "num_layers": 0}, "num_layers to be a whole number"),
    ({"dim": 2, "hidden": 64}, "hidden to be the widths"),
    ({"dim": 2, "hidden": (64, 0)}, "every width in hidden"),
    ({"dim": 2, "x": torch.zeros(9, 3)}, r"x to be .* of shape \(n, 2\)"),
    ({"dim": 2, "x": torch.zeros(9, 2)}, "to vary over the batch"),
    ({"dim": 2, "x": torch.zeros(1, 2)}, "at least two points"),
])
def test_settings_that_do_not_fit(recipe, settings, part):
    with pytest.raises(InputError, match=part):
        recipe(**settings)
