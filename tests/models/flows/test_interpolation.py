"""Paths in the latent space. Judges: the plane, the shell, and a flow whose paths are known."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import Flow
from course_lib.models.flows.affine import Standardise
from course_lib.models.flows.interpolation import interpolate, latent_path
from course_lib.randomness import make_generator

DOUBLE = {"dtype": torch.float64}


def test_a_quarter_of_a_circle():
    path = latent_path(torch.tensor([2.0, 0], **DOUBLE), torch.tensor([0.0, 2], **DOUBLE), 7)
    angles = torch.linspace(0, math.pi / 2, 7, **DOUBLE)
    torch.testing.assert_close(path, 2 * torch.stack([angles.cos(), angles.sin()], 1))


def test_the_straight_path_leaves_the_shell_and_the_great_circle_does_not():
    """Independent normal points in 1000 dimensions: radii within 12 % of sqrt(dim) (5 sigma), the middle within 12 % of
    sqrt(dim / 2)."""
    start, end = torch.randn(2, 1000, generator=make_generator(0), **DOUBLE)
    radius = math.sqrt(1000)
    arc, chord = (latent_path(start, end, 9, kind).norm(dim=1) for kind in ("great_circle", "straight"))
    assert ((arc / radius - 1).abs() < 0.12).all() and abs(float(chord[4]) / (radius / math.sqrt(2)) - 1) < 0.12


@pytest.mark.parametrize("kind", ["great_circle", "straight"])
def test_both_ends_are_the_points_themselves(kind):
    x = 3 + torch.randn(2, 5, generator=make_generator(1), **DOUBLE)
    flow = Flow([Standardise(torch.full((5,), 3.0, **DOUBLE), torch.full((5,), 2.0, **DOUBLE))], 5)
    path = interpolate(flow, x[:1], x[1:], 4, kind)
    torch.testing.assert_close(path[[0, -1]], x)
    if kind == "straight":  # an affine flow keeps straight lines
        torch.testing.assert_close(path[1], (2 * x[0] + x[1]) / 3)


def test_equal_and_opposite_points():
    z = torch.randn(6, generator=make_generator(2), **DOUBLE)
    torch.testing.assert_close(latent_path(z, z.clone(), 3), z.repeat(3, 1))
    with pytest.raises(InputError, match="not opposite"):
        latent_path(z, -z)


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: latent_path(torch.zeros(1, 3), torch.zeros(3)), "z_start as one point"),
    (lambda: latent_path(torch.zeros(3), torch.zeros(4)), "z_end of shape \\(3,\\)"),
    (lambda: latent_path(torch.zeros(3), torch.zeros(3), 1), "num_points"),
    (lambda: latent_path(torch.zeros(3), torch.zeros(3), 3, "curved"), "'great_circle' or 'straight'"),
    (lambda: interpolate(Flow([], 3), torch.zeros(2, 3), torch.zeros(1, 3)), "one point at each end.*2 and 1"),
])
def test_wrong_input_is_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()
