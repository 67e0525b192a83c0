"""MADE and MAF: who sees whom, in which direction one pass is enough, and that masks never touch the weights."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import Inverted, MaskedAutoregressive, MaskedMLP, iaf, maf
from course_lib.randomness import make_generator
from tests.models.flows.contract import HIDDEN, settle

DOUBLE = torch.float64
ORDERS = {2: [1, 0], 4: [2, 0, 3, 1], 9: torch.randperm(9, generator=make_generator(2)).tolist()}


def normal(*shape, seed=1):
    return torch.randn(*shape, dtype=DOUBLE, generator=make_generator(seed))


def sees(function, x):
    """(outputs, inputs): the mean size of d output_i / d x_j over the points."""
    jacobian = torch.autograd.functional.jacobian(lambda x: function(x).sum(0), x)
    return jacobian.abs().mean(-2)


@pytest.mark.parametrize("dim", ORDERS)
@pytest.mark.parametrize("hidden", [(8,), (16, 12), (30, 8, 9)])
@pytest.mark.parametrize("ordered", [False, True])
def test_every_output_sees_just_what_comes_before(dim, hidden, ordered):
    order = ORDERS[dim] if ordered else None
    net = MaskedMLP(dim, 3, hidden, order, generator=make_generator(0), dtype=DOUBLE)
    seen = sees(net, 2 * normal(30, dim))  # (dim, 3, dim)
    order = list(range(dim)) if order is None else order
    for output in range(dim):
        before = order[: order.index(output)]
        for coordinate in range(dim):
            if coordinate in before:
                assert (seen[output, :, coordinate] > 1e-12).all()
            else:
                assert (seen[output, :, coordinate] == 0).all()


def test_masks_are_buffers_and_weights_are_never_overwritten():
    net = MaskedMLP(4, 2, HIDDEN, generator=make_generator(0), dtype=DOUBLE)
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    net(normal(5, 4)).sum().backward()
    assert all(torch.equal(before[name], p) for name, p in net.named_parameters())
    for layer in net.net[::2]:
        hidden = layer.mask == 0
        assert hidden.any() and (layer.weight[hidden] != 0).all() and (layer.weight.grad[hidden] == 0).all()
    assert {"order", "net.0.mask", "net.2.mask", "net.4.mask"} == {name for name, _ in net.named_buffers()}


def test_the_order_travels_with_the_saved_weights():
    first = MaskedAutoregressive(4, HIDDEN, order=[2, 0, 3, 1], generator=make_generator(0), dtype=DOUBLE)
    settle(first, normal(4, 4))
    second = MaskedAutoregressive(4, HIDDEN, dtype=DOUBLE, generator=make_generator(1))
    second.load_state_dict(first.state_dict())
    z = normal(5, 4)
    assert torch.equal(first(z)[0], second(z)[0])


@pytest.mark.parametrize("dim", ORDERS)
def test_jacobian_of_the_flow_is_triangular_in_the_order_and_full_below(dim):
    order = ORDERS[dim]
    layer = settle(MaskedAutoregressive(dim, HIDDEN, order, generator=make_generator(0), dtype=DOUBLE), normal(4, dim))
    for direction in (layer, layer.inverse):
        seen = sees(lambda x: direction(x)[0], normal(30, dim))[order][:, order]
        assert (seen.triu(1) == 0).all() and (seen[torch.ones(dim, dim).tril() > 0] > 1e-8).all()


@pytest.mark.parametrize("recipe", [maf, iaf])
def test_recipes_turn_the_order_round(recipe):
    """Two layers are enough for every coordinate to depend on every other."""
    flow = settle(recipe(4, 2, HIDDEN, generator=make_generator(0), dtype=DOUBLE), normal(4, 4))
    assert (sees(lambda z: flow(z)[0], normal(30, 4)) > 1e-8).all()


def passes(layer, direction, points):
    made = layer.layer if isinstance(layer, Inverted) else layer
    count = []
    hook = made.net.register_forward_hook(lambda *_: count.append(1))
    getattr(layer, direction)(points)
    hook.remove()
    return len(count)


def test_which_direction_is_one_pass():
    maf = MaskedAutoregressive(5, HIDDEN, generator=make_generator(0), dtype=DOUBLE)
    x = normal(3, 5)
    assert (passes(maf, "inverse", x), passes(maf, "forward", x)) == (1, 5)
    assert (passes(Inverted(maf), "inverse", x), passes(Inverted(maf), "forward", x)) == (5, 1)


def test_gradient_of_the_slow_direction_is_the_inverse_of_that_of_the_fast_one():
    """d forward(z) / dz at z is the matrix inverse of d inverse(x) / dx at x = forward(z), taken through all passes."""
    layer = settle(MaskedAutoregressive(4, HIDDEN, ORDERS[4], generator=make_generator(0), dtype=DOUBLE), normal(4, 4))
    z = normal(1, 4)
    slow = torch.autograd.functional.jacobian(lambda z: layer(z)[0][0], z)[:, 0]
    fast = torch.autograd.functional.jacobian(lambda x: layer.inverse(x)[0][0], layer(z)[0])[:, 0]
    torch.testing.assert_close(slow @ fast, torch.eye(4, dtype=DOUBLE))


def test_the_last_in_a_long_chain_is_finite_in_float32():
    """64 coordinates with weights far from their start: nothing that has not had its turn spoils the others."""
    layer = settle(MaskedAutoregressive(64, (64, 64), generator=make_generator(0)), normal(4, 64).float(), scale=1.0)
    z = normal(5, 64).float()
    x, log_det = layer(z)
    assert x.isfinite().all() and log_det.isfinite().all()
    torch.testing.assert_close(log_det, -layer.inverse(x)[1], rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("settings, part", [
    ({"dim": 1}, "dim to be a whole number of at least 2"),
    ({"dim": 9, "hidden": (16, 7)}, "every width in hidden to be a whole number of at least 8"),
    ({"order": [0, 0, 1]}, "order to hold each of 0, ..., 2 once"),
    ({"order": [0, 1]}, "order to hold each of 0, ..., 2 once"),
    ({"max_log_scale": -1}, "max_log_scale to be a finite number above 0"),
])
def test_settings_that_do_not_fit(settings, part):
    with pytest.raises(InputError, match=part):
        MaskedAutoregressive(**{"dim": 3, **settings})
