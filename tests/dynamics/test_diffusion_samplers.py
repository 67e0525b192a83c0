"""Walks back from noise with an exact denoiser: closed-form recursions, DDIM beside ancestral, and guidance at 0 and 1."""

import math

import pytest
import torch

from course_lib.dynamics import (ancestral_sample, ancestral_step, clean_from_noise, cosine_schedule, ddim_encode, ddim_sample,
                                 ddim_step, guided, linear_schedule, posterior, step_sequence)
from course_lib.inputs import InputError
from course_lib.models.exact_denoisers import as_noise_predictor, linear_denoiser, memorising_denoiser
from course_lib.randomness import make_generator

F64 = dict(dtype=torch.float64)
MEAN = torch.tensor([1.5, -0.5], **F64)
COVARIANCE = torch.tensor([[0.8, 0.3], [0.3, 0.4]], **F64)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=make_generator(seed), **F64)


def exact_noise(schedule, mean=MEAN, covariance=COVARIANCE):
    return as_noise_predictor(lambda x, a: linear_denoiser(x, a, mean, covariance), schedule)


def law_of_the_walk(schedule, steps, variance, eta):
    """Mean factor (of the deviation of the data's mean) and variance of x_0 in one dimension with the exact denoiser of
    N(m, variance): every step is affine in x_t, so both follow from its slope, offset and noise."""
    mean, spread = 0.0, 1.0  # of x_T, started from N(0, 1); the data's mean is 1
    for t, s in zip(steps, steps[1:]):
        a, b = float(schedule.alpha_bar[t]), float(schedule.alpha_bar[s])
        slope = math.sqrt(a) * variance / (a * variance + 1 - a)  # of E[x_0 | x_t]
        offset = 1 - slope * math.sqrt(a)
        sigma2 = eta**2 * (1 - b) / (1 - a) * (1 - a / b)
        kept = math.sqrt(max(0.0, 1 - b - sigma2) / (1 - a))  # factor of x_t - sqrt(a) x_0
        on_clean = math.sqrt(b) - kept * math.sqrt(a)
        mean = on_clean * (slope * mean + offset) + kept * mean
        spread = (on_clean * slope + kept) ** 2 * spread + sigma2
    return mean, spread


@pytest.mark.parametrize("eta", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("used", [7, 40])
def test_the_law_of_a_walk_is_the_recursion(eta, used):
    """100 000 walks in the plane: five moments at 6 standard errors, false alarm below 1e-8 each."""
    schedule, n = cosine_schedule(40), 100_000
    steps = step_sequence(40, used)
    values = torch.tensor([0.3, 2.0], **F64)
    denoise = exact_noise(schedule, torch.ones(2, **F64), torch.diag(values))
    generator = make_generator(1)
    x = ddim_sample(denoise, torch.randn(n, 2, generator=generator, **F64), schedule, steps, eta, generator=generator)
    for i, variance in enumerate(values.tolist()):
        mean, spread = law_of_the_walk(schedule, steps, variance, eta)
        assert abs(float(x[:, i].mean()) - mean) < 6 * math.sqrt(spread / n)
        assert abs(float(x[:, i].var()) / spread - 1) < 6 * math.sqrt(2 / n)
    assert abs(float(torch.corrcoef(x.T)[0, 1])) < 6 / math.sqrt(n)


def test_with_many_steps_the_exact_denoiser_gives_the_data():
    """By the recursion: the error of mean and variance falls like 1 / T, for noise as for none."""
    for eta in (0.0, 1.0):
        errors = []
        for num_steps in (50, 100, 200, 400):
            mean, spread = law_of_the_walk(cosine_schedule(num_steps), range(num_steps, -1, -1), 0.09, eta)
            errors.append(abs(spread / 0.09 - 1))
            assert abs(mean - 1) < 1.5 / num_steps
        assert errors[-1] < 0.05 and all(1.5 < a / b < 2.5 for a, b in zip(errors, errors[1:]))


@pytest.mark.parametrize("steps", [None, (12, 7, 3, 2, 0)])
def test_eta_one_is_ancestral(steps):
    """Same noise, same walk, to rounding; also over fewer steps, where the variance is that of q(x_s | x_t, x_0)."""
    schedule, x = linear_schedule(12, 0.02, 0.4), normal(50, 2)
    first = ancestral_sample(exact_noise(schedule), x, schedule, steps, generator=make_generator(3))
    second = ddim_sample(exact_noise(schedule), x, schedule, steps, 1.0, generator=make_generator(3))
    torch.testing.assert_close(first, second, rtol=1e-10, atol=1e-12)


def test_a_step_is_the_posterior_at_the_estimate():
    schedule, x, eps, noise = linear_schedule(12, 0.02, 0.4), normal(5, 2), normal(5, 2, seed=1), normal(5, 2, seed=2)
    mean, variance = posterior(x, clean_from_noise(x, eps, float(schedule.alpha_bar[9])), 9, schedule)
    torch.testing.assert_close(ancestral_step(x, eps, 9, noise, schedule), mean + variance.sqrt() * noise)
    last = clean_from_noise(x, eps, float(schedule.alpha_bar[1]))
    torch.testing.assert_close(ancestral_step(x, eps, 1, noise, schedule), last)
    torch.testing.assert_close(ddim_step(x, eps, 1, 0, 0.0, None, schedule), last)


def test_a_perfect_prediction_stays_on_its_line():
    """If eps_hat is the noise that made x_t, eta = 0 gives x_s made of the same x_0 and the same noise."""
    schedule, x_0, eps = linear_schedule(12, 0.02, 0.4), normal(5, 2), normal(5, 2, seed=1)
    at = lambda t: schedule.alpha_bar[t].sqrt() * x_0 + schedule.noise_variance[t].sqrt() * eps
    for t, s in [(12, 5), (5, 4), (3, 0), (4, 9)]:
        torch.testing.assert_close(ddim_step(at(t), eps, t, s, 0.0, None, schedule), at(s), rtol=1e-10, atol=1e-10)


def test_without_noise_the_walk_is_a_map_that_can_be_inverted():
    """The round trip data -> noise -> data; its error falls like 1 / T."""
    data, errors = MEAN + normal(200, 2) @ torch.linalg.cholesky(COVARIANCE).T, []
    for num_steps in (50, 100, 200, 400):
        schedule = cosine_schedule(num_steps)
        predict = exact_noise(schedule)
        x_T = ddim_encode(predict, data, schedule)
        back = ddim_sample(predict, x_T, schedule)
        assert torch.equal(back, ddim_sample(predict, x_T, schedule, generator=make_generator(1)))
        errors.append(float((back - data).norm(dim=1).mean()))
    assert errors[-1] < 0.02 and all(1.5 < a / b < 2.6 for a, b in zip(errors, errors[1:])), errors


def test_the_memorising_denoiser_walks_to_its_points():
    points = normal(6, 2, seed=4)
    schedule = cosine_schedule(100)
    predict = as_noise_predictor(lambda x, a: memorising_denoiser(x, a, points), schedule)
    generator = make_generator(5)
    x = ancestral_sample(predict, torch.randn(300, 2, generator=generator, **F64), schedule, generator=generator)
    nearest = torch.cdist(x, points).min(1)
    assert nearest.values.max() < 1e-6 and len(nearest.indices.unique()) == 6


def test_every_step_is_observed():
    schedule, seen = cosine_schedule(10), []
    x = ancestral_sample(exact_noise(schedule), normal(3, 2), schedule, step_sequence(10, 4), lambda s, x: seen.append((s, x)),
                         make_generator(0))
    assert [s for s, _ in seen] == [8, 5, 3, 0] and torch.equal(seen[-1][1], x)


def test_step_sequences_are_even_and_whole():
    assert step_sequence(10, 10) == tuple(range(10, -1, -1)) and step_sequence(7, 1) == (7, 0)
    for total, used in [(1000, 50), (300, 7), (13, 12)]:
        steps = step_sequence(total, used)
        gaps = {a - b for a, b in zip(steps, steps[1:])}
        assert len(steps) == used + 1 and steps[0] == total and steps[-1] == 0 and max(gaps) - min(gaps) <= 1


def labelled(x, t, labels):
    """A denoiser that says which labels and times it was given."""
    return x * (1 + labels[:, None]) + t[:, None]


def test_guidance_at_zero_and_one_is_the_pure_models():
    x, t, labels = normal(4, 2), torch.tensor([3, 1, 2, 5]), torch.tensor([0, 2, 1, 2])
    null = torch.full((4,), 3)
    calls = []
    watched = lambda *args: calls.append(len(args[0])) or labelled(*args)
    torch.testing.assert_close(guided(watched, labels, 3, 0)(x, t), labelled(x, t, null))
    torch.testing.assert_close(guided(watched, labels, 3, 1)(x, t), labelled(x, t, labels))
    assert calls == [4, 4]
    for weight in (1e-9, 1 + 1e-9, -1.5, 2.5):
        expected = labelled(x, t, null) + weight * (labelled(x, t, labels) - labelled(x, t, null))
        torch.testing.assert_close(guided(watched, labels, 3, weight)(x, t), expected)
    assert calls[2:] == [8] * 4, "one call with 2n rows"


@pytest.mark.parametrize("call, part", [
    (lambda s, x, e: ancestral_sample(e, x, s, (12, 3, 3, 0)), "steps that fall from T = 12"),
    (lambda s, x, e: ddim_sample(e, x, s, (11, 0)), "steps that fall"),
    (lambda s, x, e: ddim_sample(e, x, s, eta=1.5), "eta between"),
    (lambda s, x, e: ancestral_sample(lambda x, t: x[:, :1], x, s), "predict_noise to return shape"),
    (lambda s, x, e: ancestral_step(x, x, 13, x, s), r"t in 1\.\.12"),
    (lambda s, x, e: ancestral_step(x, x, 3, x[:1], s), "noise of shape"),
    (lambda s, x, e: ddim_step(x, x, 3, 5, 0.5, x, s), "s below t"),
    (lambda s, x, e: ddim_step(x, x, 3, 1, 0.5, None, s), "noise of shape"),
    (lambda s, x, e: step_sequence(5, 6), "num_used of at most 5"),
    (lambda s, x, e: guided(labelled, x, 3, 1.0), "labels to be an int64"),
    (lambda s, x, e: guided(labelled, torch.tensor([1]), 3, float("inf")), "weight to be a finite"),
    (lambda s, x, e: ddim_encode(e, x[0], s), "shape"),
])
def test_what_does_not_fit_is_one_sentence(call, part):
    schedule = linear_schedule(12, 0.02, 0.4)
    with pytest.raises(InputError, match=part):
        call(schedule, normal(3, 2), exact_noise(schedule))
