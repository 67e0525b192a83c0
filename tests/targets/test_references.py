"""The stored references: consistent in themselves, and with estimates that share nothing with what made them."""

import json
import math
from importlib.resources import files

import numpy as np
import pytest
import torch
from scipy import optimize, stats
from scipy.special import expit, logsumexp

from course_lib.inputs import InputError
from course_lib.targets import EightSchools, known_references, load_reference, logistic_regression

SETS = ("breast_cancer", "german_credit", "sonar", "ionosphere")
DEFAULT = [f"logistic_regression_{name}" for name in SETS]
DIVIDED = ["logistic_regression_breast_cancer_divided", "logistic_regression_german_credit_divided"]
Z = 6.2  # two-sided probability 6e-10; fewer than 1500 comparisons in this file: together below 1e-6 for normal errors


def target_of(name):
    dataset = name.removeprefix("logistic_regression_").removesuffix("_divided")
    return logistic_regression(dataset, *((10.0, "divided") if name in DIVIDED else ()), dtype=torch.float64)


def test_the_names():
    assert known_references() == sorted(DEFAULT + DIVIDED + ["eight_schools_inference_gym", "eight_schools_posteriordb"])


@pytest.mark.parametrize("name", known_references())
def test_both_routes_agree_and_the_reference_is_their_average(name):
    content = json.loads((files("course_lib.targets.references") / f"{name}.json").read_text(encoding="utf-8"))
    first, second = content["routes"].values()
    for key in ("log_z", "mean", "variance"):
        a, ea, b, eb = (np.array(part[k]) for part in (first, second) for k in (key, f"{key}_error"))
        assert float((np.abs(a - b) / np.hypot(ea, eb)).max()) < Z
        combined, error = content["combined"][key], content["combined"][f"{key}_error"]
        np.testing.assert_allclose(combined, (a / ea**2 + b / eb**2) / (1 / ea**2 + 1 / eb**2), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(error, (1 / ea**2 + 1 / eb**2) ** -0.5, rtol=1e-6)


@pytest.mark.parametrize("name", DEFAULT + DIVIDED)
def test_precise_enough_to_judge_a_sampler(name):
    """Samplers are judged at an error of 0.02 posterior standard deviations: the reference must be far below that."""
    reference = load_reference(name)
    sd = reference.variance.sqrt()
    assert reference.mean.shape == reference.variance.shape == (target_of(name).dim,)
    assert float((reference.mean_error / sd).max()) < 0.01 and float((reference.variance_error / sd**2).max()) < 0.02
    assert reference.log_z_error < 0.007


def laplace_by_scipy(target):
    """Mode and covariance from the closed-form gradient and Hessian, in numpy."""
    x, y, s = target.inputs.numpy(), target.labels.numpy(), target.prior_scale
    energy = lambda w: np.logaddexp(0, -(2 * y - 1) * (x @ w)).sum() + w @ w / (2 * s**2)  # noqa: E731
    hessian = lambda w: (x.T * (expit(x @ w) * expit(-x @ w))) @ x + np.eye(len(w)) / s**2  # noqa: E731
    fit = optimize.minimize(energy, np.zeros(x.shape[1]), jac=lambda w: x.T @ (expit(x @ w) - y) + w / s**2, hess=hessian,
                            method="trust-exact", options=dict(gtol=1e-8))
    return fit.x, np.linalg.inv(hessian(fit.x))


@pytest.mark.parametrize("name", DEFAULT)
def test_an_independent_importance_sample(name):
    """NumPy and SciPy only: a Student-t of 20 degrees of freedom, its correlations those of the Hessian at the mode.

    Location and scales are the reference's own, which changes how good the proposal is, not what it estimates.
    """
    target, (_, *values) = target_of(name), load_reference(name)
    log_z_ref, log_z_error_ref, *vectors = values
    mean_ref, mean_error_ref, variance_ref, variance_error_ref = (vector.numpy() for vector in vectors)
    rng = np.random.default_rng(0)
    _, covariance = laplace_by_scipy(target)
    ratio = np.sqrt(variance_ref / covariance.diagonal())
    covariance = covariance * np.outer(ratio, ratio)
    law = stats.multivariate_t(mean_ref, covariance, df=20, seed=rng)
    w = law.rvs(60_000)
    signed = (2 * target.labels.numpy()[:, None] - 1) * target.inputs.numpy()
    log_p = np.concatenate([-np.logaddexp(0, -part @ signed.T).sum(1) for part in np.array_split(w, 20)])
    log_w = log_p + stats.norm(0, target.prior_scale).logpdf(w).sum(1) - law.logpdf(w)
    p = np.exp(log_w - logsumexp(log_w))
    worth = 1 / (p**2).sum()
    assert worth > 1000, f"{worth:.0f} effective draws: too few for the errors below to be trusted"
    log_z, error = logsumexp(log_w) - math.log(len(w)), math.sqrt(1 / worth - 1 / len(w))
    assert abs(log_z - log_z_ref) < Z * math.hypot(error, log_z_error_ref)
    mean = p @ w
    squares = (w - mean) ** 2
    variance = p @ squares
    mean_error, variance_error = np.sqrt(p**2 @ squares), np.sqrt(p**2 @ (squares - variance) ** 2)
    assert float((np.abs(mean - mean_ref) / np.hypot(mean_error, mean_error_ref)).max()) < Z
    assert float((np.abs(variance - variance_ref) / np.hypot(variance_error, variance_error_ref)).max()) < Z


@pytest.mark.parametrize("prior", ["posteriordb", "inference_gym"])
def test_eight_schools_references_are_the_exact_values(prior):
    reference, exact = load_reference(f"eight_schools_{prior}"), EightSchools(prior, dtype=torch.float64)
    assert reference.log_z == pytest.approx(exact.log_z, rel=1e-7)
    np.testing.assert_allclose(reference.mean, exact.mean, rtol=1e-7)
    np.testing.assert_allclose(reference.variance, exact.variance, rtol=1e-7)


def test_what_the_references_say_of_published_values():
    """log Z of sonar (-108.580864) and ionosphere (-111.55908), printed as exact, are refuted; those of other codes are met."""
    sonar, ionosphere = load_reference("logistic_regression_sonar"), load_reference("logistic_regression_ionosphere")
    assert sonar.log_z + 108.580864 > 50 * sonar.log_z_error
    assert ionosphere.log_z + 111.55908 < -20 * ionosphere.log_z_error
    for name, value in (("german_credit", -529.177), ("german_credit_divided", -585.098)):
        assert load_reference(f"logistic_regression_{name}").log_z == pytest.approx(value, abs=0.006)


def test_dtype_and_bad_arguments():
    reference = load_reference("eight_schools_posteriordb", dtype=torch.float32)
    assert reference.mean.dtype == reference.variance_error.dtype == torch.float32 and "half-Cauchy(5)" in reference.definition
    for call, words in ((lambda: load_reference("sonar"), ["'sonar'", "logistic_regression_sonar"]),
                        (lambda: load_reference(3), ["the int 3"]),
                        (lambda: load_reference("eight_schools_posteriordb", dtype=torch.int32), ["int32"])):
        with pytest.raises(InputError) as error:
            call()
        assert all(word in str(error.value) for word in words), str(error.value)
