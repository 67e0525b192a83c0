"""Solutions known in closed form, the order of convergence of each method, and what is refused."""

import math

import pytest
import torch

from course_lib.dynamics import METHODS, integrate, trajectory
from course_lib.inputs import InputError

ORDER = {"euler": 1, "heun": 2, "rk4": 4}
START = torch.tensor([[1.0], [-0.5]], dtype=torch.float64)
FIELDS = {  # velocity, exact solution from START at t = 0
    "autonomous": (lambda x, t: -2 * x, lambda x, t: x * math.exp(-2 * t)),
    "of time": (lambda x, t: x * math.cos(t), lambda x, t: x * math.exp(math.sin(t))),
    "driven": (lambda x, t: t**2 - x, lambda x, t: (x - 2) * math.exp(-t) + t**2 - 2 * t + 2),
    "nonlinear": (lambda x, t: -2 * t * x**2, lambda x, t: 1 / (1 / x + t**2)),
}


def test_the_methods_are_those_tested():
    assert set(METHODS) == set(ORDER)


@pytest.mark.parametrize("method", ORDER)
@pytest.mark.parametrize("field", FIELDS)
def test_the_error_falls_with_the_order_of_the_method(method, field):
    velocity, exact = FIELDS[field]
    error = [float((integrate(velocity, START, 0.0, 1.0, n, method) - exact(START, 1.0)).abs().max()) for n in (64, 128)]
    assert math.log2(error[0] / error[1]) == pytest.approx(ORDER[method], abs=0.15)  # measured: within 0.12


@pytest.mark.parametrize("method", ORDER)
def test_time_may_run_backwards(method):
    velocity, exact = FIELDS["driven"]
    back = [float((integrate(velocity, exact(START, 1.0), 1.0, 0.0, n, method) - START).abs().max()) for n in (64, 128)]
    assert math.log2(back[0] / back[1]) == pytest.approx(ORDER[method], abs=0.1)


def test_one_step_of_each_method_by_hand():
    x = torch.tensor([2.0], dtype=torch.float64)
    factor = {"euler": 1 + 0.5, "heun": 1 + 0.5 + 0.5**2 / 2, "rk4": sum(0.5**k / math.factorial(k) for k in range(5))}
    for method in METHODS:
        torch.testing.assert_close(integrate(lambda x, t: x, x, 0.0, 0.5, 1, method), x * factor[method])
    times = []
    integrate(lambda x, t: times.append(t) or x, x, 1.0, 0.0, 2)
    assert times == [1.0, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0.0]


def test_a_tuple_moves_together():
    rotation = lambda state, t: (state[1], -state[0][..., 0].unsqueeze(-1))
    x, y = integrate(rotation, (START, torch.zeros_like(START)), 0.0, math.pi / 2, 200)
    torch.testing.assert_close(x, torch.zeros_like(START), atol=1e-9, rtol=0)
    torch.testing.assert_close(y, -START, atol=1e-9, rtol=0)


def test_the_trajectory_has_both_ends_and_every_step():
    velocity, exact = FIELDS["of time"]
    path = trajectory(velocity, START, 0.0, 2.0, 100)
    assert len(path) == 101 and path[0] is START
    for k in (1, 37, 100):
        torch.testing.assert_close(path[k], exact(START, 2.0 * k / 100), atol=1e-7, rtol=0)
    torch.testing.assert_close(path[-1], integrate(velocity, START, 0.0, 2.0, 100), atol=0, rtol=0)


def test_gradients_go_through_the_solver():
    rate = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    x = integrate(lambda x, t: rate * x, START, 0.0, 1.0, 50).sum()
    (grad,) = torch.autograd.grad(x, rate)
    torch.testing.assert_close(grad, START.sum() * rate.exp(), atol=1e-7, rtol=0)


def test_the_input_is_not_changed_and_dtype_stays():
    x = torch.ones(3, 2)
    result = integrate(lambda x, t: -x, x, 0.0, 1.0, 3)
    assert torch.equal(x, torch.ones(3, 2)) and result.dtype == torch.float32


@pytest.mark.parametrize("change, sentence", [
    ({"velocity": 3.0}, "velocity to be a function"),
    ({"velocity": lambda x, t: x[:, 0]}, "velocity to return a tensor of shape"),
    ({"velocity": lambda x, t: (x,)}, "velocity to return a tensor of shape"),
    ({"velocity": lambda x, t: 1.0}, "velocity to return a tensor of shape"),
    ({"x": torch.ones(2, 2, dtype=torch.int64)}, "x to be a floating tensor"),
    ({"x": ()}, "x to be a floating tensor"),
    ({"t_end": float("nan")}, "t_end to be a finite number"),
    ({"t_start": torch.tensor(0.0)}, "t_start to be a finite number"),
    ({"num_steps": 0}, "num_steps to be a whole number"),
    ({"method": "rk5"}, "method to be one of euler, heun, rk4"),
])
def test_wrong_arguments_get_one_sentence(change, sentence):
    arguments = {"velocity": lambda x, t: x, "x": torch.ones(2, 2), "t_start": 0.0, "t_end": 1.0, "num_steps": 2} | change
    with pytest.raises(InputError, match=sentence):
        integrate(**arguments)
