"""Gibbs for a Gaussian's mean and variance: the posterior by scipy and by Bayes' rule, convergence, and calibration.

False alarms: at most 1e-6 a test, shared among its comparisons; seeds are fixed.
"""

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import Gibbs, NormalInverseGamma, sample
from course_lib.samplers.conjugate_gaussian import VarianceUpdate
from course_lib.samplers.gibbs import GibbsState

PRIOR = NormalInverseGamma(mean=0.7, count=0.5, shape=2.5, scale=1.8, dtype=torch.float64)
Y = torch.tensor([1.3, -0.4, 2.2, 0.9, 3.1, 0.2], dtype=torch.float64)


def log_likelihood(x, y):
    """(chains, 2) and (chains, n) or (n,) -> (chains,)."""
    return torch.distributions.Normal(x[:, :1], x[:, 1:].sqrt()).log_prob(y).sum(-1)


def marginals(law):
    m, k, a, b = (float(value) for value in (law.mean, law.count, law.shape, law.scale))
    return stats.t(2 * a, m, np.sqrt(b / (a * k))), stats.invgamma(a, scale=b)


def test_log_prob_is_that_of_scipy():
    x = torch.tensor([[0.1, 0.5], [2.0, 1.7], [-1.0, 4.0]], dtype=torch.float64)
    v = x[:, 1].numpy()
    expected = stats.norm(0.7, np.sqrt(v / 0.5)).logpdf(x[:, 0].numpy()) + stats.invgamma(2.5, scale=1.8).logpdf(v)
    np.testing.assert_allclose(PRIOR.log_prob(x).numpy(), expected, rtol=1e-12)
    assert PRIOR.log_prob(torch.tensor([[0.0, 0.0], [0.0, -1.0]])).tolist() == [-torch.inf] * 2


def test_the_posterior_is_prior_times_likelihood():
    """log prior + log likelihood - log posterior is the log evidence, the same at every point: a Student-t of dimension n."""
    x = PRIOR.sample(200, make_generator(0))
    evidence = PRIOR.log_prob(x) + log_likelihood(x, Y) - PRIOR.posterior(Y).log_prob(x)
    n, spread = len(Y), 1.8 / 2.5 * (np.eye(len(Y)) + np.ones((len(Y), len(Y))) / 0.5)
    expected = stats.multivariate_t(np.full(n, 0.7), spread, df=5).logpdf(Y.numpy())
    np.testing.assert_allclose(evidence.numpy(), expected, rtol=0, atol=1e-10)


def test_the_posterior_does_not_depend_on_the_order_or_the_batches():
    whole, in_two = PRIOR.posterior(Y), PRIOR.posterior(Y[:2]).posterior(Y[2:])
    each = PRIOR.posterior(torch.stack([Y, Y.flip(0), Y + 1]))
    for name in ("mean", "count", "shape", "scale"):
        torch.testing.assert_close(getattr(whole, name), getattr(in_two, name), rtol=1e-13, atol=0)
        values = getattr(each, name).expand(3)
        torch.testing.assert_close(values[:2], getattr(whole, name).expand(2), rtol=1e-13, atol=0)
    assert each.mean[2] > each.mean[0] + 0.9


def test_exact_draws_have_the_marginals_of_scipy():
    x = PRIOR.sample(20_000, make_generator(1)).numpy()
    for values, law in zip(x.T, marginals(PRIOR)):
        assert stats.kstest(values, law.cdf).pvalue > 5e-7


@pytest.mark.parametrize("scan, num_steps", [("systematic", 25), ("random", 120)])
def test_convergence_to_the_exact_posterior(scan, num_steps):
    """Both marginals; and (m - mean) sqrt(count / v), which is N(0, 1) whatever v, hence in each half of v."""
    law = PRIOR.posterior(Y)
    x = torch.tensor([[40.0, 0.01]], dtype=torch.float64).expand(5000, 2)
    run = sample(Gibbs(law.updates(), scan), law.log_prob, x, num_steps, thin=num_steps, generator=make_generator(2))
    m, v = run.positions[-1].numpy().T
    mean, variance = marginals(law)
    score = (m - float(law.mean)) * np.sqrt(float(law.count) / v)
    small = v < variance.median()
    for values, cdf in ((m, mean.cdf), (v, variance.cdf), (score[small], stats.norm.cdf), (score[~small], stats.norm.cdf)):
        assert stats.kstest(values, cdf).pvalue > 2.5e-7


def ranks(kernel_of, num_steps, seed=7, simulations=6400, num_draws=31, n=4):
    """Ranks of the true mean, variance and log-likelihood among num_draws draws: (3, simulations), uniform on 0 ... num_draws.

    One chain a simulated data set. It starts far off; 10 steps between draws leave them independent for every practical purpose.
    """
    generator = make_generator(seed)
    truth = PRIOR.sample(simulations, generator)
    noise = torch.randn(simulations, n, dtype=torch.float64, generator=generator)
    y = truth[:, :1] + truth[:, 1:].sqrt() * noise
    law = PRIOR.posterior(y)
    kernel, state = kernel_of(law), GibbsState(torch.tensor([[9.0, 30.0]], dtype=torch.float64).expand(simulations, 2))
    below = torch.zeros(3, simulations)
    statistics = lambda x: torch.stack([x[:, 0], x[:, 1], log_likelihood(x, y)])  # noqa: E731
    expected = statistics(truth)
    for step in range(1, (num_draws + 2) * num_steps + 1):
        state, _ = kernel.step(law.log_prob, state, generator)
        if step > 2 * num_steps and step % num_steps == 0:
            below += statistics(state.position) < expected
    return below


def uniform_p_values(below, num_draws=31):
    return [stats.chisquare(torch.bincount(row.long(), minlength=num_draws + 1).numpy()).pvalue for row in below]


def test_simulation_based_calibration():
    """Three chi-squares with 31 degrees of freedom, 200 expected a cell."""
    assert min(uniform_p_values(ranks(lambda law: Gibbs(law.updates()), 10))) > 1e-6 / 3


class OneHalfMissing(VarianceUpdate):
    def noise(self, x, generator=None):
        return torch._standard_gamma(self.law.shape.expand(len(x)).contiguous(), generator=generator)


def test_calibration_finds_a_missing_half_in_the_shape():
    """So the test above can fail."""
    below = ranks(lambda law: Gibbs([law.updates()[0], OneHalfMissing(law)]), 10)
    assert uniform_p_values(below)[1] < 1e-12


def test_the_rank_of_the_log_likelihood_finds_what_the_others_cannot():
    """Draws from the prior pass for mean and variance, and only the log-likelihood knows that the data went unused."""
    class FromThePrior:
        def __init__(self, _):
            pass

        def step(self, log_prob, state, generator):
            return GibbsState(PRIOR.sample(len(state.position), generator)), None

    of_mean, of_variance, of_likelihood = uniform_p_values(ranks(FromThePrior, 1))
    assert min(of_mean, of_variance) > 5e-7 and of_likelihood < 1e-12


def test_updates_of_other_data_are_refused():
    law, other = PRIOR.posterior(Y), PRIOR.posterior(Y + 0.1)
    x = law.sample(10, make_generator(0))
    with pytest.raises(InputError, match=r"updates\[0\] to be a conditional of log_prob"):
        Gibbs(other.updates()).init(law.log_prob, x)
    joint = lambda x: PRIOR.log_prob(x) + log_likelihood(x, Y)  # noqa: E731  the same density, another way
    Gibbs(law.updates()).init(joint, x)


@pytest.mark.parametrize("make, part", [
    (lambda: NormalInverseGamma(0.0, 0.0, 1.0, 1.0), "count to be finite, above 0"),
    (lambda: NormalInverseGamma(0.0, 1.0, -1.0, 1.0), "shape to be finite, above 0"),
    (lambda: NormalInverseGamma(0.0, 1.0, 1.0, float("nan")), "scale to be finite, above 0"),
    (lambda: NormalInverseGamma(float("inf"), 1.0, 1.0, 1.0), "mean to be finite and"),
    (lambda: NormalInverseGamma("zero", 1.0, 1.0, 1.0), "mean to be a number or a vector"),
    (lambda: NormalInverseGamma(torch.zeros(2, 2), 1.0, 1.0, 1.0), "one number or one a chain"),
    (lambda: PRIOR.posterior(torch.tensor([1.0, torch.nan])), "y to be finite observations"),
    (lambda: PRIOR.posterior([1.0, 2.0]), "y to be finite observations"),
    (lambda: PRIOR.posterior(torch.zeros(0)), "y to be finite observations"),
    (lambda: Gibbs(PRIOR.updates()).init(PRIOR.log_prob, torch.tensor([[0.0, -1.0]])), "-inf at 1 of 1 starting points"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(make, part):
    with pytest.raises(InputError) as caught:
        make()
    assert part in str(caught.value) and "\n" not in str(caught.value)
