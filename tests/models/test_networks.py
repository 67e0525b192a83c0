"""The plain network: its value by hand, its first weights, its settings."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.networks import MLP
from course_lib.randomness import make_generator


def test_value_by_hand():
    net = MLP(3, 2, (5, 4), generator=make_generator(0), dtype=torch.float64)
    x = torch.randn(7, 3, dtype=torch.float64, generator=make_generator(1))
    h = x
    for layer in [m for m in net.net if hasattr(m, "weight")][:-1]:
        h = h @ layer.weight.T + layer.bias
        h = h / (1 + torch.exp(-h))
    torch.testing.assert_close(net(x), h @ net.net[-1].weight.T + net.net[-1].bias)
    assert [tuple(p.shape) for p in net.parameters()] == [(5, 3), (5,), (4, 5), (4,), (2, 4), (2,)]


def test_zero_last_starts_at_zero_and_can_leave_it():
    net = MLP(3, 2, zero_last=True, generator=make_generator(0))
    x = torch.randn(7, 3, generator=make_generator(1))
    assert torch.equal(net(x), torch.zeros(7, 2))
    net(x).sum().backward()
    assert net.net[-1].weight.grad.abs().min() > 0 and net.net[0].weight.abs().min() > 0


def test_weights_come_from_the_generator_alone():
    before = torch.get_rng_state()
    first, second, other = (MLP(3, 2, generator=make_generator(seed)).state_dict() for seed in (5, 5, 6))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(first[k], second[k]) and not torch.equal(first[k], other[k]) for k in first)


def test_more_axes_and_dtype():
    net = MLP(3, 2, (8,), generator=make_generator(0), dtype=torch.float64)
    x = torch.randn(4, 5, 3, dtype=torch.float64, generator=make_generator(1))
    assert net(x).shape == (4, 5, 2) and net(x).dtype == torch.float64
    torch.testing.assert_close(net(x)[2], net(x[2]))


@pytest.mark.parametrize("settings, part", [
    ({"num_in": 0}, "num_in to be a whole number of at least 1"),
    ({"num_out": 2.0}, "num_out to be a whole number"),
    ({"hidden": 64}, r"hidden to be the widths of the hidden layers, at least one, but got the int 64; .*\(64, 64\)"),
    ({"hidden": ()}, "hidden to be the widths"),
    ({"hidden": (8, 0)}, "every width in hidden to be a whole number of at least 1"),
])
def test_settings_that_do_not_fit(settings, part):
    with pytest.raises(InputError, match=part):
        MLP(**{"num_in": 2, "num_out": 2, **settings})
