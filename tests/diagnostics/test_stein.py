"""The Stein kernel against automatic differentiation, the discrepancy against closed forms."""

from math import sqrt

import numpy as np
import pytest
import torch

from course_lib.diagnostics import squared_ksd, stein_kernel
from course_lib.inputs import log_prob_and_grad
from course_lib.randomness import make_generator


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=make_generator(seed))


@pytest.mark.parametrize("scale, exponent", [(1.0, -0.5), (1.7, -0.5), (0.6, -0.3)])
def test_stein_kernel_is_what_differentiation_gives(scale, exponent):
    x, y, s, t = (normal(4, 3, seed=seed) for seed in range(4))
    ours = stein_kernel(x, s, y, t, scale=scale, exponent=exponent)

    def kernel(a, b):
        return (scale**2 + ((a - b) ** 2).sum()) ** exponent

    for i in range(4):
        for j in range(4):
            by_x, by_y = torch.autograd.functional.jacobian(kernel, (x[i], y[j]))
            mixed = torch.autograd.functional.hessian(kernel, (x[i], y[j]))[0][1]
            expected = s[i] @ t[j] * kernel(x[i], y[j]) + s[i] @ by_y + t[j] @ by_x + mixed.trace()
            torch.testing.assert_close(ours[i, j], expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("n", [9, 1500])
def test_both_means_of_the_kernel(n):
    x, s = normal(n, 2), normal(n, 2, seed=1)
    k = stein_kernel(x, s, x, s, scale=1.4, exponent=-0.6)
    every, pairs = squared_ksd(x, s, scale=1.4, exponent=-0.6, unbiased=False), squared_ksd(x, s, scale=1.4, exponent=-0.6)
    torch.testing.assert_close(every, k.mean(), rtol=1e-9, atol=0)
    torch.testing.assert_close(pairs, (k.sum() - k.trace()) / (n * (n - 1)), rtol=1e-9, atol=0)
    assert every > 0


@pytest.mark.parametrize("shift", [0.0, 0.4])
def test_ksd_of_a_shifted_gaussian(shift):
    """For x ~ N(m, I) and p = N(0, I): s_p - s_q = -m everywhere, so KSD^2 = |m|^2 E (1 + |x - x'|^2)^(-1/2), by quadrature.

    The mean of 400 unbiased values at n = 50 agrees within 4.9 standard errors: false alarms 1e-6.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(200)
    grid = 2 * (nodes[:, None] ** 2 + nodes[None] ** 2)  # |x - x'|^2 in two dimensions
    mean_kernel = (np.outer(weights, weights) / (2 * np.pi) / np.sqrt(1 + grid)).sum()
    x = normal(400, 50, 2)
    x[..., 0] += shift
    values = torch.stack([squared_ksd(points, -points) for points in x])
    assert abs(values.mean() - shift**2 * mean_kernel) < 4.9 * values.std() / sqrt(400)
    assert shift == 0 or shift**2 * mean_kernel > 10 * values.std() / sqrt(400)


def test_far_from_zero_it_keeps_its_digits():
    x = (normal(200, 2) * 1024).round() / 1024  # a move by 2^40 is then exact
    torch.testing.assert_close(squared_ksd(x + 2.0**40, -x), squared_ksd(x, -x), rtol=1e-9, atol=1e-12)


def test_it_does_not_see_that_a_far_mode_is_missing():
    """Two equal modes 16 apart: a sample of one of them has no larger discrepancy than a complete one, up to noise."""
    def log_prob(x):
        return torch.stack([-((x - m) ** 2).sum(-1) / 2 for m in (-8.0, 8.0)]).logsumexp(0)

    one = normal(400, 2) + 8
    both = one * torch.where(torch.arange(400) % 2 == 0, 1.0, -1.0)[:, None]
    wrong = one + 0.5
    missing, complete, moved = (squared_ksd(x, log_prob_and_grad(log_prob, x)[1]).item() for x in (one, both, wrong))
    assert moved > 10 * max(abs(missing), abs(complete))
