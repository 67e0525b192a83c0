"""Level marginals and the Gaussian copula. Judges: counts, autograd's slogdet, scipy's normal rectangles, quadrature."""

import math

import pytest
import torch
from scipy.stats import multivariate_normal, norm

from course_lib.data import load_digits
from course_lib.inputs import InputError
from course_lib.models.flows import Flow
from course_lib.models.flows.autoregressive import MaskedAutoregressive
from course_lib.models.flows.copula import Correlated, LevelMarginals
from course_lib.objectives.dequantisation import dequantised_bound, uniform_noise
from course_lib.randomness import make_generator

COUNTS = torch.tensor([[50, 9, 41], [3, 90, 0]])  # two pixels, three levels, one never seen
CELLS = torch.cartesian_prod(torch.arange(3.0, dtype=torch.float64), torch.arange(3.0, dtype=torch.float64))
COVARIANCE = torch.tensor([[1.0, -0.6], [-0.6, 0.9]], dtype=torch.float64)


def marginals():
    return LevelMarginals(COUNTS)


def points(n=40, seed=0):
    return 3 * torch.rand(n, 2, dtype=torch.float64, generator=make_generator(seed))


def cell_masses(flow, num=161):
    """Integral of the density over every unit cell: u = Phi(t), trapezoidal in t, which also copes with corners where a
    copula's density is infinite."""
    t = torch.linspace(-6.5, 6.5, num, dtype=torch.float64)
    u, weight = torch.special.ndtr(t), torch.exp(-(t**2) / 2) / math.sqrt(2 * math.pi) * (t[1] - t[0])
    square, weights = torch.cartesian_prod(u, u), torch.cartesian_prod(weight, weight).prod(-1)
    with torch.no_grad():
        return torch.stack([(flow.log_prob(cell + square).exp() * weights).sum() for cell in CELLS])


def test_the_log_determinant_is_that_of_autograd_both_ways():
    layer, x = marginals(), points()
    z, log_det = layer.inverse(x)
    for i in range(len(x)):
        jacobian = torch.autograd.functional.jacobian(lambda p: layer.inverse(p[None])[0][0], x[i])
        assert log_det[i] == pytest.approx(float(torch.linalg.slogdet(jacobian)[1]), abs=1e-9)
        jacobian = torch.autograd.functional.jacobian(lambda p: layer(p[None])[0][0], z[i])
        assert layer(z[i : i + 1])[1] == pytest.approx(float(torch.linalg.slogdet(jacobian)[1]), abs=1e-9)
    back, back_det = layer(z)
    torch.testing.assert_close(back, x, rtol=0, atol=1e-12)
    torch.testing.assert_close(back_det, -log_det, rtol=0, atol=1e-9)


def test_the_map_is_the_smoothed_distribution_function():
    x = points()
    p = (COUNTS.double() + 1) / (COUNTS.double() + 1).sum(1, keepdim=True)
    z, _ = marginals().inverse(x)
    for pixel in range(2):
        k = x[:, pixel].floor().long()
        below = torch.cat([torch.zeros(1), p[pixel].cumsum(0)])[k] + p[pixel, k] * (x[:, pixel] - k)
        torch.testing.assert_close(z[:, pixel], torch.from_numpy(norm.ppf(below.numpy())), rtol=0, atol=1e-11)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_both_tails_are_kept_without_a_clamp(dtype):
    """A distance from the end of 10^-6 cells with mass 1/96: as far on one side as on the other, and strictly monotone."""
    layer = LevelMarginals(torch.tensor([[0, 93, 0]]).repeat(2, 1))
    gap = torch.logspace(-1, -6, 11, dtype=dtype)
    near_zero, _ = layer.inverse(gap[:, None].repeat(1, 2))
    near_end, _ = layer.inverse((3 - gap)[:, None].repeat(1, 2))
    exact = torch.from_numpy(norm.ppf((gap.double() / 96).numpy()))
    torch.testing.assert_close(near_zero[:, 0].double(), exact, rtol=1e-5 if dtype == torch.float32 else 1e-12, atol=0)
    torch.testing.assert_close(near_end[:, 0].double(), -exact, rtol=1e-2 if dtype == torch.float32 else 1e-9, atol=0)
    assert (near_end[1:, 0] > near_end[:-1, 0]).all() and torch.isfinite(near_end).all()


def test_every_latent_has_an_image_inside():
    z = torch.linspace(-30, 30, 601, dtype=torch.float64)[:, None].repeat(1, 2)
    x, log_det = marginals()(z)
    assert ((x >= 0) & (x <= 3)).all() and torch.isfinite(log_det).all() and (x[1:] >= x[:-1]).all()


def test_alone_it_is_independent_pixels_whatever_the_noise():
    flow = Flow([marginals()], 2).double()
    p = (COUNTS.double() + 1) / (COUNTS.double() + 1).sum(1, keepdim=True)
    expected = torch.outer(p[0], p[1]).flatten().log()
    for seed in range(3):
        bound = dequantised_bound(flow.log_prob, CELLS, uniform_noise(CELLS, make_generator(seed)), num_levels=3)
        torch.testing.assert_close(bound, expected, rtol=0, atol=1e-12)


def test_the_gaussian_copula_gives_the_cells_their_normal_rectangles():
    """Quadrature of the density over each cell against scipy's bivariate normal; the bound is below; the masses sum to 1."""
    layer = marginals()
    flow = Flow([Correlated(COVARIANCE), layer], 2).double()
    masses = cell_masses(flow)
    corners = [[-12, *(float(layer.inverse(torch.full((1, 2), k, dtype=torch.float64))[0][0, i]) for k in (1, 2)), 12]
               for i in range(2)]
    law = multivariate_normal([0, 0], COVARIANCE.numpy())
    expected = [law.cdf([corners[0][a + 1], corners[1][b + 1]], lower_limit=[corners[0][a], corners[1][b]])
                for a in range(3) for b in range(3)]
    torch.testing.assert_close(masses, torch.tensor(expected, dtype=torch.float64), rtol=0, atol=1e-6)
    assert float(masses.sum()) == pytest.approx(1, abs=1e-6)
    draws = torch.stack([dequantised_bound(flow.log_prob, CELLS, uniform_noise(CELLS, make_generator(s)), num_levels=3)
                         for s in range(400)])
    error = draws.std(0) / 20
    assert (draws.mean(0) < masses.log() + 5 * error).all() and draws.mean(0).exp().sum() < 1  # 9 cells at 5 sigma: 3e-6


def test_mass_is_conserved_through_learned_layers():
    """An untrained MAF with random weights before the marginals: the nine cells hold the mass 1, up to quadrature."""
    layer = MaskedAutoregressive(2, (8,), zero_last=False, generator=make_generator(3), dtype=torch.float64)
    masses = cell_masses(Flow([layer, Correlated(COVARIANCE), marginals()], 2).double(), 201)
    assert float(masses.sum()) == pytest.approx(1, abs=1e-4)
    assert (masses - cell_masses(Flow([marginals()], 2).double())).abs().max() > 1e-2


def test_correlated_agrees_with_autograd_and_with_scipy():
    layer, z = Correlated(COVARIANCE), points()
    x, log_det = layer(z)
    jacobian = torch.autograd.functional.jacobian(lambda p: layer(p[None])[0][0], z[0])
    torch.testing.assert_close(log_det, torch.linalg.slogdet(jacobian)[1].expand(40))
    back, back_det = layer.inverse(x)
    torch.testing.assert_close((back, back_det), (z, -log_det))
    expected = multivariate_normal([0, 0], COVARIANCE.numpy()).logpdf(x.numpy())
    torch.testing.assert_close(Flow([layer], 2).log_prob(x), torch.from_numpy(expected))


def test_shrinkage_goes_from_the_second_moment_to_the_identity():
    z = points(500) - 1.5
    for shrinkage in (0.0, 0.3, 1.0):
        factor = Correlated.from_data(z, shrinkage).factor
        torch.testing.assert_close(factor @ factor.T, (1 - shrinkage) * z.T @ z / 500 + shrinkage * torch.eye(2).double())


def test_on_the_digits_most_of_the_space_between_the_pixels_is_used():
    """Every training image goes to the normal scale and back in float32; no pixel is clamped, constant ones included."""
    images = load_digits("train").images
    layer = LevelMarginals.from_levels(images)
    assert (layer.counts.max(1).values == 1000).sum() > 0  # pixels that are always 0
    x = images + uniform_noise(images, make_generator(0))
    z, log_det = layer.inverse(x)
    back, _ = layer(z)
    assert torch.isfinite(z).all() and torch.isfinite(log_det).all() and z.abs().max() < 7
    assert (back - x).abs().max() < 1e-3 and torch.equal(back.floor().clamp(max=16), images)


def test_state_survives_float_and_double():
    layer = marginals()
    before = layer.log_probabilities()
    assert torch.equal(layer.float().double().log_probabilities(), before) and before.dtype == torch.float64


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: LevelMarginals(COUNTS.float()), "counts to be an int64 tensor.*from_levels"),
    (lambda: LevelMarginals(-COUNTS), "nowhere negative"),
    (lambda: LevelMarginals(COUNTS, 0.0), "pseudo_count"),
    (lambda: LevelMarginals.from_levels(CELLS + 0.5, 3), "levels to be whole numbers from 0 to 2"),
    (lambda: marginals().inverse(CELLS), "strictly between 0 and 3.*0 in it.*uniform_noise"),
    (lambda: marginals().inverse(CELLS + 1), "strictly between 0 and 3"),
    (lambda: marginals().inverse(CELLS[0]), "x to be .*one row is one point"),
    (lambda: Correlated(torch.ones(2, 2)), "symmetric and positive definite.*shrink"),
    (lambda: Correlated.from_data(points(1), 1.5), "shrinkage to be between 0 and 1"),
])
def test_wrong_input_is_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()
