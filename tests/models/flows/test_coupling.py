"""Couplings: what stays, what moves, how far the scale can go, and that a coordinate is never forgotten."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import AdditiveCoupling, AffineCoupling, Permutation, nice, real_nvp
from course_lib.randomness import make_generator
from tests.models.flows.contract import HIDDEN, settle

DOUBLE = torch.float64


def normal(*shape, seed=1):
    return torch.randn(*shape, dtype=DOUBLE, generator=make_generator(seed))


@pytest.mark.parametrize("kind", [AdditiveCoupling, AffineCoupling])
@pytest.mark.parametrize("flip", [False, True])
def test_one_half_stays(kind, flip):
    layer = settle(kind(5, HIDDEN, flip, generator=make_generator(0), dtype=DOUBLE), normal(4, 5))
    z = normal(6, 5)
    moves = (layer(z)[0] - z).abs().amax(0) > 1e-6
    assert moves.tolist() == ([True, True, False, False, False] if flip else [False, False, True, True, True])


def test_affine_coupling_by_hand():
    layer = AffineCoupling(2, (4,), max_log_scale=2.0, generator=make_generator(0), dtype=DOUBLE)
    with torch.no_grad():
        layer.net.net[-1].bias.copy_(torch.tensor([0.7, 30.0]))  # shift and raw log-scale, whatever z_a is
    x, log_det = layer(torch.tensor([[1.0, 3.0]], dtype=DOUBLE))
    torch.testing.assert_close(x, torch.tensor([[1.0, 0.7 + 3 * math.exp(2)]], dtype=DOUBLE))
    assert log_det.item() == pytest.approx(2)


@pytest.mark.parametrize("bound", [0.5, 3.0])
def test_the_log_scale_is_bounded_and_near_zero_it_is_raw(bound):
    layer = AffineCoupling(3, HIDDEN, max_log_scale=bound, generator=make_generator(0), dtype=DOUBLE)
    settle(layer, normal(4, 3), scale=20.0)
    log_det = layer(100 * normal(300, 3))[1]
    assert 0.9 * bound < log_det.abs().max() / 2 <= bound  # two coordinates move
    raw = torch.tensor([[0.0, 0.0, 1e-3, -1e-3]], dtype=DOUBLE)
    assert layer._shift_and_log_scale(raw)[1].tolist()[0] == pytest.approx([1e-3, -1e-3], rel=1e-4)


def test_every_coordinate_moves_and_depends_on_every_other():
    """Of a flow with as few as 4 layers, every entry of the Jacobian is non-zero, in even and in odd dimension."""
    for dim in (2, 5, 8):
        flow = settle(real_nvp(dim, 4, HIDDEN, generator=make_generator(0), dtype=DOUBLE), normal(4, dim), scale=1.0)
        jacobian = torch.autograd.functional.jacobian(lambda z: flow(z)[0].sum(0), normal(6, dim)).abs().sum(1)
        assert (jacobian > 1e-6).all()


@pytest.mark.parametrize("recipe", [nice, real_nvp])
def test_halves_are_made_anew_after_every_pair(recipe):
    def places(dim):
        flow = recipe(dim, 6, HIDDEN, generator=make_generator(0))
        return [k for k, layer in enumerate(flow.layers) if isinstance(layer, Permutation)], flow

    assert places(2)[0] == [] and places(7)[0] == [2, 5]
    first, second = (places(7)[1].layers[k].order.tolist() for k in (2, 5))
    assert first != second and first != list(range(7))


@pytest.mark.parametrize("settings, part", [
    ({"dim": 1}, "dim to be a whole number of at least 2"),
    ({"max_log_scale": 0.0}, "max_log_scale to be a finite number above 0"),
    ({"hidden": ()}, "hidden to be the widths"),
])
def test_settings_that_do_not_fit(settings, part):
    with pytest.raises(InputError, match=part):
        AffineCoupling(**{"dim": 2, **settings})
