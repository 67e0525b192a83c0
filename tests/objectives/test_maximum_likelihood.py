"""The contrastive gradient is the gradient of the negative log-likelihood. Judges: exact log Z on a grid, closed forms."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.models import MLPEnergy
from course_lib.objectives import contrastive_loss, negative_log_likelihood
from course_lib.randomness import make_generator
from course_lib.targets import Grid


def small_energy(dim, width=6):
    return MLPEnergy(dim=dim, width=width, depth=1, confinement=2.0, dtype=torch.float64, generator=make_generator(0))


def data(dim, n=40):
    return 1 + 0.5 * torch.randn(n, dim, dtype=torch.float64, generator=make_generator(1))


def parameter_gradient(value, energy):
    return torch.nn.utils.parameters_to_vector(torch.autograd.grad(value, list(energy.parameters())))


def exact_gradient(energy, x_data, grid):
    log_z = grid.log_z(lambda x: -energy(x))
    return parameter_gradient(negative_log_likelihood(energy, x_data, log_z).mean(), energy)


@pytest.mark.parametrize("dim, num_points", [(1, 80), (2, 13)])
def test_expected_gradient_is_exactly_that_of_the_likelihood(dim, num_points):
    """The model restricted to a grid is a model, too: its expectation is a finite sum, so the identity holds to rounding."""
    energy, x_data = small_energy(dim), data(dim)
    grid = Grid(*((-8.0, 8.0) if dim == 1 else ((-8.0, -8.0), (8.0, 8.0))), num_points, dtype=torch.float64)
    with torch.no_grad():
        probability = torch.softmax(-energy(grid.points), 0)
    expected = sum(p * parameter_gradient(contrastive_loss(energy, x_data, x[None]), energy)
                   for p, x in zip(probability, grid.points))
    exact = exact_gradient(energy, x_data, grid)
    assert exact.abs().max() > 0.1
    torch.testing.assert_close(expected, exact, rtol=1e-10, atol=1e-12)


def test_gradient_with_exact_draws_is_unbiased():
    """1000 batches of 50 draws; Student's t for each parameter. False alarms: 1e-6 shared among the parameters."""
    energy, x_data = small_energy(2), data(2)
    grid = Grid((-8.0, -8.0), (8.0, 8.0), 120, dtype=torch.float64)
    exact = exact_gradient(energy, x_data, grid)
    probability, generator = grid.probabilities(lambda x: -energy(x).detach()), make_generator(2)

    def gradient_estimate():
        x_model = grid.points[torch.multinomial(probability, 50, replacement=True, generator=generator)]
        return parameter_gradient(contrastive_loss(energy, x_data, x_model), energy)

    batches = torch.stack([gradient_estimate() for _ in range(1000)])
    error = batches.std(0) / math.sqrt(1000)
    noisy = error > 1e-12  # the last bias shifts both terms: its gradient is exactly zero
    assert noisy.sum() == len(exact) - 1 and exact[~noisy].abs().max() < 1e-12
    threshold = stats.t.isf(1e-6 / (2 * len(exact)), 999)
    t = (batches.mean(0) - exact)[noisy] / error[noisy]
    assert t.abs().max() < threshold
    assert (exact[noisy] / error[noisy]).abs().max() > 3 * threshold  # a lost sign would be seen


def test_sign_and_size_in_closed_form():
    """U = a x^2 / 2: -log p = a x^2 / 2 + log(2 pi / a) / 2, gradient mean x^2 / 2 - 1 / (2 a)."""
    a = torch.tensor(0.4, dtype=torch.float64, requires_grad=True)  # too wide for data of variance one

    def energy(x):
        return a * (x**2).sum(-1) / 2

    x_data = torch.from_numpy(stats.norm.ppf((np.arange(2000) + 0.5) / 2000))[:, None]
    x_model = x_data / math.sqrt(0.4)  # quantiles of the model
    (gradient,) = torch.autograd.grad(contrastive_loss(energy, x_data, x_model), a)
    second_moment = (x_data**2).mean().item()
    assert gradient.item() == pytest.approx(second_moment / 2 * (1 - 1 / 0.4), rel=1e-12) and gradient < -0.7
    log_z = math.log(2 * math.pi / 0.4) / 2
    nll = negative_log_likelihood(energy, x_data, log_z)
    assert nll.shape == (2000,)
    expected = -stats.norm(scale=1 / math.sqrt(0.4)).logpdf(x_data[:, 0].numpy())
    np.testing.assert_allclose(nll.detach().numpy(), expected, rtol=1e-12)


def test_model_draws_are_constants():
    energy, x_data = small_energy(2), data(2)
    shift = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    x_model = data(2, 30) + shift  # as if the sampler had been differentiable
    with_graph = parameter_gradient(contrastive_loss(energy, x_data, x_model), energy)
    contrastive_loss(energy, x_data, x_model).backward()
    assert shift.grad is None
    torch.testing.assert_close(with_graph, parameter_gradient(contrastive_loss(energy, x_data, x_model.detach()), energy))


def column_energy(x):
    return (x**2).sum(-1, keepdim=True)


@pytest.mark.parametrize("call, part", [
    (lambda e: contrastive_loss(e, data(2), data(1)), r"x_model to be a float32 or float64 tensor of shape \(n, 2\)"),
    (lambda e: contrastive_loss(e, data(2)[0], data(2)), r"x_data\[None, :\]"),
    (lambda e: contrastive_loss(e, data(2), data(2)[:0]), "x_model .*at least one point"),
    (lambda e: contrastive_loss(column_energy, data(2), data(2)), r"one number a point.*\(40, 1\); drop .*\[:, 0\]"),
    (lambda e: contrastive_loss(lambda x: x.sum(), data(2), data(2)), "energy to return one number a point"),
    (lambda e: contrastive_loss(e(data(2)), data(2), data(2)), "pass the model itself"),
    (lambda e: negative_log_likelihood(column_energy, data(2), 0.0), r"\[:, 0\]"),
    (lambda e: negative_log_likelihood(e, data(2), torch.zeros(40)), "log_z to be one number"),
    (lambda e: negative_log_likelihood(e, data(2), None), "log_z to be one number, but got None"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(call, part):
    with pytest.raises(InputError, match=part):
        call(small_energy(2))
