"""A linear field, of which everything is known; the five mistakes of one public implementation; Hutchinson's estimate."""

import math

import pytest
import torch
from scipy.linalg import expm

from course_lib.dynamics import integrate
from course_lib.inputs import InputError
from course_lib.models.flows.continuous import ContinuousFlow, VelocityMLP, draw_probe, velocity_and_divergence
from course_lib.models.flows.flow import Flow, standard_normal_log_prob
from course_lib.randomness import make_generator

A = torch.tensor([[0.4, -1.0, 0.3], [0.7, 0.3, 0.2], [0.1, 0.5, -0.2]], dtype=torch.float64)
B = torch.tensor([[0.5, 0.2, 0.0], [-0.6, 0.8, 0.4], [0.3, 0.0, 0.4]], dtype=torch.float64)
MAP = torch.as_tensor(expm(A.numpy()))


def linear(x, t):
    return x @ A.T


def changing(x, t):
    """v = (A + t B) x with A B != B A: time matters, and so does its direction."""
    return x @ A.T + t[:, None] * (x @ B.T)


def points(n=200, dim=3, seed=0):
    return torch.randn(n, dim, generator=make_generator(seed), dtype=torch.float64)


def changing_exact(x):
    """log p of `changing`: the flow is a matrix, found by scipy; its log-det is the integral of the trace."""
    from scipy.integrate import solve_ivp
    matrix = lambda t, m: ((A + t * B).numpy() @ m.reshape(3, 3)).ravel()
    flow = solve_ivp(matrix, (0, 1), torch.eye(3, dtype=torch.float64).numpy().ravel(), rtol=1e-11, atol=1e-12).y[:, -1]
    return standard_normal_log_prob(x @ torch.as_tensor(flow.reshape(3, 3)).T) + A.trace() + B.trace() / 2


def test_a_linear_field_is_a_matrix():
    x, flow = points(), ContinuousFlow(linear, 3, num_steps=40)
    z, log_det = flow.inverse(x)
    torch.testing.assert_close(z, x @ MAP.T, atol=1e-7, rtol=0)
    torch.testing.assert_close(log_det, A.trace().expand(len(x)))
    torch.testing.assert_close(flow.log_prob(x), standard_normal_log_prob(x @ MAP.T) + A.trace(), atol=1e-7, rtol=0)
    back, log_det = flow(z)
    torch.testing.assert_close(back, x, atol=1e-6, rtol=0)
    torch.testing.assert_close(log_det, -A.trace().expand(len(x)))


def test_time_matters():
    x = points()
    torch.testing.assert_close(ContinuousFlow(changing, 3, num_steps=40).log_prob(x), changing_exact(x), atol=1e-6, rtol=0)


def wrong_log_prob(x, mistake):
    """log p of `changing` with one mistake."""
    field = {"no time": lambda x, t: changing(x, torch.zeros_like(t)), "time runs the other way": lambda x, t: changing(x, 1 - t)}
    velocity = lambda y, t: field.get(mistake, changing)(y, y.new_full((len(y),), t))
    probe, num_steps, divergences = draw_probe(x, "gaussian", make_generator(1)), 160, []

    def slope(state, t):
        v, divergence = velocity_and_divergence(velocity, state[0], t)
        if mistake == "gradient of the sum":
            y = state[0].detach().requires_grad_()
            (grad,) = torch.autograd.grad(velocity(y, t).sum(), y)
            divergence = (grad * probe).sum(-1)
        divergences.append(divergence)
        return v, divergence

    z, log_det = integrate(slope, (x, x.new_zeros(len(x))), 0.0, 1.0, num_steps, "euler")
    if mistake == "last step only":
        log_det = divergences[-1] / num_steps
    if mistake == "no step size":
        log_det = torch.stack(divergences).sum(0)
    return standard_normal_log_prob(z) + log_det


def test_the_five_mistakes_of_a_public_implementation_are_seen():
    x, exact = points(), changing_exact(points())
    far = {mistake: float((wrong_log_prob(x, mistake) - exact).abs().mean().detach()) for mistake in
           ("none", "gradient of the sum", "last step only", "no step size", "no time", "time runs the other way")}
    assert far.pop("none") < 0.1  # Euler with 160 steps: 0.04
    assert min(far.values()) > 0.2, far  # the smallest, 0.44, is that of the time's direction


def test_the_gradient_of_the_sum_times_a_probe_has_mean_zero():
    x = points(1).expand(20_000, 3)
    probe = draw_probe(x, "gaussian", make_generator(2))
    y = x.clone().requires_grad_()
    (grad,) = torch.autograd.grad(linear(y, 0).sum(), y)
    wrong = (grad * probe).sum(-1)
    assert abs(float(wrong.mean())) < 5 * float(wrong.std()) / len(x) ** 0.5  # false alarm: 6e-7
    right = velocity_and_divergence(linear, x, 0, probe)[1]
    assert abs(float(right.mean() - A.trace())) < 5 * float(right.std()) / len(x) ** 0.5
    assert abs(float(A.trace())) > 20 * float(right.std()) / len(x) ** 0.5


@pytest.mark.parametrize("law", ["rademacher", "gaussian"])
def test_hutchinson_has_the_exact_mean_and_the_stated_variance(law):
    """False alarm 6e-7 for the mean and, by the estimate's own fourth moment, about as much for the variance."""
    x = points(1).expand(100_000, 3)
    flow = ContinuousFlow(linear, 3, num_steps=1, divergence="hutchinson", probe=law)
    _, log_det = flow.inverse(x, make_generator(3))
    n, centred = len(x), log_det - log_det.mean()
    assert abs(float(log_det.mean() - A.trace())) < 5 * float(centred.std()) / n**0.5
    symmetric = (A + A.T) / 2
    counted = symmetric - torch.diag(symmetric.diag()) if law == "rademacher" else symmetric
    variance, error = 2 * counted.square().sum(), float((centred**2).std()) / n**0.5
    assert abs(float(centred.square().mean() - variance)) < 5 * error
    assert 2 * float(symmetric.diag().square().sum()) > 10 * error  # the two laws can be told apart


def test_the_probe_is_drawn_once_a_solve():
    x = points(50)
    draw = lambda steps: ContinuousFlow(linear, 3, steps, "hutchinson").inverse(x, make_generator(4))[1]
    torch.testing.assert_close(draw(1), draw(16))  # e . A e at every evaluation: a second e would give another number
    net = VelocityMLP(3, (16,), generator=make_generator(5), dtype=torch.float64)
    value = {n: ContinuousFlow(net, 3, n, "hutchinson").log_prob(x, make_generator(4)).detach() for n in (4, 8, 16, 128)}
    error = [float((value[n] - value[128]).abs().max()) for n in (4, 8, 16)]
    assert error[0] > 10 * error[1] > 100 * error[2]  # of fourth order; measured over three seeds: 18 to 55 times the next


def test_hutchinson_is_exact_in_one_dimension():
    x, net = points(20, 1), VelocityMLP(1, (8,), generator=make_generator(6), dtype=torch.float64)
    exact = ContinuousFlow(net, 1, 10).log_prob(x)
    torch.testing.assert_close(ContinuousFlow(net, 1, 10, "hutchinson").log_prob(x, make_generator(7)), exact)


def test_the_log_det_is_that_of_the_map():
    net = VelocityMLP(2, (16, 16), generator=make_generator(8), dtype=torch.float64)
    for parameter in net.parameters():
        parameter.data.mul_(3)
    flow, x = ContinuousFlow(net, 2, num_steps=30), points(4, 2)
    for way in (flow, flow.inverse):
        y = x.clone().requires_grad_()
        out = way(y)[0]
        jacobian = torch.stack([torch.autograd.grad(out[:, i].sum(), y, retain_graph=True)[0] for i in range(2)], dim=1)
        torch.testing.assert_close(way(x)[1], torch.linalg.slogdet(jacobian).logabsdet, atol=1e-5, rtol=0)
    assert float(flow.inverse(x)[1].abs().max().detach()) > 0.1  # it does change volume


def test_the_density_integrates_to_one():
    net = VelocityMLP(2, (16,), generator=make_generator(9), dtype=torch.float64)
    for parameter in net.parameters():
        parameter.data.mul_(2)
    axis = torch.linspace(-12, 12, 121, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    with torch.no_grad():
        total = ContinuousFlow(net, 2, num_steps=20).log_prob(grid).exp().sum() * 0.2**2
    assert float(total) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("divergence", ["exact", "hutchinson"])
def test_the_likelihood_has_the_gradient_of_finite_differences(divergence):
    net = VelocityMLP(2, (8,), num_frequencies=1, generator=make_generator(10), dtype=torch.float64)
    flow, x = ContinuousFlow(net, 2, num_steps=3, divergence=divergence), points(5, 2)
    value = lambda: flow.log_prob(x, make_generator(11)).sum()
    grads = torch.autograd.grad(value(), list(net.parameters()))
    for parameter, grad in zip(net.parameters(), grads):
        direction = torch.randn(parameter.shape, generator=make_generator(12), dtype=torch.float64)
        ends = []
        for step in (1e-5, -2e-5):
            parameter.data.add_(step * direction)
            ends.append(float(value().detach()))
        parameter.data.add_(1e-5 * direction)
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(float((grad * direction).sum()), rel=1e-5, abs=1e-7)


def test_draws_have_the_law_of_the_density():
    """z = MAP x with z ~ N(0, I), so Cov x = MAP^-1 MAP^-T. Nine entries, five standard errors: false alarm 5e-6."""
    n = 20_000
    net = torch.nn.Linear(3, 3, bias=False, dtype=torch.float64)
    net.weight.data.copy_(A)
    field = torch.nn.Module()
    field.net, field.forward = net, lambda x, t: net(x)
    x = ContinuousFlow(field, 3).sample(n, make_generator(13))
    inverse = torch.linalg.inv(MAP)
    covariance = inverse @ inverse.T
    error = ((covariance.diag()[:, None] * covariance.diag() + covariance**2) / n).sqrt()
    assert x.dtype == torch.float64 and not x.requires_grad
    assert bool(((x.T @ x / n - covariance).abs() < 5 * error).all())


def test_sampling_is_forward_and_the_path_ends_there():
    net = VelocityMLP(2, (8,), generator=make_generator(14))
    flow = ContinuousFlow(net, 2, num_steps=7)
    z = torch.randn(5, 2, generator=make_generator(15))
    path = flow.path(z)
    assert len(path) == 8 and torch.equal(path[0], z)
    torch.testing.assert_close(path[-1], flow(z)[0])
    torch.testing.assert_close(flow.sample(5, make_generator(15)), flow(z)[0])


def test_it_is_a_layer_like_any_other():
    net = VelocityMLP(2, (8,), generator=make_generator(16), dtype=torch.float64)
    flow, x = ContinuousFlow(net, 2, num_steps=5), points(5, 2)
    torch.testing.assert_close(Flow([flow], 2).log_prob(x), flow.log_prob(x))


def test_nothing_is_recorded_without_gradient():
    flow = ContinuousFlow(VelocityMLP(2, (8,), generator=make_generator(17)), 2, num_steps=2)
    with torch.no_grad():
        assert not flow.log_prob(torch.zeros(1, 2)).requires_grad
    assert flow.log_prob(torch.zeros(1, 2)).requires_grad


def test_a_constant_field_only_shifts():
    flow = ContinuousFlow(lambda x, t: torch.ones_like(x), 2, num_steps=1)
    torch.testing.assert_close(flow.log_prob(torch.zeros(1, 2)), torch.tensor([-1 - math.log(2 * math.pi)]))


def test_the_network_sees_the_time_and_starts_where_told():
    net, x = VelocityMLP(2, (8,), generator=make_generator(18)), torch.ones(3, 2)
    assert not torch.allclose(net(x, 0.1), net(x, 0.9))
    torch.testing.assert_close(net(x, 0.3), net(x, torch.full((3,), 0.3)))
    assert torch.equal(net(x, 0.1), VelocityMLP(2, (8,), generator=make_generator(18))(x, 0.1))
    assert torch.equal(VelocityMLP(2, (8,), zero_last=True)(x, 0.1), torch.zeros(3, 2))


@pytest.mark.parametrize("make, sentence", [
    (lambda: ContinuousFlow(3, 2), "velocity to be a function"),
    (lambda: ContinuousFlow(linear, 0), "dim to be a whole number"),
    (lambda: ContinuousFlow(linear, 3, divergence="none"), "divergence to be one of exact, hutchinson"),
    (lambda: ContinuousFlow(linear, 3, method="rk5"), "method to be one of"),
    (lambda: ContinuousFlow(linear, 3, probe="uniform"), "probe to be one of"),
    (lambda: ContinuousFlow(linear, 3).log_prob(torch.zeros(3)), "x to be a float32 or float64 tensor"),
    (lambda: VelocityMLP(2)(torch.zeros(3, 2), torch.zeros(3, 1)), "t to be one number or a tensor of shape"),
    (lambda: VelocityMLP(2)(torch.zeros(3, 4), 0.0), "x to be a float32"),
])
def test_wrong_arguments_get_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()
