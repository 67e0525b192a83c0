"""Every target's log_prob against its definition, computed by SciPy."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from course_lib.targets import Checkerboard, Gaussian, GaussianMixture, Rings, TwoMoons, eight_gaussians

F64 = dict(dtype=torch.float64)
MEANS = [[0.0, 1.0], [3.0, -2.0], [-4.0, 0.5]]


def mixture():
    return GaussianMixture(MEANS, [0.5, 1.5, 0.2], [1.0, 2.0, 3.0], **F64)


def correlated():
    return Gaussian([1.0, -2.0], [[2.0, 0.6], [0.6, 0.5]], **F64)


# name: (target, box that holds all but 1e-15 of it)
SMOOTH = {
    "gaussian": (correlated(), (-12.0, -9.0), (14.0, 5.0)),
    "mixture": (mixture(), (-10.0, -15.0), (16.0, 11.0)),
    "moons": (TwoMoons(0.1, **F64), (-2.0, -1.5), (3.0, 2.0)),
    "wide moons": (TwoMoons(0.4, **F64), (-4.6, -4.1), (5.6, 4.6)),
    "eight_gaussians": (eight_gaussians(**F64), (-6.0, -6.0), (6.0, 6.0)),
    "rings": (Rings(**F64), (-3.8, -3.8), (3.8, 3.8)),
    "one ring": (Rings([1.3], 0.3, **F64), (-4.0, -4.0), (4.0, 4.0)),
}


def log_average(log_f, angles):
    """log of the mean of exp(log_f) over an interval of angles, by adaptive quadrature around its peak."""
    fine = np.linspace(*angles, 20001)
    peak = fine[np.argmax([log_f(t) for t in fine])]
    width = min(1.0, (angles[1] - angles[0]) / 4)
    marks = sorted({*angles, *(float(np.clip(peak + s * width / 4 ** k, *angles)) for k in range(8) for s in (-1, 1))})
    parts = [integrate.quad(lambda t: math.exp(log_f(t) - log_f(peak)), a, b, epsabs=1e-15, epsrel=1e-12, limit=200)[0]
             for a, b in zip(marks, marks[1:]) if b > a]
    return log_f(peak) + math.log(math.fsum(parts) / (angles[1] - angles[0]))


def log_normal(x, centre, sd):
    return -((x[0] - centre[0]) ** 2 + (x[1] - centre[1]) ** 2) / (2 * sd ** 2) - math.log(2 * math.pi * sd ** 2)


def test_gaussian_is_scipys():
    target, x = correlated(), 5 * torch.randn(50, 2, generator=torch.Generator().manual_seed(0), **F64)
    expected = stats.multivariate_normal([1.0, -2.0], [[2.0, 0.6], [0.6, 0.5]])
    np.testing.assert_allclose(target.log_prob(x), expected.logpdf(x.numpy()), rtol=1e-12)
    assert target.entropy == pytest.approx(expected.entropy(), rel=1e-12)


def test_mixture_is_the_weighted_sum_of_scipys_normals():
    x = 4 * torch.randn(50, 2, generator=torch.Generator().manual_seed(1), **F64)
    parts = [w / 6 * stats.multivariate_normal(m, s ** 2).pdf(x.numpy()) for w, m, s in zip((1, 2, 3), MEANS, (0.5, 1.5, 0.2))]
    np.testing.assert_allclose(mixture().log_prob(x).exp(), sum(parts), rtol=1e-10)


# The oracle's exponent at a far point is itself rounded by more than the 1e-12 that quad is asked for.
@pytest.mark.filterwarnings("ignore:The occurrence of roundoff error")
@pytest.mark.parametrize("noise", [0.01, 0.1, 0.3, 2.0])
def test_moons_are_a_blurred_uniform_angle(noise):
    near = TwoMoons(noise, **F64).sample(8, torch.Generator().manual_seed(2))
    odd = torch.tensor([[0.0, 0.0], [1.0, 0.5], [0.0, -1.0], [1.0, -4.0], [0.5, 0.25]], **F64)
    far = torch.tensor([[-400.0, 70.0], [0.0, -900.0], [2.0, 99.0]], **F64) * noise  # where SciPy still resolves the peak
    x = torch.cat([near, odd, far])
    expected = []
    for point in x.tolist():
        upper = log_average(lambda t: log_normal(point, (math.cos(t), math.sin(t)), noise), (0.0, math.pi))
        lower = log_average(lambda t: log_normal(point, (1 - math.cos(t), 0.5 - math.sin(t)), noise), (0.0, math.pi))
        expected.append(np.logaddexp(upper, lower) - math.log(2))
    # The relative error of p, hence the absolute one of log p, beyond the rounding of log p itself.
    np.testing.assert_allclose(TwoMoons(noise, **F64).log_prob(x), expected, rtol=1e-13, atol=1e-10)


@pytest.mark.parametrize("noise", [0.08, 0.5])
def test_rings_are_a_blurred_uniform_angle(noise):
    target = Rings((0.75, 3.0), noise, **F64)
    odd = torch.tensor([[0.0, 0.0], [0.1, 0.0], [-30.0, 8.0]], **F64)
    x = torch.cat([target.sample(6, torch.Generator().manual_seed(3)), odd])
    expected = []
    for point in x.tolist():
        ring = [log_average(lambda t: log_normal(point, (r * math.cos(t), r * math.sin(t)), noise), (0.0, 2 * math.pi))
                for r in (0.75, 3.0)]
        expected.append(np.logaddexp(*ring) - math.log(2))
    np.testing.assert_allclose(target.log_prob(x), expected, rtol=1e-12, atol=1e-10)


def test_checkerboard_squares():
    x = torch.tensor([[0.5, 0.5], [2.5, 0.5], [-0.5, 0.5], [-0.5, -0.5], [3.9, -3.9], [-3.9, -3.9], [4.1, 4.1], [2.0, 2.0]])
    inside = [True, False, False, True, False, True, False, True]
    value = Checkerboard().log_prob(x)
    assert (value == -math.inf).logical_not().tolist() == inside
    np.testing.assert_allclose(value[torch.tensor(inside)], -math.log(32), rtol=1e-6)
    # The midpoint rule with cells of side 1/2 is exact: no cell crosses an edge between squares.
    centres = torch.cartesian_prod(*[torch.arange(-3.75, 4, 0.5, **F64)] * 2)
    assert float(Checkerboard(**F64).log_prob(centres).exp().sum() * 0.25) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", SMOOTH)
def test_mass_one_and_the_stated_entropy(name):
    """scipy's adaptive cubature of (p, -p log p), another rule on other boxes than the library's."""
    target, low, high = SMOOTH[name]

    def integrand(x):
        log_p = target.log_prob(torch.from_numpy(np.ascontiguousarray(x)))
        return torch.stack([log_p.exp(), -log_p.exp() * log_p], 1).numpy()

    cuts = [np.linspace(a, b, 9) for a, b in zip(low, high)]
    total = np.zeros(2)
    for i in range(8):
        for j in range(8):
            part = integrate.cubature(integrand, [cuts[0][i], cuts[1][j]], [cuts[0][i + 1], cuts[1][j + 1]],
                                      rule="gk21", rtol=1e-9, atol=1e-9)
            assert part.status == "converged"
            total += part.estimate
    assert total[0] == pytest.approx(1, abs=1e-8)
    assert target.entropy == pytest.approx(total[1], abs=1e-7)


@pytest.mark.parametrize("target, published", [(TwoMoons(0.1), 1.0076), (TwoMoons(0.05), 0.289), (TwoMoons(0.06), 0.480),
                                               (eight_gaussians(), 2.837), (Rings(), 2.620), (Checkerboard(), math.log(32))])
def test_entropy_is_the_published_estimate(target, published):
    """The published ones are Monte Carlo values of 60 000 points, standard error 0.004."""
    assert target.entropy == pytest.approx(published, abs=0.016)


def test_entropy_of_mixtures_of_very_different_scales():
    """A needle of sd 0.01 in a cloud of sd 20 overlaps it by nothing to speak of: H = H(weights) + mean H(component)."""
    target = GaussianMixture([[0.0, 0.0], [10.0, 3.0]], [20.0, 0.01], [0.75, 0.25], **F64)
    single = [1 + math.log(2 * math.pi) + 2 * math.log(s) for s in (20.0, 0.01)]
    apart = 0.75 * single[0] + 0.25 * single[1] - 0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    assert target.entropy < apart
    assert target.entropy == pytest.approx(apart, abs=1e-4)
    line = GaussianMixture([[0.0], [10.0]], [20.0, 0.01], [0.75, 0.25], **F64)

    def integrand(x):
        p = 0.75 * stats.norm(0, 20).pdf(x) + 0.25 * stats.norm(10, 0.01).pdf(x)
        return -p * np.log(p)

    marks = [-180, -50, 0, 9, 9.9, 9.95, 10, 10.05, 10.1, 11, 50, 190]
    exact = sum(integrate.quad(integrand, a, b, epsabs=1e-10)[0] for a, b in zip(marks, marks[1:]))
    assert line.entropy == pytest.approx(exact, abs=1e-7)


def test_entropy_of_one_component_in_many_dimensions():
    expected = stats.multivariate_normal(np.zeros(5), 9.0).entropy()
    assert GaussianMixture(torch.zeros(1, 5), 3.0).entropy == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", SMOOTH)
def test_gradient_and_hessian_by_finite_differences(name):
    target, low, high = SMOOTH[name]
    generator = torch.Generator().manual_seed(4)
    box = torch.tensor([low, high], **F64)
    spread = box[0] + (box[1] - box[0]) * torch.rand(6, 2, generator=generator, **F64)
    x = torch.cat([target.sample(6, generator), spread])
    assert torch.autograd.gradcheck(target.log_prob, x.requires_grad_(), eps=1e-6, atol=1e-4, rtol=1e-5)
    assert torch.autograd.gradgradcheck(target.log_prob, x, eps=1e-6, atol=1e-2, rtol=1e-4)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_far_away_all_is_finite_and_points_back(name, dtype):
    target = SMOOTH[name][0]
    x = torch.tensor([[1e4, 2e4], [-3e4, 1e3], [0.0, -1e4]], dtype=dtype, requires_grad=True)
    value = target.log_prob(x)
    (score,) = torch.autograd.grad(value.sum(), x)
    assert value.dtype == dtype and bool(value.isfinite().all()) and bool((value < -1e4).all())
    assert bool(score.isfinite().all()) and bool(((score * x).sum(1) < 0).all())


@pytest.mark.parametrize("name", SMOOTH)
def test_float32_is_float64_rounded(name):
    target = SMOOTH[name][0]
    x = target.sample(200, torch.Generator().manual_seed(5))
    np.testing.assert_allclose(target.log_prob(x.float()), target.log_prob(x.float().double()), atol=3e-4)


@pytest.mark.parametrize("x", [[0.0, 0.0], [1.0, 0.5]])
def test_score_of_moons_at_the_centres_of_the_circles(x):
    """There polar coordinates have no angle."""
    assert torch.autograd.gradcheck(TwoMoons(0.3, **F64).log_prob, torch.tensor([x], **F64, requires_grad=True))


def test_score_of_the_checkerboard_is_zero():
    x = torch.tensor([[0.5, 0.5], [0.5, -0.5], [7.0, 0.0]], requires_grad=True)
    (score,) = torch.autograd.grad(Checkerboard().log_prob(x).sum(), x)
    assert score.tolist() == [[0.0, 0.0]] * 3


def test_float64_points_get_a_float64_density_from_a_float32_target():
    """Parameters rounded to float32 are still a normalised density, to the precision of x."""
    x = torch.randn(20, 2, generator=torch.Generator().manual_seed(6), **F64)
    narrow = Gaussian([0.0, 0.0], [[1.0, 0.999], [0.999, 1.0]])
    np.testing.assert_allclose(narrow.log_prob(x), stats.multivariate_normal(np.zeros(2), narrow.covariance.double()).logpdf(x),
                               rtol=1e-11)
    weights = torch.rand(40, generator=torch.Generator().manual_seed(7))
    many = GaussianMixture(torch.linspace(-3, 3, 40)[:, None], 0.5, weights)
    mass = integrate.quad(lambda t: float(many.log_prob(torch.tensor([[t]], **F64)).exp()), -9, 9, epsabs=1e-12, limit=200)[0]
    assert mass == pytest.approx(1, abs=1e-11)


def test_entropy_of_thin_moons():
    """Noise s -> 0: two arcs of total length 2 pi, a normal across, and four ends of density Phi(t / s) along.

    H = log(2 pi) + log(2 pi e s^2) / 2 + (4 s / 2 pi) int -Phi log Phi + O(s^2).
    """
    s = 0.02
    end = integrate.quad(lambda u: -stats.norm.cdf(u) * stats.norm.logcdf(u), -12, 12, epsabs=1e-12)[0]
    expected = math.log(2 * math.pi) + 0.5 * math.log(2 * math.pi * math.e * s ** 2) + 4 * s / (2 * math.pi) * end
    assert TwoMoons(s).entropy == pytest.approx(expected, abs=2 * s ** 2)


def test_score_of_rings_at_the_centre_is_zero():
    x = torch.zeros(1, 2, **F64, requires_grad=True)
    (score,) = torch.autograd.grad(Rings(**F64).log_prob(x).sum(), x)
    assert score.abs().max() == 0
