"""Grid against closed forms and SciPy. Statistical tests state their rate."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.targets import Checkerboard, Gaussian, Grid, TwoMoons

F64 = dict(dtype=torch.float64)
PLANE = Grid((-12.0, -9.0), (14.0, 5.0), (120, 110), **F64)  # 9 standard deviations of NORMAL and more
NORMAL = Gaussian([1.0, -2.0], [[2.0, 0.6], [0.6, 0.5]], **F64)


def quartic(x):
    return -(x ** 4).sum(1) + 2 * x.sum(1)


def test_points_are_the_midpoints_of_cells():
    grid = Grid((0.0, 10.0), (1.0, 13.0), (2, 3), **F64)
    assert grid.points.tolist() == [[0.25, 10.5], [0.25, 11.5], [0.25, 12.5], [0.75, 10.5], [0.75, 11.5], [0.75, 12.5]]
    assert grid.cell_volume == 0.5 and grid.shape == (2, 3) and grid.dim == 2
    assert [axis.tolist() for axis in grid.axes] == [[0.25, 0.75], [10.5, 11.5, 12.5]]
    line = Grid(-1, 1, 4)
    assert line.points.tolist() == [[-0.75], [-0.25], [0.25], [0.75]] and line.points.dtype == torch.float32
    assert line.cell_volume == 0.5 and line.dim == 1


@pytest.mark.parametrize("shift", [0.0, 5.0, -800.0])
def test_log_z_of_an_unnormalised_gaussian(shift):
    """log Z = shift + log det(2 pi C) / 2, however far from 0 the energy is."""
    inverse = torch.linalg.inv(NORMAL.covariance)

    def energy(x):
        return 0.5 * ((x - NORMAL.mean) @ inverse * (x - NORMAL.mean)).sum(1) - shift

    exact = shift + 0.5 * math.log((2 * math.pi) ** 2 * (2 * 0.5 - 0.36))
    assert float(PLANE.log_z(lambda x: -energy(x))) == pytest.approx(exact, abs=1e-11)


def test_log_z_on_a_line_is_scipys():
    exact = math.log(integrate.quad(lambda x: math.exp(-x ** 4 + 2 * x), -5, 5, epsabs=1e-13)[0])
    assert float(Grid(-5.0, 5.0, 200, **F64).log_z(quartic)) == pytest.approx(exact, abs=1e-10)


def test_log_z_is_differentiable_twice_in_what_log_prob_closes_over():
    """Z(a) of exp(-a x^2 / 2) is sqrt(2 pi / a): d log Z / da = -1 / (2 a), d2 = 1 / (2 a^2)."""
    a = torch.tensor(0.7, **F64, requires_grad=True)
    log_z = Grid(-15.0, 15.0, 300, **F64).log_z(lambda x: -0.5 * a * x[:, 0] ** 2)
    (first,) = torch.autograd.grad(log_z, a, create_graph=True)
    (second,) = torch.autograd.grad(first, a)
    assert log_z.shape == () and float(first.detach()) == pytest.approx(-1 / 1.4, abs=1e-11)
    assert float(second) == pytest.approx(1 / (2 * 0.49), abs=1e-11)


def test_probabilities_are_the_integrals_over_cells():
    grid = Grid(-5.0, 5.0, 50, **F64)
    edges = np.linspace(-5, 5, 51)
    exact = np.diff(stats.norm(0.5, 1.2).cdf(edges))
    p = grid.probabilities(lambda x: -0.5 * ((x[:, 0] - 0.5) / 1.2) ** 2)
    assert p.shape == (50,) and float(p.sum()) == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(p, exact, atol=3e-4)  # the midpoint rule inside a cell: h^3 max|p''| / 24 = 2.4e-4


def test_expectations_of_every_shape():
    np.testing.assert_allclose(PLANE.expectation(NORMAL.log_prob, lambda x: x), [1.0, -2.0], atol=1e-11)
    second = PLANE.expectation(NORMAL.log_prob, lambda x: (x - NORMAL.mean)[:, :, None] * (x - NORMAL.mean)[:, None, :])
    np.testing.assert_allclose(second, NORMAL.covariance, atol=1e-11)
    entropy = PLANE.expectation(NORMAL.log_prob, lambda x: -NORMAL.log_prob(x))
    assert entropy.shape == () and float(entropy) == pytest.approx(NORMAL.entropy, abs=1e-11)


def test_expectation_skips_cells_of_probability_zero():
    board, grid = Checkerboard(**F64), Grid((-5.0, -5.0), (5.0, 5.0), 100, **F64)
    assert float(grid.expectation(board.log_prob, lambda x: -board.log_prob(x))) == pytest.approx(math.log(32), abs=1e-12)


def test_sample_counts_in_cells(chi_square):
    """Rate 1e-6, on a grid so coarse that the cells show: the law is uniform in a cell, exactly."""
    grid, moons = Grid((-1.4, -0.9), (2.4, 1.4), (24, 6), **F64), TwoMoons(0.2, **F64)
    p = grid.probabilities(moons.log_prob)
    width = torch.tensor([3.8 / 24, 2.3 / 6], **F64)

    def piecewise(x):
        column, row = (((x - torch.tensor([-1.4, -0.9], **F64)) / width).long()).T
        return (p[column * 6 + row] / grid.cell_volume).log()

    x = grid.sample(moons.log_prob, 40_000, make_generator(0))
    assert chi_square(piecewise, x, (-1.4, -0.9), (2.4, 1.4), cells=48) > 1e-6
    assert chi_square(TwoMoons(0.18, **F64).log_prob, x, (-1.4, -0.9), (2.4, 1.4)) < 1e-6


def test_sample_on_a_line_is_uniform_within_cells():
    """Rate 1e-6: a Kolmogorov-Smirnov test against the piecewise linear cumulative function."""
    grid = Grid(-2.0, 3.0, 7, **F64)
    p = grid.probabilities(quartic).numpy()
    edges, cumulative = np.linspace(-2, 3, 8), np.concatenate([[0], p.cumsum()])
    x = grid.sample(quartic, 40_000, make_generator(1)).numpy()[:, 0]
    assert stats.kstest(x, lambda t: np.interp(t, edges, cumulative)).pvalue > 1e-6


def test_samples_never_come_from_cells_of_probability_zero():
    grid, board = Grid((-5.0, -5.0), (5.0, 5.0), 40), Checkerboard()
    x = grid.sample(board.log_prob, 100_000, make_generator(2))
    assert x.dtype == torch.float32 and x.shape == (100_000, 2)
    # A draw may be rounded onto an edge between cells; none lies further outside than that.
    inside = board.log_prob(x) > -4
    distance = (x / 2 - (x / 2).round()).abs().amin(1)
    assert bool((inside | (distance < 1e-6)).all())


def test_a_uniform_number_of_zero_does_not_draw_an_impossible_cell(monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda *shape, **_: torch.zeros(shape))
    x = Grid(0.0, 4.0, 4).sample(lambda x: torch.where(x[:, 0] > 2, 0.0, -math.inf), 5)
    assert x.tolist() == [[2.0]] * 5


def test_same_generator_same_draws_whatever_else_ran():
    first = PLANE.sample(NORMAL.log_prob, 50, make_generator(3))
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert torch.equal(first, PLANE.sample(NORMAL.log_prob, 50, make_generator(3)))
    assert torch.equal(state, torch.get_rng_state())
    assert not torch.equal(first, PLANE.sample(NORMAL.log_prob, 50, make_generator(4)))


def test_edge_mass_tells_that_the_box_is_too_small():
    """N(0, 1) on 8 cells of [-2, 2] and on [-8, 8]: the two end cells against SciPy's midpoint sum."""
    centres = np.linspace(-1.75, 1.75, 8)
    density = stats.norm.pdf(centres)
    mass = Grid(-2.0, 2.0, 8, **F64).edge_mass(lambda x: -0.5 * x[:, 0] ** 2)
    assert isinstance(mass, float) and mass == pytest.approx(2 * density[0] / density.sum(), rel=1e-12)
    assert Grid(-8.0, 8.0, 64, **F64).edge_mass(lambda x: -0.5 * x[:, 0] ** 2) < 1e-12
    flat = Grid((0.0, 0.0), (1.0, 1.0), (5, 4), **F64).edge_mass(lambda x: 0 * x[:, 0])
    assert flat == pytest.approx(1 - 3 * 2 / 20, abs=1e-12)
    assert Grid(0.0, 1.0, 2).edge_mass(lambda x: 0 * x[:, 0]) == pytest.approx(1)


@pytest.mark.parametrize("arguments, words", [
    ((1.0, -1.0, 10), ["low < high", "low = 1 and high = -1", "swap"]),
    ((0.0, 0.0, 10), ["low < high"]),
    ((0.0, math.inf, 10), ["finite", "inf"]),
    ((0.0, 1.0, 1), ["num_points", "at least 2", "the int 1"]),
    ((0.0, 1.0, 2.5), ["whole number", "2.5"]),
    (((0.0,) * 3, (1.0,) * 3, 10), ["one or two axes", "3 axes", "num_points**dim"]),
    (((0.0, 0.0), (1.0,), 10), ["2 and 1 numbers"]),
    (((0.0, 0.0), (1.0, 1.0), (3, 3, 3)), ["one an axis", "2 axes"]),
    (("a", 1.0, 10), ["low", "'a'"]),
])
def test_bad_boxes(arguments, words):
    with pytest.raises(InputError) as error:
        Grid(*arguments)
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.parametrize("call, words", [
    (lambda: Grid(0.0, 1.0, 4, dtype=torch.float16), ["float16"]),
    (lambda: PLANE.log_z(lambda x: x), ["one number a point", "(13200, 2)"]),
    (lambda: PLANE.log_z(lambda x: (x - 100).sum(1).log()), ["NaN"]),
    (lambda: PLANE.probabilities(lambda x: x.sum(1) * 0 - math.inf), ["positive somewhere", "-inf", "move or widen"]),
    (lambda: PLANE.expectation(NORMAL.log_prob, lambda x: x.sum()), ["one row a point", "()"]),
    (lambda: PLANE.sample(NORMAL.log_prob, 0), ["n to be", "the int 0"]),
])
def test_bad_functions(call, words):
    with pytest.raises(InputError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_the_gpu():
    grid, target = Grid((-9.0, -7.0), (11.0, 3.0), (120, 90), device="cuda", **F64), Gaussian(
        [1.0, -2.0], [[2.0, 0.6], [0.6, 0.5]], device="cuda", **F64)
    assert grid.points.is_cuda and abs(float(grid.log_z(target.log_prob))) < 1e-11
    assert grid.sample(target.log_prob, 10, make_generator(0, "cuda")).is_cuda
    assert grid.edge_mass(target.log_prob) < 1e-6
