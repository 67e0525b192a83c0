"""Every target's draws against its log_prob. Each statistical test has a false-alarm rate of 1e-6 or below."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.datasets import make_moons

from course_lib.randomness import make_generator
from course_lib.targets import (TARGETS_2D, Checkerboard, Gaussian, GaussianMixture, Rings, TwoMoons, eight_gaussians,
                                load_target)

F64 = dict(dtype=torch.float64)
N = 40_000
Z = 5.0  # two-sided 5.7e-7
CASES = {  # target, box of the chi-square
    "gaussian": (Gaussian([1.0, -2.0], [[2.0, 0.6], [0.6, 0.5]], **F64), (-4.0, -4.5), (6.0, 0.5)),
    "mixture": (GaussianMixture([[0.0, 1.0], [3.0, -2.0], [-4.0, 0.5]], [0.5, 1.5, 0.2], [1.0, 2.0, 3.0], **F64),
                (-6.0, -6.0), (7.0, 4.0)),
    "moons": (TwoMoons(**F64), (-1.4, -0.9), (2.4, 1.4)),
    "eight_gaussians": (eight_gaussians(**F64), (-4.5, -4.5), (4.5, 4.5)),
    "rings": (Rings(**F64), (-3.3, -3.3), (3.3, 3.3)),
    "checkerboard": (Checkerboard(**F64), (-4.0, -4.0), (4.0, 4.0)),
}
TARGETS = {name: case[0] for name, case in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_counts_in_cells(name, chi_square):
    """Rate 1e-6: the chi-square of counts in 24 x 24 cells (each with 25 or more expected)."""
    target, low, high = CASES[name]
    assert chi_square(target.log_prob, target.sample(N, make_generator(0)), low, high) > 1e-6


@pytest.mark.parametrize("name", ["moons", "eight_gaussians", "rings", "checkerboard"])
def test_counts_in_cells_float32(name, chi_square):
    """Rate 1e-6, for the dtype that lectures use."""
    _, low, high = CASES[name]
    assert chi_square(TARGETS[name].log_prob, load_target(name).sample(N, make_generator(1)), low, high) > 1e-6


@pytest.mark.parametrize("name, wrong", [
    ("moons", TwoMoons(0.11, **F64)), ("rings", Rings(noise=0.09, **F64)), ("rings", Rings((0.75, 1.5, 2.25, 3.02), **F64)),
    ("eight_gaussians", GaussianMixture(eight_gaussians(**F64).means, 0.37, **F64)),
    ("eight_gaussians", GaussianMixture(eight_gaussians(**F64).means, 0.5 / 2 ** 0.5, [1.2, *[1.0] * 7], **F64))])
def test_chi_square_sees_a_wrong_scale(name, wrong, chi_square):
    _, low, high = CASES[name]
    assert chi_square(TARGETS[name].log_prob, wrong.sample(N, make_generator(0)), low, high) < 1e-6


@pytest.mark.parametrize("name", CASES)
def test_mean_log_prob_of_draws_is_minus_the_entropy(name):
    """Rate 5.7e-7 (z = 5); for the checkerboard exact: every draw lies on it."""
    log_p = TARGETS[name].log_prob(TARGETS[name].sample(N, make_generator(2)))
    error = Z * float(log_p.std()) / N ** 0.5
    assert float(-log_p.mean()) == pytest.approx(TARGETS[name].entropy, abs=max(error, 1e-12))


# E[x], E[y], Var[x], Var[y], Cov[x, y], by hand from the definitions.
MOON_X, MOON_Y = 0.5 + 0.25 + 0.01, 0.5 - (2 / np.pi) ** 2 + (2 / np.pi - 0.25) ** 2 + 0.01
RING = (0.75 ** 2 + 1.5 ** 2 + 2.25 ** 2 + 3 ** 2) / 8 + 0.08 ** 2
MOMENTS = {
    "gaussian": (1.0, -2.0, 2.0, 0.5, 0.6),
    "mixture": (-1.0, -0.25, (0.25 + 2 * 2.25 + 3 * 0.04) / 6 + (2 * 9 + 3 * 16) / 6 - 1,
                (0.25 + 2 * 2.25 + 3 * 0.04) / 6 + (1 + 2 * 4 + 3 * 0.25) / 6 - 0.0625, (2 * -6 + 3 * -2) / 6 - 0.25),
    "moons": (0.5, 0.25, MOON_X, MOON_Y, -0.5 * (2 / np.pi - 0.25)),
    "eight_gaussians": (0.0, 0.0, 4.125, 4.125, 0.0),
    "rings": (0.0, 0.0, RING, RING, 0.0),
    "checkerboard": (0.0, 0.0, 16 / 3, 16 / 3, 1.0),
}


@pytest.mark.parametrize("name", CASES)
def test_moments_of_draws(name):
    """Rate 5.7e-7 for each of five moments (z = 5)."""
    x = TARGETS[name].sample(N, make_generator(3)).numpy()
    mean_x, mean_y, *second = MOMENTS[name]
    centred = x - [mean_x, mean_y]
    products = np.stack([*centred.T, centred[:, 0] ** 2, centred[:, 1] ** 2, centred[:, 0] * centred[:, 1]], 1)
    error = products.mean(0) - [0, 0, *second]
    assert np.all(np.abs(error) < Z * products.std(0) / N ** 0.5), error


@pytest.mark.parametrize("name", ["gaussian", "mixture"])
def test_stated_moments(name):
    x_mean, y_mean, xx, yy, xy = MOMENTS[name]
    np.testing.assert_allclose(TARGETS[name].mean, [x_mean, y_mean], rtol=1e-12)
    np.testing.assert_allclose(TARGETS[name].covariance, [[xx, xy], [xy, yy]], rtol=1e-12)


def test_scikit_learns_moons_have_this_density(chi_square):
    """Rates 1e-6 and 5.7e-7: its angles are a regular grid, so its counts vary less than those of independent points."""
    target, low, high = CASES["moons"]
    x = torch.from_numpy(make_moons(N, noise=0.1, random_state=0)[0])
    assert chi_square(target.log_prob, x, low, high) > 1e-6
    log_p = target.log_prob(x)
    assert float(-log_p.mean()) == pytest.approx(target.entropy, abs=Z * float(log_p.std()) / N ** 0.5)
    # Two-sample Kolmogorov-Smirnov tests of each coordinate.
    for ours, theirs in zip(target.sample(N, make_generator(4)).T, x.T):
        assert stats.ks_2samp(ours.numpy(), theirs.numpy()).pvalue > 1e-6


def test_gaussian_draws_in_more_dimensions():
    """Rate 1e-6: whitened by an independent inverse, the squared lengths are chi-square with 6 degrees of freedom."""
    root = torch.randn(6, 6, generator=make_generator(5), **F64)
    covariance, mean = root @ root.T + 0.1 * torch.eye(6, **F64), torch.arange(6.0)
    x = (Gaussian(mean, covariance).sample(N, make_generator(6)).double() - mean).numpy()
    squares = np.einsum("ni,ij,nj->n", x, np.linalg.inv(covariance.numpy()), x)
    assert stats.kstest(squares, stats.chi2(6).cdf).pvalue > 1e-6


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_draw_of_the_checkerboard_lies_on_it(dtype):
    target = Checkerboard(dtype=dtype)
    assert bool((target.log_prob(target.sample(1_000_000, make_generator(7))) > -4).all())


def test_checkerboard_draws_stay_on_it_where_the_sum_is_rounded_up(monkeypatch):
    """The largest float32 below 1, which the seeds above need not draw."""
    monkeypatch.setattr(torch, "rand", lambda *shape, **_: torch.full(shape, 1 - 2.0 ** -24))
    target = Checkerboard()
    assert bool((target.log_prob(target.sample(1000, make_generator(7))) > -4).all())


def test_angles_of_rings_are_uniform():
    """Rate 1e-6; a missing wedge of 1 % of the circle would show as D sqrt(n) = 6."""
    x = TARGETS["rings"].sample(400_000, make_generator(10))
    angle = torch.atan2(x[:, 1], x[:, 0]) / (2 * np.pi) + 0.5
    assert stats.kstest(angle.numpy(), "uniform").pvalue > 1e-6


@pytest.mark.parametrize("name", CASES)
def test_same_generator_same_draws_whatever_else_ran(name):
    target = TARGETS[name]
    first = target.sample(50, make_generator(8))
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert torch.equal(first, target.sample(50, make_generator(8)))
    assert torch.equal(state, torch.get_rng_state())
    assert not torch.equal(first, target.sample(50, make_generator(9)))
    assert target.sample(3).shape == (3, 2)


@pytest.mark.parametrize("name", TARGETS_2D)
def test_load_target_passes_dtype(name):
    target = load_target(name, dtype=torch.float64)
    assert target.dim == 2 and isinstance(target.entropy, float)
    assert target.sample(4).dtype == torch.float64 and target.log_prob(target.sample(4)).dtype == torch.float64
    assert load_target(name).sample(4).dtype == torch.float32


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("name", TARGETS_2D)
def test_on_the_gpu(name, chi_square):
    """Rate 1e-6. Draws and densities stay on the device and are those of the CPU."""
    target, generator = load_target(name, device="cuda"), make_generator(0, "cuda")
    x = target.sample(N, generator)
    assert x.is_cuda and target.log_prob(x).is_cuda
    np.testing.assert_allclose(target.log_prob(x).cpu(), load_target(name).log_prob(x.cpu()), atol=1e-3)
    _, low, high = CASES[name]
    assert chi_square(TARGETS[name].log_prob, x.cpu(), low, high) > 1e-6
    assert target.entropy == pytest.approx(TARGETS[name].entropy, abs=1e-6)
