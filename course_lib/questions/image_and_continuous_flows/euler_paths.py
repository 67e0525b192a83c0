"""Paths of Euler steps in numpy, right, and as known misconceptions would have them. Time runs from data to base."""

from typing import Iterator

import numpy as np

from course_lib.questions.contract import Inputs
from course_lib.questions.image_and_continuous_flows.exact import density, double, velocity


def quadratic(e: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
    """eᵀ J e: probes (n, dim), Jacobians (steps, n, dim, dim) -> (steps, n)."""
    return ((jacobian @ e[:, :, None])[..., 0] * e).sum(-1)


def since_start(jacobian: np.ndarray, dt: float) -> np.ndarray:
    """∂v(x_k, t_k)/∂x_0 along Euler steps: the Jacobians times those of x_k with respect to x_0."""
    moved, found = np.broadcast_to(np.eye(jacobian.shape[-1]), jacobian.shape[1:]), []
    for one in jacobian:
        found.append(one @ moved)
        moved = moved + dt * found[-1]
    return np.stack(found)


class Path:
    """Euler steps with the velocity `factor` v at given times: where they pass, and what their divergences are."""

    def __init__(self, inputs: Inputs, times: np.ndarray, factor: float | None = None):
        x, e = double(inputs, "x", "probe")
        spec, self.dt = inputs["velocity"], 1 / inputs["num_steps"]
        points, jacobians = [x], []
        for t in times:
            v, jacobian = velocity(spec, points[-1], t)
            jacobians.append(jacobian)
            points.append(points[-1] + (self.dt if factor is None else factor) * v)
        self.points, self.end, self.base = points, points[-1], inputs["base"]
        jacobian = np.stack(jacobians)  # (steps, n, dim, dim)
        self.hutchinson = quadratic(e, jacobian)
        self.exact = np.trace(jacobian, axis1=2, axis2=3)
        self.one_sided = (jacobian.sum(2) * e).sum(-1)
        self.total = jacobian.sum((2, 3))
        self.unprobed = (jacobian * e[:, :, None]).sum((2, 3))
        self.thrice = (jacobian * e[:, :, None] * e[:, None, :]**2).sum((2, 3))
        self.shared = quadratic(e[:1] + 0 * e, jacobian)
        self.rescaled, self.signs = self.hutchinson * e.shape[1] / (e**2).sum(1), quadratic(np.sign(e), jacobian)
        self.late = quadratic(e, np.stack([velocity(spec, p, t)[1] for p, t in zip(points[1:], times)]))
        self.next = quadratic(e, np.stack([velocity(spec, p, t + self.dt)[1] for p, t in zip(points[1:], times)]))
        self.through = quadratic(e, since_start(jacobian, self.dt if factor is None else factor))

    def log_prob(self) -> np.ndarray:
        return density(self.base, self.end) + self.dt * self.hutchinson.sum(0)


def higher_order(inputs: Inputs) -> Iterator[tuple[str, np.ndarray]]:
    """Where better methods than Euler's arrive with the same number of steps."""
    (x,), spec, steps = double(inputs, "x"), inputs["velocity"], inputs["num_steps"]
    dt, heun, middle, fourth = 1 / steps, x, x, x
    for k in range(steps):
        t = k * dt
        a = velocity(spec, heun, t)[0]
        heun = heun + dt / 2 * (a + velocity(spec, heun + dt * a, t + dt)[0])
        middle = middle + dt * velocity(spec, middle + dt / 2 * velocity(spec, middle, t)[0], t + dt / 2)[0]
        a = velocity(spec, fourth, t)[0]
        b = velocity(spec, fourth + dt / 2 * a, t + dt / 2)[0]
        c = velocity(spec, fourth + dt / 2 * b, t + dt / 2)[0]
        fourth = fourth + dt / 6 * (a + 2 * b + 2 * c + velocity(spec, fourth + dt * c, t + dt)[0])
    yield from (("Heun's method", heun), ("the midpoint method", middle), ("a Runge-Kutta method of order 4", fourth))


def wrong_paths(inputs: Inputs) -> list[tuple[str, Path]]:
    """Other times, directions and numbers of steps."""
    n = inputs["num_steps"]
    k = np.arange(n)
    back = "data stand at t = 0 and the base at t = 1: start at x with t = 0 and step forward"
    return [
        (f"{back}; here time runs from 1 to 0 and x moves against v", Path(inputs, 1 - k / n, -1 / n)),
        (f"{back}; here time runs from 1 to 0", Path(inputs, 1 - k / n)),
        (f"{back}; here time runs from 1 to 0", Path(inputs, 1 - (k + 1) / n)),
        (f"{back}; here time runs from 1 to 0 and x moves against v", Path(inputs, 1 - (k + 1) / n, -1 / n)),
        ("the velocity has the wrong sign", Path(inputs, k / n, -1 / n)),
        ("a step of Euler uses the time at its beginning, t = k/num_steps; here it is the one at its end",
         Path(inputs, (k + 1) / n)),
        ("a step of Euler uses the time at its beginning, t = k/num_steps; here it is the one in its middle",
         Path(inputs, (k + 0.5) / n)),
        ("the times should be k/num_steps; here they are k/(num_steps − 1)", Path(inputs, k / max(n - 1, 1))),
        ("the time is the number of the step; it should be k/num_steps", Path(inputs, 1.0 * k)),
        ("the time stands still at 0", Path(inputs, 0.0 * k)), ("the time stands still at 1", Path(inputs, 0.0 * k + 1)),
        ("the step 1/num_steps is missing before v", Path(inputs, k / n, 1.0)),
        ("the step is 1/num_steps, not 1/(num_steps − 1)", Path(inputs, k / n, 1 / max(n - 1, 1))),
        ("the step is 1/num_steps, not 1/(num_steps + 1)", Path(inputs, k / n, 1 / (n + 1))),
        ("one step too few", Path(inputs, k[:-1] / n)), ("one step too many", Path(inputs, np.arange(n + 1) / n)),
        ("the first step is left out", Path(inputs, k[1:] / n)), ("only one step is made", Path(inputs, k[:1] / n)),
        ("one big step replaces the num_steps small ones", Path(inputs, k[:1] / n, 1.0)),
        ("x has not moved", Path(inputs, k / n, 0.0)),
    ]
