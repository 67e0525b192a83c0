"""Affine layers: ActNorm's one setting of itself, standardising, permutations, and the LU matrix."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import ActNorm, ElementwiseAffine, Linear, Permutation, Standardise, reverse
from course_lib.randomness import make_generator

DOUBLE = torch.float64


def normal(*shape, seed=1):
    return torch.randn(*shape, dtype=DOUBLE, generator=make_generator(seed))


def test_elementwise_affine_by_hand():
    layer = ElementwiseAffine(2)
    with torch.no_grad():
        layer.shift.copy_(torch.tensor([1.0, -1.0])), layer.log_scale.copy_(torch.tensor([math.log(3), 0.0]))
    x, log_det = layer(torch.tensor([[2.0, 5.0], [0.0, 0.0]]))
    torch.testing.assert_close(x, torch.tensor([[7.0, 4.0], [1.0, -1.0]]))
    torch.testing.assert_close(log_det, torch.full((2,), math.log(3)))


def test_act_norm_sets_itself_by_the_first_training_batch_alone():
    layer, first, second = ActNorm(3, dtype=DOUBLE), 4 * normal(20, 3) + 2, normal(20, 3, seed=2)
    z, log_det = layer.inverse(first)
    torch.testing.assert_close(z.mean(0), torch.zeros(3, dtype=DOUBLE))
    torch.testing.assert_close(z.std(0, correction=0), torch.ones(3, dtype=DOUBLE))
    torch.testing.assert_close(log_det, -first.std(0, correction=0).log().sum().expand(20))
    saved = {key: value.clone() for key, value in layer.state_dict().items()}
    layer.inverse(second)
    assert bool(layer.initialised) and all(torch.equal(saved[key], value) for key, value in layer.state_dict().items())


def test_act_norm_before_it_has_seen_data():
    """In eval mode, and in forward, it is the identity and stays unset; training sets it afterwards."""
    layer, x = ActNorm(3, dtype=DOUBLE).eval(), 4 * normal(20, 3) + 2
    for z, log_det in (layer.inverse(x), layer(x), layer.train()(x)):
        assert torch.equal(z, x) and torch.equal(log_det, torch.zeros(20, dtype=DOUBLE))
    assert not layer.initialised
    assert layer.inverse(x)[0].mean().abs() < 1e-12 and layer.initialised


def test_a_loaded_act_norm_does_not_set_itself_anew():
    layer, other = ActNorm(3, dtype=DOUBLE), ActNorm(3, dtype=DOUBLE)
    layer.inverse(4 * normal(20, 3) + 2)
    other.load_state_dict(layer.state_dict())
    x = normal(20, 3, seed=2)
    assert torch.equal(other.train().inverse(x)[0], layer.eval().inverse(x)[0])
    unset = ActNorm(3, dtype=DOUBLE)
    other.load_state_dict(unset.state_dict())  # an unset one makes it unset again
    assert other.inverse(x)[0].mean().abs() < 1e-12


@pytest.mark.parametrize("x, part", [
    (normal(1, 3), "at least two points"),
    (torch.ones(9, 3, dtype=DOUBLE), "to vary over the batch"),
    (torch.full((9, 3), math.nan, dtype=DOUBLE), "to be finite"),
])
def test_batches_that_set_nothing(x, part):
    layer = ActNorm(3, dtype=DOUBLE)
    for function in (layer.inverse, Standardise.from_data):
        with pytest.raises(InputError, match=part):
            function(x)
    assert not layer.initialised and torch.equal(layer.shift, torch.zeros(3, dtype=DOUBLE))


def test_standardise():
    x = torch.tensor([0.1, 30.0], dtype=DOUBLE) * normal(50, 2) + 7
    layer = Standardise.from_data(x)
    z = layer.inverse(x)[0]
    torch.testing.assert_close(z.T.cov(correction=0).diag(), torch.ones(2, dtype=DOUBLE))
    torch.testing.assert_close(z.mean(0), torch.zeros(2, dtype=DOUBLE))
    assert not list(layer.parameters()) and set(layer.state_dict()) == {"mean", "std"}
    for mean, std in ((torch.zeros(2), torch.ones(3)), (torch.zeros(2), torch.tensor([1.0, 0.0]))):
        with pytest.raises(InputError, match="mean"):
            Standardise(mean, std)


def test_permutations_by_hand():
    z = torch.tensor([[10.0, 11.0, 12.0]])
    assert Permutation([2, 0, 1])(z)[0].tolist() == [[12.0, 10.0, 11.0]]
    assert reverse(3)(z)[0].tolist() == [[12.0, 11.0, 10.0]]
    assert Permutation(torch.tensor([2, 0, 1])).inverse(z)[0].tolist() == [[11.0, 12.0, 10.0]]
    with pytest.raises(InputError, match=r"order to hold each of 0, ..., 2 once.*\[0, 0, 2\]"):
        Permutation([0, 0, 2])


def test_linear_starts_at_the_matrix_and_is_a_rotation_without_one():
    matrix = normal(4, 4)
    layer = Linear(4, matrix, dtype=DOUBLE)
    torch.testing.assert_close(layer.matrix(), matrix)
    z = normal(6, 4)
    torch.testing.assert_close(layer(z)[0], z @ matrix.T)
    torch.testing.assert_close(layer(z)[1], torch.linalg.slogdet(matrix)[1].expand(6))
    rotation = Linear(4, generator=make_generator(0), dtype=DOUBLE).matrix()
    torch.testing.assert_close(rotation @ rotation.T, torch.eye(4, dtype=DOUBLE))


def test_linear_agrees_with_autograd_after_training_steps():
    """The parts of L and U that do not count stay out of it: log_det is that of the matrix, wherever Adam goes."""
    layer, x = Linear(3, generator=make_generator(0), dtype=DOUBLE), normal(50, 3) @ normal(3, 3, seed=2)
    adam = torch.optim.Adam(layer.parameters(), 0.1)
    for _ in range(30):
        z, log_det = layer.inverse(x)
        adam.zero_grad()
        (z.square().sum(-1) / 2 - log_det).mean().backward()
        adam.step()
    torch.testing.assert_close(layer.inverse(x)[1][0], -torch.linalg.slogdet(layer.matrix())[1])
    torch.testing.assert_close(layer(layer.inverse(x)[0])[0], x)


def test_linear_whose_rows_are_exchanged_in_a_cycle():
    """The permutation of this matrix is not its own inverse."""
    matrix = torch.tensor([[0.1, 2.0, 0.3], [0.2, 0.1, 3.0], [4.0, 0.2, 0.1]], dtype=DOUBLE)
    layer, z = Linear(3, matrix, dtype=DOUBLE), normal(6, 3)
    assert not torch.equal(layer.permutation, layer.permutation.T)
    torch.testing.assert_close(layer.inverse(z @ matrix.T)[0], z)


@pytest.mark.parametrize("matrix, part", [
    (torch.ones(3, 3), "an invertible matrix, of rank 3, but got a singular one, of rank 1"),
    (torch.ones(3, 2), r"matrix of shape \(3, 3\)"),
    (torch.full((3, 3), math.inf), "a finite matrix"),
])
def test_matrices_without_an_inverse(matrix, part):
    with pytest.raises(InputError, match=part):
        Linear(3, matrix)
