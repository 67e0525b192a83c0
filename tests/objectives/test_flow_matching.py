"""Gaussian data: the best velocity is linear and known; the loss is smallest there, by as much as the theory says."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows.continuous import ContinuousFlow
from course_lib.objectives.flow_matching import flow_matching_loss
from course_lib.randomness import make_generator

MEAN, SCALE = torch.tensor([1.0, -2.0], dtype=torch.float64), torch.tensor([0.5, 1.5], dtype=torch.float64)


def best_velocity(y, t):
    """E[noise - x | x_t = y] for x ~ N(MEAN, SCALE^2), coordinate by coordinate."""
    t = t[:, None]
    variance = (1 - t) ** 2 * SCALE**2 + t**2
    return -MEAN + (t - (1 - t) * SCALE**2) / variance * (y - (1 - t) * MEAN)


def draw(n, seed=0):
    generator = make_generator(seed)
    noise = torch.randn(n, 2, generator=generator, dtype=torch.float64)
    x = MEAN + SCALE * torch.randn(n, 2, generator=generator, dtype=torch.float64)
    return x, torch.rand(n, generator=generator, dtype=torch.float64), noise


def test_the_value_by_hand():
    x, t, noise = torch.tensor([[1.0, 2.0]]), torch.tensor([0.25]), torch.tensor([[3.0, -2.0]])
    seen = []
    value = flow_matching_loss(lambda y, t: seen.append((y, t)) or torch.ones_like(y), x, t, noise)
    torch.testing.assert_close(seen[0][0], torch.tensor([[1.5, 1.0]]))  # 0.75 x + 0.25 noise
    torch.testing.assert_close(value, torch.tensor([(1 - 2.0) ** 2 + (1 + 4.0) ** 2]))


def test_time_zero_is_the_data_and_one_the_noise():
    x, _, noise = draw(5)
    for t, expected in ((0.0, x), (1.0, noise)):
        t = torch.full((5,), t, dtype=torch.float64)
        flow_matching_loss(lambda y, t: torch.testing.assert_close(y, expected) or y, x, t, noise)


def test_the_excess_over_the_best_is_the_squared_error_of_the_velocity():
    """Paired draws, five standard errors: false alarm 6e-7 each."""
    x, t, noise = draw(200_000)
    best = flow_matching_loss(best_velocity, x, t, noise)
    for wrong in (lambda y, t: best_velocity(y, t) + 0.1, lambda y, t: 1.1 * best_velocity(y, t), lambda y, t: -y):
        x_t = (1 - t[:, None]) * x + t[:, None] * noise
        error = (wrong(x_t, t) - best_velocity(x_t, t)).square().sum(-1)
        excess = flow_matching_loss(wrong, x, t, noise) - best - error
        assert abs(float(excess.mean())) < 5 * float(excess.std()) / len(x) ** 0.5
        assert float(error.mean()) > 0.01
    variance = (1 - t[:, None]) ** 2 * SCALE**2 + t[:, None] ** 2
    left = best - (SCALE**2 / variance).sum(-1)  # what remains: the variance of noise - x given x_t
    assert abs(float(left.mean())) < 5 * float(left.std()) / len(x) ** 0.5


def test_the_best_velocity_carries_the_data_to_the_base():
    x = draw(100)[0]
    flow = ContinuousFlow(best_velocity, 2, num_steps=100)
    exact = torch.distributions.Normal(MEAN, SCALE).log_prob(x).sum(-1)
    torch.testing.assert_close(flow.inverse(x)[0], (x - MEAN) / SCALE, atol=1e-6, rtol=0)
    torch.testing.assert_close(flow.log_prob(x), exact, atol=1e-6, rtol=0)


def test_the_gradient_is_zero_at_the_best_velocity():
    """Mean gradient in a scale and a shift of the velocity against its standard error: false alarm 1e-6 for two."""
    x, t, noise = draw(100_000, seed=1)
    for scale, shift, is_best in ((1.0, 0.0, True), (1.1, 0.0, False), (1.0, 0.1, False)):
        weights = torch.tensor([scale, shift], dtype=torch.float64).repeat(len(x), 1).requires_grad_()
        loss = flow_matching_loss(lambda y, t: weights[:, :1] * best_velocity(y, t) + weights[:, 1:], x, t, noise)
        (grad,) = torch.autograd.grad(loss.sum(), weights)
        z = (grad.mean(0) / (grad.std(0) / len(x) ** 0.5)).abs().max()
        assert (float(z) < 5) == is_best


def test_autograd_of_the_velocity_agrees_with_finite_differences():
    x, t, noise = draw(20)
    assert torch.autograd.gradcheck(lambda w: flow_matching_loss(lambda y, t: torch.tanh(w * y), x, t, noise),
                                    torch.tensor(0.3, dtype=torch.float64, requires_grad=True))


@pytest.mark.parametrize("change, sentence", [
    ({"t": torch.rand(3, 1)}, "t to be a tensor of shape"),
    ({"t": torch.full((3,), 2.0)}, "t between 0"),
    ({"noise": torch.zeros(2, 2)}, "noise to have the shape of x"),
    ({"noise": torch.zeros(3, 1)}, "noise to be a float32"),
    ({"x": torch.zeros(3)}, "x to be a float32"),
    ({"velocity": lambda y, t: y[:, :1]}, "velocity to return a tensor of shape"),
])
def test_wrong_arguments_get_one_sentence(change, sentence):
    arguments = {"velocity": lambda y, t: y, "x": torch.zeros(3, 2), "t": torch.rand(3), "noise": torch.zeros(3, 2)} | change
    with pytest.raises(InputError, match=sentence):
        flow_matching_loss(**arguments)
