"""Funnel, banana, many Gaussians, many wells: densities, constants and draws against SciPy. Rates are stated."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, special, stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.targets import Banana, Funnel, ManyWell, forty_gaussians, twenty_five_gaussians

F64 = dict(dtype=torch.float64)
N = 100_000
Z = 6.1  # two-sided probability 1e-9; every test makes fewer than 1000 comparisons
TARGETS = {"funnel": Funnel(dim=5, **F64), "easy funnel": Funnel(1.0, 3, **F64), "banana": Banana(dim=4, **F64),
           "many well": ManyWell(6, **F64), "25": twenty_five_gaussians(**F64), "40": forty_gaussians(**F64)}
WELL = lambda x: math.exp(-x**4 + 6 * x**2 + 0.5 * x)  # noqa: E731
WELL_Z = integrate.quad(WELL, -4, 4, epsabs=1e-9, epsrel=1e-13, points=[-1.7, 0, 1.7], limit=500)[0]


def well_mean(f):
    return integrate.quad(lambda x: f(x) * WELL(x) / WELL_Z, -4, 4, epsabs=1e-13, points=[-1.7, 0, 1.7], limit=500)[0]


def z_score(values, expected):
    """Difference of the mean of values (n, ...) from its expectation, in standard errors."""
    return ((values.mean(0) - expected) / (values.std(0) / len(values) ** 0.5)).abs()


@pytest.mark.parametrize("name", TARGETS)
def test_gradients_are_finite_differences(name):
    target = TARGETS[name]
    x = target.sample(5, make_generator(0)).requires_grad_()
    assert torch.autograd.gradcheck(target.log_prob, x, eps=1e-6, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("sd", [1.0, math.sqrt(3), 3.0])
def test_funnel_is_scipys_normals(sd):
    target = Funnel(sd, 4, **F64)
    x = target.sample(50, make_generator(1))
    neck, rest = x[:, 0].numpy(), x[:, 1:].numpy()
    expected = stats.norm(0, sd).logpdf(neck) + stats.norm(0, np.exp(neck / 2)[:, None]).logpdf(rest).sum(1)
    np.testing.assert_allclose(target.log_prob(x), expected, rtol=1e-12)
    second = integrate.quad(lambda v: math.exp(v) * stats.norm.pdf(v, 0, sd), -12 * sd, 20 * sd, points=[0, sd**2], limit=200)[0]
    np.testing.assert_allclose(target.variance, [sd**2, second, second, second], rtol=1e-8)
    assert target.log_z == 0 and target.dim == 4 and not bool(target.mean.any())


def test_the_three_funnels_have_the_stated_spread():
    for sd, spread in ((3.0, 9.4877), (math.sqrt(3), 2.1170), (1.0, 1.2840)):
        assert float(Funnel(sd, **F64).variance[1].sqrt()) == pytest.approx(spread, abs=1e-4)
    assert Funnel().sd == 3 and Funnel().dim == 10


def test_funnel_mass_and_entropy():
    """On (x_0, u) with x_1 = exp(x_0 / 2) u, where the density is smooth: Gauss-Hermite is exact for -log p."""
    sd, (nodes, weights) = 1.7, np.polynomial.hermite_e.hermegauss(30)
    neck, u = (a.ravel() for a in np.meshgrid(sd * nodes, nodes, indexing="ij"))
    weight = np.outer(weights, weights).ravel() / (2 * math.pi)
    target = Funnel(sd, 2, **F64)
    log_p = target.log_prob(torch.from_numpy(np.stack([neck, np.exp(neck / 2) * u], 1))).numpy()
    gaussian = stats.norm.logpdf(neck, 0, sd) + stats.norm.logpdf(u)  # density of (x_0, u)
    assert (weight * np.exp(log_p + neck / 2 - gaussian)).sum() == pytest.approx(1, abs=1e-12)
    assert -(weight * log_p).sum() == pytest.approx(target.entropy, rel=1e-12)


def test_funnel_draws():
    """Rate 1e-9 each: standardised coordinates are normal (Kolmogorov-Smirnov) and independent; moments at sd 1."""
    x = Funnel(3.0, 4, **F64).sample(N, make_generator(2))
    z = torch.cat([x[:, :1] / 3, x[:, 1:] * (-x[:, :1] / 2).exp()], 1)
    assert min(stats.kstest(column, "norm").pvalue for column in z.T.numpy()) > 1e-9
    products = torch.stack([z[:, i] * z[:, j] for i in range(4) for j in range(i)], 1)
    assert float(z_score(products, 0).max()) < Z
    easy = Funnel(1.0, 3, **F64)
    x = easy.sample(N, make_generator(3))
    assert float(z_score(x, easy.mean).max()) < Z and float(z_score(x.square(), easy.variance).max()) < Z


def test_funnel_in_float32_far_down_the_neck():
    x = torch.tensor([[-100.0, 0.0], [-100.0, 1e-21], [100.0, 1e20], [-170.0, 0.0]])
    exact = Funnel(3.0, 2, **F64).log_prob(x.double())
    np.testing.assert_allclose(Funnel(3.0, 2).log_prob(x), exact, rtol=1e-5)


@pytest.mark.parametrize("curvature, scale", [(0.5, 1.3), (0.03, 10.0)])
def test_banana_mass_moments_and_entropy(curvature, scale):
    """Along x_1 at fixed x_0 and then along x_0, by SciPy's quad."""
    target = Banana(curvature, scale, **F64)

    def along(f):
        def inner(a):
            centre = curvature * (a**2 - scale**2)
            nodes = centre + np.linspace(-12, 12, 241)
            x = torch.from_numpy(np.stack([np.full_like(nodes, a), nodes], 1))
            log_p = target.log_prob(x).numpy()
            return 0.1 * (np.exp(log_p) * f(x.numpy(), log_p)).sum()

        return integrate.quad(inner, -10 * scale, 10 * scale, epsabs=1e-10, limit=200)[0]

    assert along(lambda x, log_p: 1.0) == pytest.approx(1, abs=1e-9)
    assert along(lambda x, log_p: -log_p) == pytest.approx(target.entropy, abs=1e-8)
    for i in range(2):
        assert along(lambda x, log_p: x[:, i]) == pytest.approx(0, abs=1e-7)
        assert along(lambda x, log_p: x[:, i] ** 2) == pytest.approx(float(target.variance[i]), rel=1e-8)


def test_banana_draws(chi_square):
    """Rate 1e-6 for the plane, 1e-9 for each moment; a banana bent the other way is refused."""
    target = Banana(0.5, 1.3, **F64)
    x = target.sample(N, make_generator(4))
    assert chi_square(target.log_prob, x, (-6.0, -6.0), (6.0, 18.0)) > 1e-6
    assert chi_square(target.log_prob, x * torch.tensor([1.0, -1.0]), (-6.0, -6.0), (6.0, 18.0)) < 1e-6
    wide = Banana(dim=5, **F64)
    x = wide.sample(N, make_generator(5))
    assert x.shape == (N, 5) and float(z_score(x, wide.mean).max()) < Z
    assert float(z_score(x.square(), wide.variance).max()) < Z


def test_twenty_five_gaussians(chi_square):
    """Against scipy.stats; draws at rate 1e-6. Without overlap the entropy would be log 25 + 1 + log(2 pi 0.3)."""
    target = twenty_five_gaussians(**F64)
    places = [(a, b) for a in (-10, -5, 0, 5, 10) for b in (-10, -5, 0, 5, 10)]
    assert sorted(map(tuple, target.means.tolist())) == sorted(places)
    x = target.sample(N, make_generator(6))
    expected = np.mean([stats.multivariate_normal(place, 0.3).pdf(x[:50]) for place in places], 0)
    np.testing.assert_allclose(target.log_prob(x[:50]).exp(), expected, rtol=1e-9)
    np.testing.assert_allclose(target.covariance, 50.3 * np.eye(2), rtol=1e-12, atol=1e-12)
    assert chi_square(target.log_prob, x, (-13.0, -13.0), (13.0, 13.0), cells=52) > 1e-6
    apart = math.log(25) + 1 + math.log(2 * math.pi * 0.3)
    assert apart - 1e-4 < target.entropy < apart


def test_forty_gaussians(chi_square):
    """Draws at rate 1e-6; scale and places as the paper's code makes them."""
    target = forty_gaussians(**F64)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        places = (torch.rand(40, 2) - 0.5) * 80
    np.testing.assert_array_equal(target.means.float(), places)
    assert set(target.scales.tolist()) == {float(torch.nn.functional.softplus(torch.tensor(1.0, **F64)))}
    x = target.sample(N, make_generator(7))
    expected = np.mean([stats.multivariate_normal(place, target.scales[0] ** 2).pdf(x[:50]) for place in places.tolist()], 0)
    np.testing.assert_allclose(target.log_prob(x[:50]).exp(), expected, rtol=1e-5)  # the places were rounded to float32
    assert chi_square(target.log_prob, x, (-46.0, -46.0), (46.0, 46.0), cells=46) > 1e-6
    assert forty_gaussians(1.0).scales.unique().tolist() == [1.0]
    assert target.entropy < math.log(40) + 1 + math.log(2 * math.pi * float(target.scales[0]) ** 2)


def test_many_well_constants_are_scipys_integrals():
    target = ManyWell(**F64)
    assert target.log_z == pytest.approx(16 * (math.log(WELL_Z) + 0.5 * math.log(2 * math.pi)), abs=1e-9)
    assert target.log_z == pytest.approx(164.69568, abs=5e-6)  # as published
    assert WELL_Z * math.sqrt(2 * math.pi) == pytest.approx(11784.50927 * math.sqrt(2 * math.pi), rel=1e-9)
    first, second = well_mean(lambda x: x), well_mean(lambda x: x**2)
    np.testing.assert_allclose(target.mean, [first, 0.0] * 16, atol=1e-10)
    np.testing.assert_allclose(target.variance, [second - first**2, 1.0] * 16, rtol=1e-10)
    assert target.right_probability == pytest.approx(well_mean(lambda x: float(x > 0)), abs=1e-8)
    assert target.right_probability == pytest.approx(0.84431, abs=5e-6)
    entropy = math.log(WELL_Z) - well_mean(lambda x: -x**4 + 6 * x**2 + 0.5 * x) + stats.norm.entropy()
    assert ManyWell(4, **F64).entropy == pytest.approx(2 * entropy, abs=1e-9)


def test_many_well_log_prob():
    x = torch.randn(20, 6, generator=make_generator(8), **F64)
    a, b = x[:, ::2].numpy(), x[:, 1::2].numpy()
    np.testing.assert_allclose(ManyWell(6, **F64).log_prob(x), (-a**4 + 6 * a**2 + a / 2 - b**2 / 2).sum(1), rtol=1e-12)


def test_many_well_draws():
    """Rate 1e-9 each: both coordinates (Kolmogorov-Smirnov), the number of right wells (chi-square), the entropy."""
    target = ManyWell(8, **F64)
    x = target.sample(N, make_generator(9))
    edges = np.linspace(-3.7, 3.7, 4001)
    middle = (edges[:-1] + edges[1:]) / 2
    mass = np.diff(edges) / 6 * sum(w * np.exp(-t**4 + 6 * t**2 + t / 2) for w, t in
                                    ((1, edges[:-1]), (4, middle), (1, edges[1:])))  # Simpson's rule
    cumulative = np.concatenate([[0], mass.cumsum() / mass.sum()])
    for i in range(4):
        assert stats.kstest(x[:, 2 * i].numpy(), lambda t: np.interp(t, edges, cumulative)).pvalue > 1e-9
        assert stats.kstest(x[:, 2 * i + 1].numpy(), "norm").pvalue > 1e-9
    counts = torch.bincount((x[:, ::2] > 0).sum(1), minlength=5).numpy()
    p = target.right_probability
    expected = N * np.array([special.binom(4, k) * p**k * (1 - p) ** (4 - k) for k in range(5)])
    assert stats.chisquare(counts, expected).pvalue > 1e-9
    assert float(z_score(target.log_z - target.log_prob(x), target.entropy)) < Z


@pytest.mark.parametrize("name", ["funnel", "banana", "many well"])
def test_float32_and_the_generator(name):
    cls = {"funnel": Funnel, "banana": Banana, "many well": ManyWell}[name]
    target = cls()
    x = target.sample(7, make_generator(10))
    assert x.shape == (7, target.dim) and x.dtype == torch.float32 and target.log_prob(x).dtype == torch.float32
    np.testing.assert_allclose(target.log_prob(x), cls(**F64).log_prob(x.double()), rtol=1e-4, atol=1e-4)
    state = torch.get_rng_state()
    assert torch.equal(x, target.sample(7, make_generator(10))) and torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("call, words", [
    (lambda: Funnel(0.0), ["sd", "above 0"]),
    (lambda: Funnel(20.0), ["sd", "at most 13", "20.0", "overflow"]),
    (lambda: Funnel(dim=1), ["dim", "at least 2"]),
    (lambda: Funnel().log_prob(torch.zeros(3, 9)), ["(n, 10)", "(3, 9)"]),
    (lambda: Banana(curvature=-1.0), ["curvature"]),
    (lambda: Banana(scale=math.nan), ["scale"]),
    (lambda: Banana(dim=1), ["dim"]),
    (lambda: ManyWell(5), ["even", "5", "dim=6"]),
    (lambda: ManyWell(0), ["dim"]),
    (lambda: ManyWell(4, dtype=torch.float16), ["float16"]),
    (lambda: ManyWell().sample(0), ["n to be", "the int 0"]),
    (lambda: forty_gaussians(scale=-1.0), ["scales above 0"]),
])
def test_bad_arguments(call, words):
    with pytest.raises(InputError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("make", [Funnel, Banana, ManyWell, twenty_five_gaussians, forty_gaussians])
def test_on_the_gpu(make):
    """Rate 1e-9 a coordinate."""
    target = make(device="cuda")
    x = target.sample(20_000, make_generator(0, "cuda"))
    assert x.is_cuda and target.log_prob(x).is_cuda and target.mean.is_cuda
    np.testing.assert_allclose(target.log_prob(x[:100]).cpu(), make().log_prob(x[:100].cpu()), rtol=1e-3, atol=1e-3)
    assert float(z_score(x.double(), target.mean.double()).max()) < Z
