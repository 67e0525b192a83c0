"""Two modes far apart: what a flow leaves between them, beside the exact flow of a differential equation.

A continuous, invertible map of N(0, I) cannot tear the plane, so a filament joins the modes. If T stretches no more than L,
the two preimages of the modes are at least width / L apart, and by the Gaussian isoperimetric inequality (Borell, 1975;
Sudakov & Tsirelson, 1974) a strip of that width that leaves equal masses on both sides keeps a mass of at least
    2 Phi(width / (2 L)) - 1.
"""

import copy
import math
import time
from typing import Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.dynamics import integrate
from course_lib.experiments.flow_training import Gap, fit, held_out_gap
from course_lib.inputs import describe, require
from course_lib.models.flows import nice, real_nvp, spline_flow
from course_lib.models.flows.continuous import ContinuousFlow
from course_lib.randomness import make_generator
from course_lib.targets.mixture import GaussianMixture
from course_lib.targets.two_modes import TwoModes

RECIPES = {"nice": nice, "real_nvp": real_nvp, "spline": spline_flow}
SCALE = 0.5  # standard deviation of each mode
Push = Callable[[Tensor], Tensor]  # z -> x, (n, 2) -> (n, 2)


class Row(NamedTuple):
    """One map and one distance. `mass` of the strip |x_1| < distance / 2 with its standard error, beside the truth.

    gap: KL(target || model) with its error, in nats; slope: the largest singular value of the map's Jacobian found on the
    filament; exact_slope: that of the increasing map; floor: the least mass that the strip can have with this slope.
    """

    kind: str
    distance: float
    gap: float
    gap_error: float
    mass: float
    mass_error: float
    true_mass: float
    slope: float
    exact_slope: float
    floor: float
    seconds: float


class Turned(NamedTuple):
    """A law of the plane, turned by 45 degrees: (x_1, x_2) -> (x_1 - x_2, x_1 + x_2) / sqrt 2.

    As it stands, the two coordinates of TwoModes are independent and the modes lie along one of them: axes that happen to suit a
    coupling. And from the identity NICE would stay in the best Gaussian, a saddle. Turned, no map is favoured.
    """

    law: GaussianMixture

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws, (n, 2)."""
        return turn(self.law.sample(n, generator), 1)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x): (n, 2) -> (n,)."""
        return self.law.log_prob(turn(x, -1))


def turn(x: Tensor, sign: int) -> Tensor:
    """Turn the plane by sign * 45 degrees: (n, 2) -> (n, 2)."""
    a, b = (x / math.sqrt(2)).unbind(1)
    return torch.stack([a - sign * b, b + sign * a], 1)


def exact_velocity(target: GaussianMixture) -> Callable[[Tensor, Tensor | float], Tensor]:
    """The velocity that carries a mixture of Gaussians into N(0, I): v(x, t) = E[noise - x_0 | (1 - t) x_0 + t noise = x].

        sigma_k^2 = (1 - t)^2 scale_k^2 + t^2,   r_k ∝ weight_k N(x; (1 - t) mean_k, sigma_k^2 I)
        v(x, t) = sum_k r_k ((t - (1 - t) scale_k^2) / sigma_k^2 (x - (1 - t) mean_k) - mean_k)
    """
    def velocity(x: Tensor, t: Tensor | float) -> Tensor:
        t = torch.as_tensor(t, dtype=x.dtype, device=x.device).expand(x.shape[0])[:, None]
        means, scales, weights = target.means.to(x), target.scales.to(x), target.weights.to(x)
        variances = ((1 - t) * scales).square() + t.square()  # (n, k)
        from_mean = x[:, None] - (1 - t)[..., None] * means  # (n, k, dim)
        log_r = weights.log() - 0.5 * target.dim * variances.log() - 0.5 * from_mean.square().sum(-1) / variances
        pull = (t - (1 - t) * scales.square()) / variances
        return (torch.softmax(log_r, 1)[..., None] * (pull[..., None] * from_mean - means)).sum(1)
    return velocity


def strip_mass(push: Push, half_width: float, generator: torch.Generator, n: int = 100_000) -> tuple[float, float]:
    """P(|x_1| < half_width) under the law of push(z), from n draws in float64, and its standard error."""
    with torch.no_grad():
        z = torch.randn(n, 2, generator=generator, device=generator.device, dtype=torch.float64)
        mass = float((push(z)[:, 0].abs() < half_width).double().mean())
    return mass, math.sqrt(mass * (1 - mass) / n)


def steepest_slope(push: Push, generator: torch.Generator, n: int = 500) -> float:
    """The largest singular value of the Jacobian of push at n points z that land on the line x_1 = 0.

    Draws left and right of the line are joined in pairs, and the point between is found by halving, in float64: a filament
    is far too thin for a grid.
    """
    z = torch.randn(20 * n, 2, generator=generator, device=generator.device, dtype=torch.float64)
    with torch.no_grad():
        side = push(z)[:, 0] > 0
        left, right = (z[part][:n] for part in (~side, side))
        pairs = min(len(left), len(right))
        left, right = left[:pairs], right[:pairs]
        for _ in range(60):
            middle = (left + right) / 2
            side = (push(middle)[:, :1] > 0)
            left, right = torch.where(side, left, middle), torch.where(side, middle, right)
    z = ((left + right) / 2).requires_grad_()
    x = push(z)
    rows = [torch.autograd.grad(x[:, i].sum(), z, retain_graph=True)[0] for i in range(2)]
    return float(torch.linalg.matrix_norm(torch.stack(rows, 1), 2).max())


def floor(width: float, slope: float) -> float:
    """2 Phi(width / (2 slope)) - 1: the least mass of a strip between equal masses, under a map no steeper than slope."""
    return math.erf(width / (2 * slope) / math.sqrt(2))


def train(kind: str, target: TwoModes, num_iterations: int, generator: torch.Generator) -> tuple[Push, Gap]:
    """A flow taught the turned target: its map in float64, turned back, and its gap."""
    law = Turned(target)
    flow = RECIPES[kind](2, x=law.sample(10_000, generator), generator=generator, device=generator.device)
    fit(flow, law.sample, num_iterations, generator=generator)
    wide = copy.deepcopy(flow).double()
    return lambda z: turn(wide(z)[0], -1), held_out_gap(flow.log_prob, law, generator)


def solve(target: TwoModes, generator: torch.Generator, num_steps: int = 100) -> tuple[Push, Gap]:
    """The exact equation of the target in num_steps Runge-Kutta steps: its map, and the gap that the steps make."""
    velocity = exact_velocity(target)
    equation = ContinuousFlow(velocity, 2, num_steps)
    gap = held_out_gap(lambda x: equation.log_prob(x.double(), generator), target, generator, n=1000)
    return lambda z: integrate(velocity, z, 1.0, 0.0, num_steps), gap


def filament(kind: str, distance: float, num_iterations: int = 1500, seed: int = 0, device: str | torch.device = "cpu",
             num_draws: int = 100_000) -> Row:
    """Train one flow ('nice', 'real_nvp', 'spline') on two modes at +-distance, or take the exact equation ('ode').

    num_draws: from which the mass is counted.
    """
    require(kind in (*RECIPES, "ode"), f"kind to be one of {', '.join(RECIPES)}, ode", describe(kind), "choose kind='spline'")
    generator = make_generator(seed, device)
    target = TwoModes(distance, SCALE, dim=2, device=device)
    start = time.process_time()
    push, gap = solve(target, generator) if kind == "ode" else train(kind, target, num_iterations, generator)
    seconds = time.process_time() - start
    mass, mass_error = strip_mass(push, distance / 2, generator, num_draws)
    slope = steepest_slope(push, generator)
    return Row(kind, distance, gap.gap, gap.error, mass, mass_error, target.strip_probability(distance / 2), slope,
               target.slope_at_middle, floor(distance, slope), seconds)


def filament_table(short: bool = False, seed: int = 0, device: str | torch.device = "cpu") -> list[Row]:
    """All rows of the lecture's table; `short` trains a twentieth as long, at two distances, to see that everything runs."""
    distances = (1.0, 3.0) if short else (1.0, 1.5, 2.0, 3.0, 4.0)
    return [filament(kind, distance, 75 if short else 1500, seed, device)
            for kind in (*RECIPES, "ode") for distance in distances]
