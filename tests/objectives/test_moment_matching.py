"""Maximum likelihood in exponential families: closed forms, moments, and what cannot be fitted."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.objectives import fit_exponential_family
from course_lib.targets import GaussianMixture, Grid

LINE = Grid(-12.0, 12.0, 6000, dtype=torch.float64)


def powers(degree):
    return lambda x: torch.cat([x**k for k in range(1, degree + 1)], 1)


@pytest.mark.parametrize("mean, sd", [(0.0, 1.0), (0.7, 0.4), (-2.0, 1.3)])
def test_degree_two_is_the_gaussian_in_closed_form(mean, sd):
    averages = torch.tensor([mean, mean**2 + sd**2], dtype=torch.float64)
    theta = fit_exponential_family(powers(2), averages, LINE)
    expected = torch.tensor([-mean / sd**2, 1 / (2 * sd**2)], dtype=torch.float64)
    torch.testing.assert_close(theta, expected, rtol=1e-7, atol=1e-7)


def test_the_exponential_law_on_a_half_line():
    """U = theta x on [0, 60]: the mean is 1 / theta up to a truncation of exp(-60 theta); the midpoint rule's error is 1e-6."""
    theta = fit_exponential_family(lambda x: x, torch.tensor([0.8], dtype=torch.float64), Grid(0.0, 60.0, 60_000, dtype=torch.float64))
    assert math.isclose(float(theta), 1 / 0.8, rel_tol=1e-5)


@pytest.mark.parametrize("degree", [2, 4, 6])
def test_all_asked_moments_agree_and_the_gradient_of_the_likelihood_vanishes(degree):
    truth = GaussianMixture([[-1.2], [1.0]], [0.35, 0.5], [0.4, 0.6], dtype=torch.float64)
    averages = LINE.expectation(truth.log_prob, powers(degree))
    theta = fit_exponential_family(powers(degree), averages, LINE).requires_grad_()
    energy = lambda x: powers(degree)(x) @ theta
    torch.testing.assert_close(LINE.expectation(lambda x: -energy(x).detach(), powers(degree)), averages, rtol=1e-8, atol=1e-8)
    (gradient,) = torch.autograd.grad(theta @ averages + LINE.log_z(lambda x: -energy(x)), theta)
    assert gradient.abs().max() < 1e-8 * (1 + averages.abs().max())


def test_a_richer_family_is_never_worse():
    truth = GaussianMixture([[-1.2], [1.0]], [0.35, 0.5], [0.4, 0.6], dtype=torch.float64)
    nll = []
    for degree in (2, 4, 6):
        averages = LINE.expectation(truth.log_prob, powers(degree))
        theta = fit_exponential_family(powers(degree), averages, LINE)
        nll.append(float(theta @ averages + LINE.log_z(lambda x: -powers(degree)(x) @ theta)))
    assert nll[0] > nll[1] + 0.1 and nll[1] > nll[2] and nll[2] > truth.entropy


@pytest.mark.parametrize("averages", [[2.0, 1.0], [0.0, 1e4]])
def test_averages_that_no_density_has_are_refused(averages):
    """A variance of -3, and a second moment that no density on this grid can have."""
    with pytest.raises(InputError, match="averages that some theta on this grid can have"):
        fit_exponential_family(powers(2), torch.tensor(averages, dtype=torch.float64), LINE)


def test_wrong_shapes_are_one_sentence():
    with pytest.raises(InputError, match=r"shape \(n, 3\).*one column for each"):
        fit_exponential_family(powers(2), torch.zeros(3, dtype=torch.float64), LINE)
