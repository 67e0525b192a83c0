"""Exact denoisers against brute force, conditioning of joint Gaussians, and Tweedie's formula by autograd."""

import pytest
import torch

from course_lib.dynamics import cosine_schedule, noise_from_clean
from course_lib.inputs import InputError
from course_lib.models.exact_denoisers import (as_noise_predictor, linear_denoiser, memorising_denoiser, memorising_weights,
                                               mixture_denoiser)
from course_lib.randomness import make_generator

F64 = dict(dtype=torch.float64)
ALPHA_BARS = [0.0, 0.2, 0.95, torch.tensor([0.1, 0.5, 0.8, 0.9, 0.99], **F64)]


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=make_generator(seed), **F64)


def rows(alpha_bar, n=5):
    return torch.as_tensor(alpha_bar, **F64).expand(n)


@pytest.mark.parametrize("alpha_bar", ALPHA_BARS)
def test_the_memorising_denoiser_is_bayes_rule_point_by_point(alpha_bar):
    data, x_t = normal(7, 3), normal(5, 3, seed=1)
    expected, weights = torch.zeros(5, 3, **F64), torch.zeros(5, 7, **F64)
    for i, a in enumerate(rows(alpha_bar)):
        for j in range(7):
            weights[i, j] = torch.exp(-((x_t[i] - a.sqrt() * data[j]) ** 2).sum() / (2 * (1 - a)))
        weights[i] /= weights[i].sum()
        for j in range(7):
            expected[i] += weights[i, j] * data[j]
    torch.testing.assert_close(memorising_denoiser(x_t, alpha_bar, data), expected, rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(memorising_weights(x_t, alpha_bar, data), weights, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_small_noise_does_not_underflow(dtype):
    """Every weight underflows before it is normalised; the answer is the nearest point."""
    data = torch.tensor([[0.0, 0.0], [30.0, 0.0], [0.0, 40.0]], dtype=dtype)
    x_t = torch.tensor([[14.0, 3.0], [16.0, 3.0], [5.0, 21.0]], dtype=dtype)
    torch.testing.assert_close(memorising_denoiser(x_t, 1 - 1e-5, data), data)


@pytest.mark.parametrize("alpha_bar", ALPHA_BARS)
def test_the_linear_denoiser_is_conditioning(alpha_bar):
    """E[x_0 | x_t] from the joint covariance of (x_0, x_t), by a linear solve."""
    root, mean, x_t = normal(3, 3), normal(3, seed=1), normal(5, 3, seed=2)
    covariance = root @ root.T
    expected = []
    for x, a in zip(x_t, rows(alpha_bar)):
        joint = a * covariance + (1 - a) * torch.eye(3, **F64)
        expected.append(mean + a.sqrt() * covariance @ torch.linalg.solve(joint, x - a.sqrt() * mean))
    torch.testing.assert_close(linear_denoiser(x_t, alpha_bar, mean, covariance), torch.stack(expected), rtol=1e-9, atol=1e-10)


def test_pixels_that_never_change_stay_at_their_mean():
    covariance = torch.diag(torch.tensor([0.0, 2.0], **F64))
    clean = linear_denoiser(normal(4, 2), 0.9, torch.tensor([7.0, 0.0], **F64), covariance)
    assert torch.equal(clean[:, 0], torch.full((4,), 7.0, **F64))


@pytest.mark.parametrize("alpha_bar", ALPHA_BARS)
def test_the_mixture_obeys_tweedie(alpha_bar):
    """sqrt(a) E[x_0 | x_t] = x_t + (1 - a) grad log p_t(x_t), with the density of the noised mixture and autograd."""
    means, scales = normal(3, 2), torch.tensor([0.3, 0.8, 0.1], **F64)
    weights, x_t = torch.tensor([0.2, 0.5, 0.3], **F64), normal(5, 2, seed=3).requires_grad_()
    a = rows(alpha_bar)[:, None]
    variance = a * scales**2 + 1 - a
    squares = ((x_t[:, None] - a[:, :, None].sqrt() * means) ** 2).sum(2)
    torch.logsumexp(weights.log() - variance.log() - squares / (2 * variance), 1).sum().backward()
    got = mixture_denoiser(x_t.detach(), alpha_bar, means, scales, weights)
    torch.testing.assert_close(a.sqrt() * got, x_t.detach() + (1 - a) * x_t.grad, rtol=1e-9, atol=1e-10)
    if isinstance(alpha_bar, float) and alpha_bar == 0:
        torch.testing.assert_close(got, (weights @ means).expand(5, 2))


def test_limits_of_the_mixture():
    """One component is the linear denoiser; components of no width are the memorising one."""
    x_t, means = normal(5, 2), normal(3, 2, seed=1)
    one = mixture_denoiser(x_t, 0.4, means[:1], torch.tensor([0.7], **F64), torch.ones(1, **F64))
    torch.testing.assert_close(one, linear_denoiser(x_t, 0.4, means[0], 0.49 * torch.eye(2, **F64)))
    narrow = mixture_denoiser(x_t, 0.4, means, torch.full((3,), 1e-9, **F64), torch.full((3,), 1 / 3, **F64))
    torch.testing.assert_close(narrow, memorising_denoiser(x_t, 0.4, means))


def test_as_noise():
    schedule, x, t, data = cosine_schedule(9), normal(4, 2), torch.tensor([1, 9, 4, 2]), normal(6, 2, seed=1)
    a = schedule.alpha_bar[t]
    predict = as_noise_predictor(lambda x, a: memorising_denoiser(x, a, data), schedule)
    torch.testing.assert_close(predict(x, t), noise_from_clean(x, memorising_denoiser(x, a, data), a), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("call, part", [
    (lambda x: memorising_denoiser(x, 1.0, x), "below 1"),
    (lambda x: memorising_denoiser(x, 0.5, x[:, :1]), "data to be a float"),
    (lambda x: memorising_denoiser(x, torch.tensor([0.5, 0.5]), x), "alpha_bar to be a number"),
    (lambda x: linear_denoiser(x, 0.5, x[0], x), "covariance of shape"),
    (lambda x: linear_denoiser(x, 0.5, x, x), "mean of shape"),
    (lambda x: mixture_denoiser(x, 0.5, x, x[0], x[0]), "scales of shape"),
])
def test_what_does_not_fit_is_one_sentence(call, part):
    with pytest.raises(InputError, match=part):
        call(normal(4, 3))
