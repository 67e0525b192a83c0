"""What a wrong argument is told: what was expected, what came, what to do."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.targets import TARGETS_2D, Gaussian, GaussianMixture, Rings, TwoMoons, load_target
from course_lib.targets.entropy import entropy_by_quadrature

EYE = [[1.0, 0.0], [0.0, 1.0]]
POINTS = [[0.0, 0.0], [1.0, 1.0]]


@pytest.mark.parametrize("make, words", [
    (lambda: Gaussian([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]), ["positive definite", "eigenvalue of 0 or below"]),
    (lambda: Gaussian([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]], dtype=torch.float64), ["positive definite"]),
    (lambda: Gaussian([0.0, 0.0], [[1.0, 0.5], [0.0, 1.0]]), ["symmetric", "differs from its transpose"]),
    (lambda: Gaussian([0.0, 0.0, 0.0], EYE), ["shape (3, 3)", "shape (2, 2)"]),
    (lambda: Gaussian(0.0, EYE), ["mean to have 1 axis", "shape ()"]),
    (lambda: Gaussian([0.0, float("nan")], EYE), ["mean to be finite"]),
    (lambda: Gaussian([0.0, 0.0], [[1.0, 0.0], [0.0]]), ["covariance to be numbers", "equal lengths"]),
    (lambda: Gaussian([0.0, 0.0], EYE, dtype=torch.float16), ["dtype", "torch.float16"]),
    (lambda: GaussianMixture(POINTS, 1.0, [0.5, -0.5]), ["0 or above", "-0.5"]),
    (lambda: GaussianMixture(POINTS, 1.0, [0.0, 0.0]), ["not all 0"]),
    (lambda: GaussianMixture(POINTS, 1.0, [1.0]), ["weights to have 2 entries", "1 entries"]),
    (lambda: GaussianMixture(POINTS, [1.0, 2.0, 3.0]), ["scales to have 2 entries", "3 entries"]),
    (lambda: GaussianMixture(POINTS, 0.0), ["scales above 0", "smallest scale of 0"]),
    (lambda: GaussianMixture([0.0, 1.0], 1.0), ["means to have 2 axes", "shape (2,)"]),
    (lambda: GaussianMixture(torch.zeros(2, 3), 1.0).entropy, ["one or two dimensions", "3 dimensions"]),
    (lambda: TwoMoons(0.0), ["noise", "above 0"]),
    (lambda: TwoMoons(noise="wide"), ["noise", "'wide'"]),
    (lambda: TwoMoons(dtype=torch.int64), ["dtype", "torch.int64"]),
    (lambda: Rings([1.0, -1.0]), ["radii above 0", "-1"]),
    (lambda: Rings(noise=-1.0), ["noise", "-1.0"]),
    (lambda: load_target("moon"), ["name of a target", "'moon'", "moons, eight_gaussians, rings, checkerboard"]),
    (lambda: load_target(3), ["name of a target", "the int 3"]),
])
def test_constructors(make, words):
    with pytest.raises(InputError) as error:
        make()
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize("target", [*(load_target(name) for name in TARGETS_2D), Gaussian([0.0, 0.0], EYE)],
                         ids=[*TARGETS_2D, "gaussian"])
@pytest.mark.parametrize("x, words", [
    (torch.zeros(2), ["(n, 2)", "shape (2,)", "x[None, :]"]),
    (torch.zeros(5, 3), ["(n, 2)", "shape (5, 3)", "2 dimensions"]),
    (torch.zeros(5, 2, dtype=torch.int64), ["float32 or float64", "int64", "x.float()"]),
    (torch.zeros(5, 2, dtype=torch.float16), ["float16"]),
    (torch.zeros(0, 2), ["shape (0, 2)"]),
    ([[0.0, 0.0]], ["the list [[0.0, 0.0]]", "torch.as_tensor"]),
])
def test_points(target, x, words):
    with pytest.raises(InputError) as error:
        target.log_prob(x)
    assert all(word in str(error.value) for word in words), str(error.value)
    with pytest.raises(InputError, match="n to be a whole number of at least 1"):
        target.sample(0)


def test_the_entropy_rule_refuses_what_is_not_normalised_or_cut_off():
    def never(centre, half):
        return torch.zeros(len(centre), dtype=torch.bool)

    normal = Gaussian([0.0, 0.0], EYE, dtype=torch.float64)
    for log_prob, low in ((lambda x: normal.log_prob(x) + 1e-3, (-9.0, -9.0)), (normal.log_prob, (-2.0, -9.0)),
                          (lambda x: normal.log_prob(x) * float("nan"), (-9.0, -9.0))):
        with pytest.raises(ArithmeticError, match="instead of 1"):
            entropy_by_quadrature(log_prob, low, (9.0, 9.0), never)
