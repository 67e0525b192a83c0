"""The bound against closed forms: the evidence of Gaussian data, KL divergences, and sums over all images of few pixels."""

import math

import pytest
import torch

from course_lib.dynamics import add_noise, clean_from_noise, cosine_schedule, linear_schedule, log_snr_schedule, posterior
from course_lib.inputs import InputError
from course_lib.models.exact_denoisers import as_noise_predictor, linear_denoiser, memorising_denoiser
from course_lib.objectives.denoising import (bound_term, bound_terms, bound_weights, discretised_gaussian_reconstruction,
                                             gaussian_reconstruction, level_reconstruction, prior_term, sampled_bound,
                                             simple_loss)
from course_lib.randomness import make_generator

F64 = dict(dtype=torch.float64)
SCHEDULE = linear_schedule(12, 0.02, 0.4)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=make_generator(seed), **F64)


def wrong_noise(x, t):
    """A denoiser that is not exact, so that no term is 0."""
    return 0.6 * x + 0.05 * t[:, None]


def kl(mean_1, variance_1, mean_2, variance_2):
    return torch.distributions.kl_divergence(torch.distributions.Normal(mean_1, variance_1**0.5),
                                             torch.distributions.Normal(mean_2, variance_2**0.5)).sum(1)


def test_the_simple_loss_is_a_mean_over_coordinates_and_each_example_has_its_time():
    x_0, noise, t = normal(4, 3), normal(4, 3, seed=1), torch.tensor([1, 12, 5, 2])
    loss = simple_loss(wrong_noise, x_0, t, noise, SCHEDULE)
    for i in range(4):
        a = float(SCHEDULE.alpha_bar[t[i]])
        x_t = math.sqrt(a) * x_0[i] + math.sqrt(1 - a) * noise[i]
        assert float(loss[i]) == pytest.approx(float(((noise[i] - 0.6 * x_t - 0.05 * t[i]) ** 2).mean()))
    assert simple_loss(lambda x, t: noise, x_0, t, noise, SCHEDULE).abs().max() == 0


@pytest.mark.parametrize("t", [2, 7, 12])
def test_a_term_is_the_divergence_of_two_gaussians(t):
    x_0, noise = normal(6, 3), normal(6, 3, seed=1)
    x_t = add_noise(x_0, t, noise, SCHEDULE)
    times = torch.full((6,), t)
    mean, variance = posterior(x_t, x_0, t, SCHEDULE)
    guess, _ = posterior(x_t, clean_from_noise(x_t, wrong_noise(x_t, times), SCHEDULE.alpha_bar[t]), t, SCHEDULE)
    got = bound_term(wrong_noise, x_0, times, noise, SCHEDULE, None)
    torch.testing.assert_close(got, kl(mean, variance, guess, variance), rtol=1e-9, atol=1e-10)
    torch.testing.assert_close(got, bound_weights(SCHEDULE)[t] * 3 * simple_loss(wrong_noise, x_0, times, noise, SCHEDULE))


def test_weights_are_halved_differences_of_the_signal_to_noise_ratio():
    ratio = SCHEDULE.snr[1:-1] / SCHEDULE.snr[2:]
    torch.testing.assert_close(bound_weights(SCHEDULE)[2:], (ratio - 1) / 2, rtol=1e-9, atol=1e-12)
    assert (bound_weights(SCHEDULE)[:2] == 0).all()


def test_the_prior_term():
    x_0, a = normal(5, 3), SCHEDULE.alpha_bar[-1]
    expected = kl(a.sqrt() * x_0, (1 - a).expand(5, 3), torch.zeros(5, 3, **F64), torch.ones(5, 3, **F64))
    torch.testing.assert_close(prior_term(x_0, SCHEDULE), expected)
    assert prior_term(x_0, cosine_schedule(200)).max() < 1e-4


def gaussian_chain(schedule, data_variance):
    """The chain's exact marginal N(m, v) of x_0 in one dimension, and its bound averaged over q, for data N(1, data_variance).

    The denoiser is the exact one of the data. Every law is Gaussian: the model's by the recursion of its affine steps, each
    E|eps - eps_hat|^2 as the conditional variance of eps given x_t, and L_0 with variance beta_1 in closed form.
    """
    a = schedule.alpha_bar
    mean, spread = 0.0, 1.0
    for t in range(schedule.num_steps, 0, -1):
        slope = float(a[t].sqrt() * data_variance / (a[t] * data_variance + 1 - a[t]))
        offset = 1 - slope * float(a[t].sqrt())
        one = torch.ones(1, 1, **F64)
        on_x, _ = posterior(one, slope * one, t, schedule)
        constant, _ = posterior(0 * one, offset * one, t, schedule)
        noise = float(schedule.posterior_variance[t]) if t > 1 else float(schedule.beta[0])
        mean, spread = float(on_x) * mean + float(constant), float(on_x) ** 2 * spread + noise
    v_t = a * data_variance + 1 - a
    lost = a * data_variance / v_t  # Var(eps | x_t)
    terms = bound_weights(schedule) * lost
    beta = schedule.beta[0]
    clean_error = data_variance * (1 - a[1]) / v_t[1]  # Var(x_0 | x_1)
    first = 0.5 * (clean_error / beta + math.log(2 * math.pi * beta))
    last = 0.5 * (a[-1] * (data_variance + 1) - a[-1] - (1 - a[-1]).log())
    return mean, spread, float(terms[2:].sum() + first + last)


def evidence(mean, spread, data_variance):
    """E[-log N(x_0; mean, spread)] over data N(1, data_variance)."""
    return 0.5 * (math.log(2 * math.pi * spread) + (data_variance + (1 - mean) ** 2) / spread)


@pytest.mark.parametrize("data_variance", [0.1, 1.0, 3.0])
def test_the_bound_closes_on_the_evidence_as_steps_shrink(data_variance):
    """Never below -log p of the chain's own law, never below the entropy; the gap falls like 1 / T."""
    gaps = []
    for num_steps in (25, 50, 100, 200, 400, 800):
        mean, spread, bound = gaussian_chain(log_snr_schedule(torch.linspace(9, -9, num_steps)), data_variance)
        exact = evidence(mean, spread, data_variance)
        entropy = 0.5 * math.log(2 * math.pi * math.e * data_variance)
        assert bound > exact - 1e-9 and exact > entropy - 1e-9
        gaps.append(bound - exact)
    assert gaps[-1] < 0.06 and all(1.7 < a / b < 2.6 for a, b in zip(gaps[1:], gaps[2:])), gaps


def test_the_estimate_agrees_with_the_closed_form():
    """20 000 points, both estimators: 6 standard errors, false alarm 2e-9 each."""
    schedule, generator = log_snr_schedule(torch.linspace(6, -6, 30)), make_generator(2)
    mean, covariance = torch.ones(1, **F64), torch.full((1, 1), 0.5, **F64)
    predict = as_noise_predictor(lambda x, a: linear_denoiser(x, a, mean, covariance), schedule)
    x_0 = 1 + math.sqrt(0.5) * torch.randn(20_000, 1, generator=generator, **F64)
    expected = gaussian_chain(schedule, 0.5)[2]
    reconstruction = gaussian_reconstruction(predict, schedule)
    for value in (bound_terms(predict, x_0, schedule, reconstruction, generator).total,
                  sampled_bound(predict, x_0, schedule, reconstruction, 29, generator),
                  sampled_bound(predict, x_0, schedule, reconstruction, 5, generator)):
        assert abs(float(value.mean()) - expected) < 6 * float(value.std()) / math.sqrt(20_000)


def test_the_terms_add_up():
    x_0 = normal(5, 2)
    bound = bound_terms(wrong_noise, x_0, SCHEDULE, gaussian_reconstruction(wrong_noise, SCHEDULE), make_generator(3))
    assert bound.steps.shape == (5, 11) and bound.prior.shape == bound.reconstruction.shape == (5,)
    torch.testing.assert_close(bound.total, bound.prior + bound.steps.sum(1) + bound.reconstruction)
    x_0 = 0 * x_0 + 0.3
    torch.testing.assert_close(bound.prior[:0], prior_term(x_0, SCHEDULE)[:0])


def test_step_one_is_the_reconstruction():
    x_0, noise = normal(4, 2), normal(4, 2, seed=1)
    reconstruction = gaussian_reconstruction(wrong_noise, SCHEDULE, 0.3)
    t = torch.tensor([1, 5, 1, 12])
    value = bound_term(wrong_noise, x_0, t, noise, SCHEDULE, reconstruction)
    x_1 = add_noise(x_0, 1, noise, SCHEDULE)
    clean = clean_from_noise(x_1, wrong_noise(x_1, torch.ones(4, dtype=torch.int64)), SCHEDULE.alpha_bar[1])
    expected = -torch.distributions.Normal(clean, math.sqrt(0.3)).log_prob(x_0).sum(1)
    torch.testing.assert_close(value[t == 1], expected[t == 1])
    torch.testing.assert_close(reconstruction(x_0, x_1), expected)


def grey(num_levels, dim):
    """Every image of dim pixels: (num_levels^dim, dim)."""
    levels = torch.linspace(-1, 1, num_levels, **F64)
    return torch.cartesian_prod(*[levels] * dim).reshape(-1, dim)


@pytest.mark.parametrize("kind", ["discretised", "levels"])
def test_masses_of_all_images_sum_to_one(kind):
    images = grey(5, 3)
    if kind == "discretised":
        reconstruction = discretised_gaussian_reconstruction(wrong_noise, SCHEDULE, 5, 0.04)
    else:
        logits = normal(3, 5)
        reconstruction = level_reconstruction(lambda x, t: torch.log_softmax(logits + x[:, :, None], 2), 5)
    x_1 = normal(1, 3, seed=4)
    total = torch.logsumexp(-reconstruction(images, x_1.expand(len(images), 3)), 0)
    assert float(total) == pytest.approx(0, abs=1e-10)


def test_the_discretised_gaussian_is_accurate_far_away():
    """Against the normal distribution function; 30 deviations away the mass is exp(-450) and no logarithm is -inf."""
    x_1 = torch.tensor([[0.3], [-0.9]], **F64)
    still = lambda x, t: 0 * x
    near = discretised_gaussian_reconstruction(still, SCHEDULE, 5, 0.04)
    clean = x_1 / SCHEDULE.alpha_bar[1].sqrt()
    law = torch.distributions.Normal(clean, 0.2)
    middle = torch.tensor([[0.5], [-0.5]], **F64)
    expected = -(law.cdf(middle + 0.25) - law.cdf(middle - 0.25)).log()[:, 0]
    torch.testing.assert_close(near(middle, x_1), expected, rtol=1e-9, atol=1e-12)
    far = discretised_gaussian_reconstruction(still, SCHEDULE, 5, 1e-4)(middle[:1], torch.tensor([[-0.05]], **F64))
    assert 400 < float(far) < 500


def test_a_memoriser_s_bound_is_at_least_the_log_of_the_number_of_images():
    """Its law puts about 1/3 on each of three images: no bound can beat log 3 on average over them, and this one comes near."""
    images = torch.tensor([[-1.0, 0.0], [1.0, 0.5], [0.0, -1.0]], **F64)
    levels = torch.linspace(-1, 1, 5, **F64)
    schedule = log_snr_schedule(torch.linspace(7, -9, 300))
    predict = as_noise_predictor(lambda x, a: memorising_denoiser(x, a, images), schedule)

    def log_levels(x, t):
        away = x[:, :, None] - schedule.alpha_bar[1].sqrt() * levels
        return torch.log_softmax(-away**2 / (2 * schedule.noise_variance[1]), 2)

    value = sampled_bound(predict, images.repeat(700, 1), schedule, level_reconstruction(log_levels, 5), 20, make_generator(5))
    error = float(value.std()) / math.sqrt(2100)
    assert math.log(3) - 6 * error < float(value.mean()) < math.log(3) + 0.05 + 6 * error


@pytest.mark.parametrize("call, part", [
    (lambda x, t: simple_loss(wrong_noise, x, t * 0, x, SCHEDULE), r"t in 1\.\.12"),
    (lambda x, t: simple_loss(lambda x, t: x[:, 0], x, t, x, SCHEDULE), "predict_noise to return shape"),
    (lambda x, t: simple_loss(wrong_noise, x, t, x[:, :1], SCHEDULE), "noise of shape"),
    (lambda x, t: sampled_bound(wrong_noise, x, SCHEDULE, None, 12), "num_times of at most 11"),
    (lambda x, t: gaussian_reconstruction(wrong_noise, SCHEDULE, 0.0), "variance"),
    (lambda x, t: discretised_gaussian_reconstruction(wrong_noise, SCHEDULE, 1), "num_levels"),
])
def test_what_does_not_fit_is_one_sentence(call, part):
    with pytest.raises(InputError, match=part):
        call(normal(4, 3), torch.tensor([1, 2, 3, 4]))
