"""Ordinary differential equations by fixed steps: Euler, Heun and the classical Runge-Kutta method.

    dx/dt = v(x, t),   x(t_start) given,   x(t_end) wanted,   step h = (t_end - t_start) / num_steps

h is negative when time runs backwards: nothing else changes, and the same field undoes what it did, up to the
error of the method. Fixed steps cost the same for every point of a batch and make the solution a smooth function of x and
of the parameters of v, so that autograd goes through it.
"""

from typing import Callable, Iterator

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_count

State = Tensor | tuple[Tensor, ...]
Velocity = Callable[[State, float], State]


def integrate(velocity: Velocity, x: State, t_start: float, t_end: float, num_steps: int, method: str = "rk4") -> State:
    """x(t_end), the solution of dx/dt = velocity(x, t) that starts at x when t = t_start.

    velocity: (x, t) -> dx/dt, t a float; x: a floating tensor of any shape, or a tuple of such tensors: velocity then takes
    and returns a tuple of the same shapes. t_start, t_end: finite, in either order. num_steps: steps of equal length.
    method: "euler" (error of order h, one evaluation a step), "heun" (h^2, two) or "rk4" (h^4, four).

    Differentiable in x and in what velocity depends on; autograd then keeps every evaluation: memory grows with num_steps.
    Raises `InputError` for other arguments and when velocity does not return the shapes of x.
    Hairer, Nørsett & Wanner, Solving ordinary differential equations I (1993), section II.1.
    """
    for x in steps(velocity, x, t_start, t_end, num_steps, method):
        pass
    return x


def trajectory(velocity: Velocity, x: State, t_start: float, t_end: float, num_steps: int, method: str = "rk4") -> list[State]:
    """As `integrate`, all states on the way: a list of num_steps + 1, from x itself to x(t_end)."""
    return list(steps(velocity, x, t_start, t_end, num_steps, method))


def steps(velocity: Velocity, x: State, t_start: float, t_end: float, num_steps: int, method: str) -> Iterator[State]:
    """Yield x(t_start), then the state after every step."""
    require_count("num_steps", num_steps)
    require(callable(velocity), "velocity to be a function of (x, t)", velocity, "pass the function itself, not its value")
    require(isinstance(method, str) and method in METHODS, f"method to be one of {', '.join(METHODS)}", describe(method),
            "rk4 is the most accurate")
    for name, t in (("t_start", t_start), ("t_end", t_end)):
        number = isinstance(t, (int, float)) and abs(t) < float("inf")
        require(number, f"{name} to be a finite number", describe(t), "pass for instance t_start=0.0, t_end=1.0")
    is_tuple = isinstance(x, tuple)
    state = x if is_tuple else (x,)
    floating = all(isinstance(part, Tensor) and part.is_floating_point() for part in state) and len(state) > 0
    require(floating, "x to be a floating tensor or a tuple of them", describe(x), "convert it with torch.as_tensor(x).float()")
    slope = lambda state, t: checked(velocity(state if is_tuple else state[0], t), state, is_tuple)
    step_size = (t_end - t_start) / num_steps
    yield x
    for k in range(num_steps):
        state = METHODS[method](slope, state, t_start + k * step_size, step_size)  # no rounding error adds up in t
        yield state if is_tuple else state[0]


def checked(value: State, state: tuple[Tensor, ...], is_tuple: bool) -> tuple[Tensor, ...]:
    """The slope as a tuple, required to have the shapes of the state: broadcasting would silently mix the points."""
    parts = value if is_tuple else (value,)
    shapes = [tuple(part.shape) for part in state]
    same = isinstance(parts, tuple) and [tuple(part.shape) for part in parts if isinstance(part, Tensor)] == shapes
    if not same or len(parts) != len(state):  # the sentence is made only when it is needed
        expected = f"velocity to return {'tensors' if is_tuple else 'a tensor'} of shape {', '.join(map(str, shapes))}, like x"
        require(False, expected, describe(value), "return dx/dt, one number for each number in x")
    return parts


def move(state: tuple[Tensor, ...], step_size: float, slope: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """state + step_size * slope, part by part."""
    return tuple(torch.add(x, v, alpha=step_size) for x, v in zip(state, slope))


def euler(slope: Callable, x: tuple[Tensor, ...], t: float, h: float) -> tuple[Tensor, ...]:
    """x + h v(x, t)."""
    return move(x, h, slope(x, t))


def heun(slope: Callable, x: tuple[Tensor, ...], t: float, h: float) -> tuple[Tensor, ...]:
    """x + h (v1 + v2) / 2 with v1 = v(x, t), v2 = v(x + h v1, t + h)."""
    v1 = slope(x, t)
    v2 = slope(move(x, h, v1), t + h)
    return move(move(x, h / 2, v1), h / 2, v2)


def rk4(slope: Callable, x: tuple[Tensor, ...], t: float, h: float) -> tuple[Tensor, ...]:
    """x + h (v1 + 2 v2 + 2 v3 + v4) / 6: v1 at the start, v2 and v3 at the middle, v4 at the end of the step."""
    v1 = slope(x, t)
    v2 = slope(move(x, h / 2, v1), t + h / 2)
    v3 = slope(move(x, h / 2, v2), t + h / 2)
    v4 = slope(move(x, h, v3), t + h)
    for weight, v in ((1, v1), (2, v2), (2, v3), (1, v4)):
        x = move(x, weight * h / 6, v)
    return x


METHODS = {"euler": euler, "heun": heun, "rk4": rk4}
