"""One leap against many steps, the posterior against Bayes' rule by quadrature, and conversions there and back."""

import math

import pytest
import torch

from course_lib.dynamics import (add_noise, clean_from_noise, clean_from_velocity, cosine_schedule, linear_schedule,
                                 noise_from_clean, noise_from_velocity, posterior, score_from_noise, velocity_from_noise)
from course_lib.inputs import InputError
from course_lib.randomness import make_generator

F64 = dict(dtype=torch.float64)
SCHEDULE = linear_schedule(12, 0.02, 0.4)


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, dtype=dtype, generator=make_generator(seed))


def log_normal(x, mean, variance):
    return -((x - mean) ** 2) / (2 * variance) - math.log(2 * math.pi * variance) / 2


def test_a_leap_has_mean_and_variance_of_the_steps():
    """x_t is linear in x_0 and Gaussian: mean and variance of t single steps by their recursions."""
    for t in range(13):
        factor, variance = 1.0, 0.0
        for beta in SCHEDULE.beta[:t].tolist():
            factor, variance = math.sqrt(1 - beta) * factor, (1 - beta) * variance + beta
        x_0, noise = normal(5, 3), normal(5, 3, seed=1)
        expected = factor * x_0 + math.sqrt(variance) * noise
        torch.testing.assert_close(add_noise(x_0, t, noise, SCHEDULE), expected, rtol=1e-10, atol=1e-12)


def test_each_example_has_its_own_time():
    x_0, noise, t = normal(4, 3), normal(4, 3, seed=1), torch.tensor([7, 1, 12, 3])
    rows = [add_noise(x_0[i:i + 1], int(t[i]), noise[i:i + 1], SCHEDULE) for i in range(4)]
    torch.testing.assert_close(add_noise(x_0, t, noise, SCHEDULE), torch.cat(rows))
    mean, variance = posterior(x_0, noise, t, SCHEDULE)
    for i in range(4):
        one, spread = posterior(x_0[i:i + 1], noise[i:i + 1], int(t[i]), SCHEDULE)
        torch.testing.assert_close(mean[i:i + 1], one)
        assert float(variance[i]) == pytest.approx(float(spread))


@pytest.mark.parametrize("t, s", [(2, 1), (7, 6), (12, 11), (9, 4), (12, 1)])
def test_the_posterior_is_bayes_rule(t, s):
    """q(x_s | x_0) q(x_t | x_s) over x_s on a fine grid, with q(x_t | x_s) from the betas between."""
    x_0, x_t = 0.7, -0.4
    alpha = torch.prod(1 - SCHEDULE.beta[s:t])
    x = torch.linspace(-14, 14, 200_001, **F64)
    log_q = log_normal(x, float(SCHEDULE.alpha_bar[s].sqrt()) * x_0, float(1 - SCHEDULE.alpha_bar[s]))
    log_q = log_q + log_normal(x_t, alpha.sqrt() * x, float(1 - alpha))
    weight = log_q.softmax(0)
    mean = (weight * x).sum()
    variance = (weight * (x - mean) ** 2).sum()
    got, spread = posterior(torch.tensor([[x_t]], **F64), torch.tensor([[x_0]], **F64), t, SCHEDULE, s)
    assert float(got) == pytest.approx(float(mean), abs=1e-10) and float(spread) == pytest.approx(float(variance), abs=1e-10)
    if s == t - 1:
        assert float(spread) == pytest.approx(float(SCHEDULE.posterior_variance[t]), rel=1e-10)


def test_the_last_posterior_is_the_data():
    x_t, x_0 = normal(6, 2), normal(6, 2, seed=1)
    for t in (1, 5):
        mean, variance = posterior(x_t, x_0, t, SCHEDULE, 0)
        torch.testing.assert_close(mean, x_0, rtol=1e-12, atol=1e-12)
        assert variance.shape == (6, 1) and (variance == 0).all()


@pytest.mark.parametrize("alpha_bar", [0.999, 0.3, torch.tensor([0.1, 0.5, 0.9, 0.02], **F64)])
def test_conversions_agree_with_the_definitions(alpha_bar):
    x_0, noise = normal(4, 3), normal(4, 3, seed=1)
    a = torch.as_tensor(alpha_bar, **F64).reshape(-1, 1)
    x_t, v = a.sqrt() * x_0 + (1 - a).sqrt() * noise, a.sqrt() * noise - (1 - a).sqrt() * x_0
    for got, expected in [(clean_from_noise(x_t, noise, alpha_bar), x_0), (noise_from_clean(x_t, x_0, alpha_bar), noise),
                          (velocity_from_noise(x_t, noise, alpha_bar), v), (noise_from_velocity(x_t, v, alpha_bar), noise),
                          (clean_from_velocity(x_t, v, alpha_bar), x_0),
                          (score_from_noise(noise, alpha_bar), -(x_t - a.sqrt() * x_0) / (1 - a))]:
        torch.testing.assert_close(got, expected, rtol=1e-9, atol=1e-10)


def test_the_score_is_that_of_noised_gaussian_data():
    """Data N(m, s^2): E[eps | x_t] from the joint Gaussian, the score of x_t by autograd."""
    mean, scale, a = 1.3, 0.6, 0.35
    x = normal(9, 1).requires_grad_()
    variance = a * scale**2 + 1 - a
    log_normal(x, math.sqrt(a) * mean, variance).sum().backward()
    expected_noise = math.sqrt(1 - a) / variance * (x.detach() - math.sqrt(a) * mean)
    torch.testing.assert_close(score_from_noise(expected_noise, a), x.grad, rtol=1e-12, atol=1e-12)


def test_float32_near_the_data_loses_little():
    """1 - alpha_bar comes from its own table: in float32, 1 - 0.99999 has an error of 3e-3 and this has none."""
    schedule = linear_schedule(10, 1e-6, 2e-6)
    x_0, noise = normal(5, 2, dtype=torch.float32) * 0, normal(5, 2, seed=1, dtype=torch.float32)
    exact = add_noise(x_0.double(), 1, noise.double(), schedule)
    torch.testing.assert_close(add_noise(x_0, 1, noise, schedule).double(), exact, rtol=1e-6, atol=0)


@pytest.mark.parametrize("call, part", [
    (lambda x: add_noise(x, 1, x[:1], SCHEDULE), "noise of shape"), (lambda x: add_noise(x, 13, x, SCHEDULE), r"t in 0\.\.12"),
    (lambda x: add_noise(x[0], 1, x, SCHEDULE), "x_0 to be a float"), (lambda x: posterior(x, x, 0, SCHEDULE), r"t in 1\.\.12"),
    (lambda x: posterior(x, x, 3, SCHEDULE, 3), "s below t"), (lambda x: posterior(x, x.float(), 3, SCHEDULE), "x_0 of shape"),
    (lambda x: clean_from_noise(x, x, 1.0), "above 0 and below 1"), (lambda x: noise_from_clean(x, x[:, :1], 0.5), "of shape"),
    (lambda x: velocity_from_noise(x, x, torch.full((7,), 0.5)), "alpha_bar to be a number"),
    (lambda x: add_noise(x, torch.ones(4), x, cosine_schedule(5)), "int64"),
])
def test_what_does_not_fit_is_one_sentence(call, part):
    with pytest.raises(InputError, match=part):
        call(normal(4, 3))
