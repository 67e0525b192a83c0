"""The two routes to the references, on densities whose log Z and moments are known. Rates are stated."""

import json
import math

import numpy as np
import pytest
import torch
from scipy import special, stats

from course_lib.experiments import sampler_references
from course_lib.experiments.reference_methods import (StudentT, adaptive_importance_sampling, bridge, flattened, laplace,
                                                      mala_and_bridge, moments)
from course_lib.randomness import make_generator

F64 = dict(dtype=torch.float64)
Z = 5.5  # two-sided probability 4e-8; fewer than 25 comparisons a test
SHAPES = torch.tensor([1.5, 3.0, 6.0, 2.0], **F64)
MIX = torch.tensor([[2.0, 0.0, 0.0, 0.0], [1.0, 0.5, 0.0, 0.0], [0.0, -1.0, 3.0, 0.0], [0.5, 0.0, 0.0, 1.0]], **F64)
SHIFT = torch.tensor([1.0, -2.0, 0.0, 5.0], **F64)


def skewed(x):
    """x = SHIFT + MIX u with u_i the logarithm of a Gamma(SHAPES_i) variable: log-concave, skewed, correlated; not normalised."""
    u = torch.linalg.solve(MIX, (x - SHIFT).T).T
    return (SHAPES * u - u.exp()).sum(1)


LOG_Z = float(torch.lgamma(SHAPES).sum()) + math.log(2.0 * 0.5 * 3.0 * 1.0)
MEAN = SHIFT + MIX @ torch.digamma(SHAPES)
COVARIANCE = MIX @ torch.diag(torch.polygamma(1, SHAPES)) @ MIX.T


def check(estimate):
    assert abs(estimate.log_z - LOG_Z) < Z * estimate.log_z_error
    assert float(((estimate.mean - MEAN) / estimate.mean_error).abs().max()) < Z
    assert float(((estimate.variance - COVARIANCE.diagonal()) / estimate.variance_error).abs().max()) < Z


def test_the_oracle_itself():
    """E[u], Var[u] and the integral of exp(a u - exp(u)) by SciPy's log-gamma law."""
    for i, shape in enumerate(SHAPES.tolist()):
        mean, variance = stats.loggamma(shape).stats()
        assert mean == pytest.approx(float(torch.digamma(SHAPES[i])), rel=1e-9)
        assert variance == pytest.approx(float(torch.polygamma(1, SHAPES[i])), rel=1e-6)


def test_laplace_finds_mode_and_curvature():
    """In u the mode is log a and minus the Hessian a."""
    mode, covariance = laplace(skewed, 4)
    np.testing.assert_allclose(mode, SHIFT + MIX @ SHAPES.log(), rtol=1e-9)
    np.testing.assert_allclose(covariance, MIX @ torch.diag(1 / SHAPES) @ MIX.T, atol=1e-8)


def test_importance_sampling():
    """False alarm below 1e-6. The error of log Z is small, and the one that is seen over seeds."""
    estimate = adaptive_importance_sampling(skewed, *laplace(skewed, 4), 80_000, make_generator(0))
    check(estimate)
    assert estimate.log_z_error < 0.01 and estimate.num_effective > 8000 and estimate.k_hat < 0.7
    several = [adaptive_importance_sampling(skewed, MEAN, COVARIANCE, 4000, make_generator(seed), num_rounds=0)
               for seed in range(60)]
    scores = np.array([(e.log_z - LOG_Z) / e.log_z_error for e in several])
    assert 0.4 < (scores**2).mean() < 2.2  # 60 squares: chi-square probability below 1e-4 either side; seeds are fixed


def test_mala_and_bridge():
    """False alarm below 1e-6."""
    estimate = mala_and_bridge(skewed, *laplace(skewed, 4), 0.3, 100, 1500, make_generator(1))
    check(estimate)
    assert estimate.log_z_error < 0.02 and float((estimate.mean_error / COVARIANCE.diagonal().sqrt()).max()) < 0.03


def test_bridge_from_exact_draws_and_its_error():
    """The oracle's own draws: 60 repeats have mean 0 and variance 1 in units of the stated error (seeds are fixed)."""
    scores = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        u = np.log(rng.gamma(SHAPES.numpy(), size=(50, 40, 4)))
        log_z, error = bridge(skewed, SHIFT + torch.from_numpy(u) @ MIX.T, make_generator(seed))
        scores.append((log_z - LOG_Z) / error)
    assert abs(np.mean(scores)) < 5 / 60**0.5 and 0.4 < np.mean(np.square(scores)) < 2.2


def test_student_draws_are_scipys():
    """Rate 1e-7: the density exactly, the draws by the law of their squared length, dim F(dim, freedom)."""
    student = StudentT(MEAN, COVARIANCE, 7)
    x, law = student.sample(20_000, make_generator(2)), stats.multivariate_t(MEAN.numpy(), COVARIANCE.numpy(), df=7)
    np.testing.assert_allclose(student.log_prob(x), law.logpdf(x.numpy()), rtol=1e-9)
    z = torch.linalg.solve_triangular(torch.linalg.cholesky(COVARIANCE), (x - MEAN).T, upper=False)
    assert stats.kstest((z**2).sum(0).numpy() / 4, stats.f(4, 7).cdf).pvalue > 1e-7


def test_flattened_weights_are_worth_their_share():
    log_w = 30 * torch.randn(1000, generator=make_generator(3), **F64)
    flat = flattened(log_w)
    assert float(1 / flat.softmax(0).square().sum()) == pytest.approx(100, rel=1e-3)
    assert torch.allclose(flat / log_w, flat[0] / log_w[0])
    even = torch.zeros(50, **F64)
    assert torch.equal(flattened(even), even)


def test_moments_are_numpys():
    x, log_w = torch.randn(50, 3, generator=make_generator(4), **F64), torch.randn(50, generator=make_generator(5), **F64)
    mean, covariance = moments(x)
    np.testing.assert_allclose(covariance, np.cov(x.numpy().T, bias=True), rtol=1e-10)
    mean, covariance = moments(x, log_w)
    np.testing.assert_allclose(mean, np.average(x, axis=0, weights=special.softmax(log_w.numpy())), rtol=1e-10)
    np.testing.assert_allclose(covariance, np.cov(x.numpy().T, aweights=special.softmax(log_w.numpy()), bias=True), rtol=1e-10)


def test_a_short_row_agrees_with_the_stored_reference(tmp_path, monkeypatch, capsys):
    """Both routes at a sixteenth of the budget: 71 comparisons of each at 6.2 errors, below 1e-6."""
    name = "logistic_regression_ionosphere"
    short = sampler_references.estimates
    monkeypatch.setattr(sampler_references, "SHORT", 16)
    monkeypatch.setattr(sampler_references, "estimates", lambda name, seed: short(name, True, seed))
    sampler_references.write_references(tmp_path, (name,), seed=1)
    made = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    kept = json.loads(sampler_references.Path(sampler_references.__file__).parents[1].joinpath(
        "targets", "references", f"{name}.json").read_text(encoding="utf-8"))
    assert made.keys() == kept.keys() and made["definition"] == kept["definition"]
    assert made["routes"].keys() == kept["routes"].keys()
    for key in ("log_z", "mean", "variance"):
        a, ea, b, eb = (np.array(part["combined"][k]) for part in (made, kept) for k in (key, f"{key}_error"))
        assert float((np.abs(a - b) / np.hypot(ea, eb)).max()) < 6.2
    assert "log Z -111." in capsys.readouterr().out


def test_routes_that_disagree_write_nothing(tmp_path, monkeypatch):
    estimate = adaptive_importance_sampling(skewed, MEAN, COVARIANCE, 4000, make_generator(0), num_rounds=0)
    other = estimate._replace(mean=estimate.mean + torch.tensor([0, 0, 9.0, 0]) * estimate.mean_error)
    assert sampler_references.differences(estimate, other)[1] == pytest.approx(9 / 2**0.5)
    monkeypatch.setattr(sampler_references, "estimates", lambda name, seed: {"one": estimate, "two": other})
    with pytest.raises(ArithmeticError, match="disagree on logistic_regression_sonar.* 6.4 elsewhere"):
        sampler_references.write_references(tmp_path, ("logistic_regression_sonar",))
    assert list(tmp_path.iterdir()) == []


def test_the_table_has_a_row_a_target(monkeypatch):
    """Only the schools: the cheapest of the cases, with an exact first route."""
    cases = {name: case for name, case in sampler_references.CASES.items() if name.startswith("eight")}
    monkeypatch.setattr(sampler_references, "CASES", cases)
    rows = sampler_references.table(short=True)
    assert [row.target for row in rows] == list(cases) and {row.routes for row in rows} == {"quadrature / importance sampling"}
    assert all(row.z < 6.2 and row.worst_z < 6.2 and row.second_error < 0.1 for row in rows)
