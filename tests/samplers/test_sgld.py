"""SGLD on the mean of a Gaussian, where everything is known: the gradient's mean and variance, and the law of the chain.

y_i ~ N(x, sd^2), x ~ N(0, prior_sd^2): the posterior is N(m, 1/A) with A = N/sd^2 + 1/prior_sd^2, and the gradient of a
minibatch is -A (x - m) plus noise of variance V = N^2/n * S/sd^4, S the (biased) variance of the data, whatever x. Hence

    x' - m = (1 - h A) (x - m) + h * (gradient noise) + sqrt(2 h) * noise,     variance (2 + h V) / (A (2 - h A))

False alarms: at most 1e-6 a test.
"""

import itertools
from math import sqrt

import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, SGLD, UnadjustedLangevin, minibatch_log_prob, polynomial_decay, sample
from course_lib.samplers.sgld import SGLDState

SD, PRIOR_SD = 1.7, 2.5
DATA = torch.tensor([0.3, 2.9, -1.2, 4.4, 1.1], dtype=torch.float64)
N = len(DATA)
A = N / SD**2 + 1 / PRIOR_SD**2
M = float(DATA.sum()) / SD**2 / A


def log_prior(x):
    return -(x[:, 0] ** 2) / (2 * PRIOR_SD**2)


def log_likelihood(x, batch):
    return -((batch - x) ** 2) / (2 * SD**2)


LOG_PROB = minibatch_log_prob(log_prior, log_likelihood, N)


def gradient_variance(n):
    return N**2 / n * float(DATA.var(unbiased=False)) / SD**4


def gradients_of_all_batches(x, n):
    """The gradient at x for each of the N^n equally likely minibatches, read off the kernel: (x' - x) / h without noise."""
    batches = DATA[torch.tensor(list(itertools.product(range(N), repeat=n)))]
    position = torch.full((len(batches), 1), x, dtype=torch.float64)
    state, _ = SGLD(DATA, 0.01, n).transition(LOG_PROB, SGLDState(position, 0), torch.zeros_like(position), batches)
    return (state.position - position)[:, 0] / 0.01


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_minibatch_gradient_is_unbiased_and_has_the_stated_variance(n):
    for x in (-0.7, 2.3):
        gradients = gradients_of_all_batches(x, n)
        assert gradients.mean().item() == pytest.approx(-A * (x - M), abs=1e-12)
        assert gradients.var(unbiased=False).item() == pytest.approx(gradient_variance(n), rel=1e-12)


def test_with_all_data_it_is_unadjusted_langevin_bit_for_bit():
    x = torch.randn(30, 1, dtype=torch.float64, generator=make_generator(0))
    everything = lambda x: LOG_PROB(x, DATA.expand(len(x), N))  # noqa: E731
    unadjusted = sample(UnadjustedLangevin(0.1), everything, x, 40, generator=make_generator(1))
    stochastic = sample(SGLD(DATA, 0.1), LOG_PROB, x, 40, generator=make_generator(1))
    minibatches = sample(SGLD(DATA, 0.1, 4), LOG_PROB, x, 40, generator=make_generator(1))
    assert torch.equal(unadjusted.positions, stochastic.positions) and stochastic.state.num_steps == 40
    assert not torch.equal(unadjusted.positions, minibatches.positions)


@pytest.mark.parametrize("step_size, n", [(0.05, 2), (0.3, 2), (0.3, 1), (0.6, 4)])
def test_stationary_variance_with_the_noise_of_the_minibatches(step_size, n):
    """By recursion with slope and gains read off the kernel, exactly; then by 20 000 chains, with the fourth cumulant known."""
    v = gradient_variance(n)
    expected = (2 + step_size * v) / (A * (2 - step_size * A))
    kernel = SGLD(DATA, step_size, n)
    points = torch.tensor([[0.0], [1.0], [0.0]], dtype=torch.float64)
    noise, batch = torch.tensor([[0.0], [0.0], [1.0]]).double(), DATA[:n].expand(3, n)
    zero, one, shaken = kernel.transition(LOG_PROB, SGLDState(points, 0), noise, batch)[0].position[:, 0].tolist()
    slope, gain = one - zero, shaken - zero
    from_batches = step_size**2 * gradients_of_all_batches(0.4, n).var(unbiased=False).item()
    variance = 0.0
    for _ in range(2000):
        variance = slope**2 * variance + gain**2 + from_batches
    assert variance == pytest.approx(expected, rel=1e-10)
    assert expected > 1.05 / (A * (1 - step_size * A / 2))  # the minibatches do heat it, beyond the bias of Euler's method

    chains = 20_000
    x = torch.full((chains, 1), M, dtype=torch.float64)
    num_steps = 30 if step_size > 0.1 else 120
    assert slope ** (2 * num_steps) < 1e-6  # what is missing of the variance after these steps
    squares = (sample(kernel, LOG_PROB, x, num_steps, thin=num_steps, generator=make_generator(3)).positions[0, :, 0] - M) ** 2
    centred = DATA - DATA.mean()
    fourth_cumulant = (centred**4).mean() - 3 * (centred**2).mean() ** 2  # of one datum
    fourth_cumulant = (step_size * N / SD**2) ** 4 * float(fourth_cumulant) / n**3 / (1 - slope**4)
    score = (squares.mean().item() - expected) / sqrt((2 * expected**2 + fourth_cumulant) / chains)
    assert abs(score) < stats.norm.isf(5e-7)


def test_a_falling_step_size_comes_closer_to_the_posterior():
    """Variance after 400 steps of a schedule by the recursion with h_t; 20 000 chains have it, near that of the posterior."""
    schedule, n = polynomial_decay(0.3, offset=5.0, power=0.9), 2
    variance, history = 0.0, []
    for t in range(400):
        h = schedule(t)
        variance = (1 - h * A) ** 2 * variance + h**2 * gradient_variance(n) + 2 * h
        history.append(variance)
    assert abs(history[-1] * A - 1) < 0.03 < 0.5 < max(history) * A - 1
    x = torch.full((20_000, 1), M, dtype=torch.float64)
    last = sample(SGLD(DATA, schedule, n), LOG_PROB, x, 400, thin=400, generator=make_generator(4)).positions[0, :, 0]
    square_sum = ((last - M) ** 2).sum().item() / variance  # by now close to Gaussian: the batches add 1 % of the variance
    assert 2 * min(stats.chi2.cdf(square_sum, 20_000), stats.chi2.sf(square_sum, 20_000)) > 1e-6


def test_the_schedule_is_asked_for_the_step_that_is_made():
    schedule = polynomial_decay(0.4, offset=3.0, power=0.75)
    assert [schedule(0), schedule(3), schedule(45)] == pytest.approx([0.4, 0.4 * 2**-0.75, 0.4 / 8])
    flat, kernel = minibatch_log_prob(lambda x: 0 * x[:, 0], lambda x, batch: 0 * (batch - x), N), SGLD(DATA, schedule, 2)
    state = kernel.init(flat, torch.zeros(1, 1).double())
    for t in range(6):
        before = state.position
        state, _ = kernel.transition(flat, state, torch.ones(1, 1).double(), DATA[None, :2])
        assert (state.position - before).item() == pytest.approx(sqrt(2 * schedule(t)), rel=1e-12)
        assert state.num_steps == t + 1


def test_every_chain_draws_its_own_minibatch_evenly():
    """All sums of pairs occur among the chains of one step, and all examples come equally often."""
    seen = []

    def record(x, batch):
        seen.append(batch)
        return log_likelihood(x, batch)

    log_prob = minibatch_log_prob(log_prior, record, N)
    sample(SGLD(DATA, 0.1, 2), log_prob, torch.zeros(3000, 1).double(), 1, generator=make_generator(6))
    batch = seen[-1]
    assert batch.shape == (3000, 2) and len(batch.sum(1).unique()) == 15  # all pairs, repeats included
    counts = [int((batch == value).sum()) for value in DATA]
    assert sum(counts) == 6000 and stats.chisquare(counts).pvalue > 1e-6


def test_examples_of_any_shape():
    """Logistic regression: data rows (features, label); the gradient by hand."""
    data = torch.randn(40, 4, dtype=torch.float64, generator=make_generator(0))
    data[:, 3] = (data[:, 3] > 0).double()

    def likelihood(x, batch):
        score = (batch[..., :3] * x[:, None]).sum(-1)
        return batch[..., 3] * score - torch.nn.functional.softplus(score)

    log_prob = minibatch_log_prob(lambda x: -(x**2).sum(-1) / 2, likelihood, 40)
    x = torch.randn(5, 3, dtype=torch.float64, generator=make_generator(1))
    batch = data[torch.randint(40, (5, 7), generator=make_generator(2))]
    state, _ = SGLD(data, 0.02, 7).transition(log_prob, SGLDState(x, 0), torch.zeros_like(x), batch)
    residual = batch[..., 3] - torch.sigmoid(torch.einsum("cnf,cf->cn", batch[..., :3], x))
    expected = x + 0.02 * (-x + 40 / 7 * torch.einsum("cn,cnf->cf", residual, batch[..., :3]))
    torch.testing.assert_close(state.position, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("make, part", [
    (lambda: SGLD(DATA.numpy(), 0.1, 2), "data to be a tensor"),
    (lambda: SGLD(torch.zeros(0, 3), 0.1), "data to be a tensor with at least one example"),
    (lambda: SGLD(DATA, 0.0, 2), "step_size to be a finite number above 0"),
    (lambda: SGLD(DATA, lambda t: -1.0, 2), "step_size(0) to be a finite number above 0"),
    (lambda: SGLD(DATA, 0.1, 0), "batch_size to be a whole number of at least 1"),
    (lambda: SGLD(DATA, 0.1, 5), "batch_size below the 5 examples"),
    (lambda: polynomial_decay(0.1, power=0.5), "power above 1/2 and at most 1"),
    (lambda: polynomial_decay(0.1, offset=-1.0), "offset to be a finite number above 0"),
    (lambda: minibatch_log_prob(log_prior, log_likelihood, 0), "num_data to be a whole number"),
    (lambda: sample(SGLD(DATA, 0.1, 2), minibatch_log_prob(log_prior, lambda x, b: log_likelihood(x, b).sum(-1), N),
                    torch.zeros(3, 1).double(), 2), "log_likelihood to return one number an example, shape (3, 2)"),
    (lambda: sample(SGLD(DATA, 0.1, 2), lambda x, b: LOG_PROB(x.detach(), b), torch.zeros(3, 1).double(), 2),
     "carries no gradient"),
    (lambda: sample(SGLD(DATA, 0.1, 2), lambda x, b: LOG_PROB(x, b) * torch.nan, torch.zeros(3, 1).double(), 2),
     "NaN at 3 of 3"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(make, part):
    with pytest.raises(InputError) as caught:
        make()
    assert part in str(caught.value) and "\n" not in str(caught.value)


def test_it_says_that_it_is_not_exact():
    assert SGLD.leaves_invariant is False and MALA.leaves_invariant is True
