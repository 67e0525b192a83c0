"""Eight schools and logistic regression against SciPy and scikit-learn. Rates are stated."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import expit
from sklearn import linear_model, preprocessing

from course_lib.data import load_classification
from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.targets import EightSchools, LogisticRegression, logistic_regression

F64 = dict(dtype=torch.float64)
Y, S = np.array([28, 8, -3, 7, -1, 1, 18, 12.0]), np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
PRIORS = {"posteriordb": (stats.norm(0, 5), lambda t: stats.halfcauchy(scale=5).logpdf(np.exp(t)) + t),
          "inference_gym": (stats.norm(0, 10), stats.norm(5, 1).logpdf)}
SETS = ("breast_cancer", "german_credit", "sonar", "ionosphere")
N = 100_000
Z = 6.1  # two-sided probability 1e-9; every test makes fewer than 1000 comparisons


def z_score(values, expected):
    return ((values.mean(0) - expected) / (values.std(0) / len(values) ** 0.5)).abs()


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("centred", [False, True])
def test_eight_schools_is_prior_times_likelihood(prior, centred):
    target, (mu_law, tau_law) = EightSchools(prior, centred, **F64), PRIORS[prior]
    x = EightSchools(prior, centred, **F64).sample(30, make_generator(0))
    mu, t, rest = x[:, :1].numpy(), x[:, 1:2].numpy(), x[:, 2:].numpy()
    theta = rest if centred else mu + np.exp(t) * rest
    law = stats.norm(mu, np.exp(t)) if centred else stats.norm(0, 1)
    expected = (mu_law.logpdf(mu) + tau_law(t))[:, 0] + (law.logpdf(rest) + stats.norm(theta, S).logpdf(Y)).sum(1)
    np.testing.assert_allclose(target.log_prob(x), expected, rtol=1e-11)
    np.testing.assert_allclose(target.constrain(x), np.concatenate([mu, np.exp(t), theta], 1), rtol=1e-12)
    x = x[:4].requires_grad_()
    assert torch.autograd.gradcheck(target.log_prob, x, eps=1e-6, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("prior", PRIORS)
def test_eight_schools_exact_values_by_quadrature_in_the_plane(prior):
    """Over (mu, log tau), theta by the Gaussian's own formulas: sums instead of the library's closed form in mu."""
    mu_law, tau_law = PRIORS[prior]
    mu, t = np.linspace(-75, 85, 321), np.linspace(-37, 14, 1021)
    m, log_tau = (a.ravel()[:, None] for a in np.meshgrid(mu, t, indexing="ij"))
    tau = np.exp(log_tau)
    log_p = (mu_law.logpdf(m) + tau_law(log_tau))[:, 0] + stats.norm(m, np.hypot(S, tau)).logpdf(Y).sum(1)
    cell, top = (mu[1] - mu[0]) * (t[1] - t[0]), log_p.max()
    log_z = top + math.log(np.exp(log_p - top).sum() * cell)
    p = np.exp(log_p - log_z) * cell
    precision = 1 / S**2 + 1 / tau**2
    theta = (Y / S**2 + m / tau**2) / precision
    eta, eta_variance = (theta - m) / tau, 1 / (precision * tau**2)
    values = np.concatenate([m, log_tau, tau, eta, theta], 1)
    extra = np.concatenate([0 * m, 0 * m, 0 * m, eta_variance, 1 / precision], 1)
    mean = p @ values
    variance = p @ (values**2 + extra) - mean**2
    for centred in (False, True):
        target = EightSchools(prior, centred, **F64)
        assert target.log_z == pytest.approx(log_z, abs=1e-8)
        x, constrained = [0, 1, *range(11, 19)] if centred else [0, 1, *range(3, 11)], [0, 2, *range(11, 19)]
        np.testing.assert_allclose(target.mean, mean[x], atol=2e-7)
        np.testing.assert_allclose(target.variance, variance[x], rtol=2e-7)
        np.testing.assert_allclose(target.constrained_mean, mean[constrained], atol=2e-7)
        np.testing.assert_allclose(target.constrained_variance, variance[constrained], rtol=2e-6)


def test_eight_schools_published_moments():
    """posteriordb's 10 000 draws (mu, tau: errors 0.033, 0.032), Inference Gym's own long run (0.018, 0.0019), at 5 errors."""
    first, second = EightSchools("posteriordb", **F64), EightSchools("inference_gym", **F64)
    np.testing.assert_allclose(first.constrained_mean[:2], [4.4105, 3.602], atol=0.16)
    assert float(second.mean[0]) == pytest.approx(5.7598, abs=0.09) and float(second.mean[1]) == pytest.approx(2.4533, abs=0.0095)


@pytest.mark.parametrize("prior", PRIORS)
def test_eight_schools_draws(prior):
    """Rate 1e-9 a comparison. Stein: E[grad log p] = 0 and E[x_i d log p / d x_j] = -[i = j], which no other law satisfies."""
    target, centred = EightSchools(prior, **F64), EightSchools(prior, True, **F64)
    x = target.sample(N, make_generator(1)).requires_grad_()
    (grad,) = torch.autograd.grad(target.log_prob(x).sum(), x)
    x = x.detach()
    assert float(z_score(grad, 0).max()) < Z
    assert float(z_score(x[:, :, None] * grad[:, None], -torch.eye(10, **F64)).max()) < Z
    assert float(z_score(x, target.mean).max()) < Z and float(z_score((x - target.mean).square(), target.variance).max()) < Z
    assert float(z_score(target.constrain(x), target.constrained_mean).max()) < Z
    y = centred.sample(N, make_generator(1))  # the same noise: the other form of the same draws
    np.testing.assert_allclose(target.constrain(x), centred.constrain(y), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(centred.log_prob(y), target.log_prob(x) - 8 * x[:, 1], rtol=1e-6)


@pytest.mark.parametrize("name", SETS)
def test_logistic_regression_is_scipys_and_scikit_learns(name):
    """Inputs as StandardScaler makes them; the density by SciPy; no gradient where scikit-learn finds the mode."""
    data, target = load_classification(name, **F64), logistic_regression(name, prior_scale=0.7, **F64)
    inputs = preprocessing.StandardScaler().fit_transform(data.inputs.numpy())
    inputs = np.concatenate([np.ones((len(inputs), 1)), inputs], 1)
    np.testing.assert_allclose(target.inputs, inputs, atol=1e-9)
    assert target.dim == inputs.shape[1]
    w = target.sample_prior(20, make_generator(2))
    p, y = expit(w.numpy() @ inputs.T), data.labels.numpy()
    expected = np.log(np.where(y == 1, p, expit(-w.numpy() @ inputs.T))).sum(1) + stats.norm(0, 0.7).logpdf(w.numpy()).sum(1)
    np.testing.assert_allclose(target.log_prob(w), expected, rtol=1e-11)
    assert torch.autograd.gradcheck(target.log_prob, w[:2].requires_grad_(), eps=1e-6, atol=1e-4, rtol=1e-5)
    fit = linear_model.LogisticRegression(C=0.49, fit_intercept=False, solver="newton-cholesky", tol=1e-12).fit(inputs, y)
    mode = torch.from_numpy(fit.coef_).requires_grad_()
    (grad,) = torch.autograd.grad(target.log_prob(mode).sum(), mode)
    assert float(grad.abs().max()) < 1e-6


def test_divided_inputs_keep_their_mean():
    data, target = load_classification("german_credit", **F64), logistic_regression("german_credit", 10.0, "divided", **F64)
    np.testing.assert_allclose(target.inputs[:, 1:], data.inputs.numpy() / data.inputs.numpy().std(0), rtol=1e-12)
    assert target.prior_scale == 10 and bool((target.inputs[:, 0] == 1).all())


def test_an_input_that_never_changes_becomes_zero():
    assert not bool(logistic_regression("ionosphere").inputs[:, 2].any())


def test_logistic_regression_far_from_the_data_stays_finite_and_exact():
    """log sigmoid(-800) = -800, where a naive log(1 / (1 + exp(800))) is -inf; also in float32."""
    target = LogisticRegression([[1.0, 2.0], [1.0, -4.0]], [1, 0], 100.0, **F64)
    w = torch.tensor([[0.0, -400.0], [0.0, 400.0]], **F64)
    prior = stats.norm(0, 100).logpdf([0, 400]).sum()
    np.testing.assert_allclose(target.log_prob(w), [-800 - 1600 + prior, prior], rtol=1e-12)
    np.testing.assert_allclose(target.log_prob(w.float()), target.log_prob(w), rtol=1e-6)


def test_prior_draws():
    """Rate 1e-9 a comparison."""
    target = logistic_regression("german_credit", 2.5)
    w = target.sample_prior(20_000, make_generator(3))
    assert w.dtype == torch.float32 and stats.kstest(w.flatten().numpy() / 2.5, "norm").pvalue > 1e-9


@pytest.mark.parametrize("call, words", [
    (lambda: EightSchools("stan"), ["posteriordb, inference_gym", "'stan'"]),
    (lambda: EightSchools(centred=1), ["centred", "the int 1"]),
    (lambda: EightSchools().log_prob(torch.zeros(10)), ["(n, 10)", "(10,)"]),
    (lambda: EightSchools().sample(-1), ["n to be"]),
    (lambda: EightSchools(dtype=torch.float16), ["float16"]),
    (lambda: logistic_regression("iris"), ["'iris'", "sonar"]),
    (lambda: logistic_regression("sonar", scaling="none"), ["standardised", "'none'"]),
    (lambda: logistic_regression("sonar", prior_scale=0), ["prior_scale", "above 0"]),
    (lambda: LogisticRegression([[1.0]], [1, 0]), ["1 entries", "2 entries"]),
    (lambda: LogisticRegression([[1.0], [2.0]], [1, -1]), ["labels of 0 and 1", "(labels + 1) / 2"]),
    (lambda: logistic_regression("sonar").log_prob(torch.zeros(2, 60)), ["(n, 61)"]),
])
def test_bad_arguments(call, words):
    with pytest.raises(InputError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_the_gpu():
    schools, sonar = EightSchools(device="cuda"), logistic_regression("sonar", device="cuda")
    x, w = schools.sample(100, make_generator(0, "cuda")), sonar.sample_prior(100, make_generator(0, "cuda"))
    assert x.is_cuda and w.is_cuda and schools.mean.is_cuda
    np.testing.assert_allclose(schools.log_prob(x).cpu(), EightSchools().log_prob(x.cpu()), rtol=1e-3)
    np.testing.assert_allclose(sonar.log_prob(w).cpu(), logistic_regression("sonar").log_prob(w.cpu()), rtol=1e-3)
