"""Reverse KL in numbers: a flow taught a density without a single draw of it, and what that teaching leaves out."""

import math
import time
from typing import Callable, NamedTuple

import torch
from torch import Tensor, nn

from course_lib.experiments.flow_training import descend, fit
from course_lib.inputs import require_count
from course_lib.models.flows import spline_flow
from course_lib.objectives.reverse_kl import reverse_kl
from course_lib.randomness import make_generator
from course_lib.targets import Grid
from course_lib.targets.two_modes import TwoModes


class Judgement(NamedTuple):
    """KL(flow || target) = log Z + the mean of the objective, its standard error, and the spread of its terms; in nats.

    efficiency: (sum w)^2 / (n sum w^2) of the weights w = p~ / q, the share of the draws that importance weighting would keep.
    """

    kl: float
    error: float
    spread: float
    efficiency: float


class Row(NamedTuple):
    """A flow taught by reverse KL, judged on fresh draws."""

    num_iterations: int
    log_z: float
    kl: float
    error: float
    spread: float
    efficiency: float
    seconds: float


def waved_ring(x: Tensor) -> Tensor:
    """log p~(x) = sin(pi x_1) - 2 (|x|^2 - 2)^2, a ring with three heavy spots: (n, 2) -> (n,)."""
    return torch.sin(math.pi * x[:, 0]) - 2 * (x.square().sum(-1) - 2).square()


def fit_reverse(flow: nn.Module, log_target: Callable[[Tensor], Tensor], num_iterations: int, batch_size: int = 512,
                learning_rate: float = 5e-3, *, generator: torch.Generator | None = None) -> list[float]:
    """Minimise the mean of `reverse_kl` over fresh noise, by `descend`; trained in place. Returns every loss, in nats."""
    require_count("batch_size", batch_size)
    loss = lambda: reverse_kl(flow, log_target, noise_for(flow, batch_size, generator)).mean()
    return descend(flow, loss, num_iterations, learning_rate)


def noise_for(flow: nn.Module, n: int, generator: torch.Generator | None) -> Tensor:
    """n draws z of N(0, I) where the flow's weights are and in their precision, (n, dim)."""
    like = next(flow.parameters())
    return torch.randn(n, flow.dim, generator=generator, device=like.device, dtype=like.dtype)


@torch.no_grad()
def judge(flow: nn.Module, log_target: Callable[[Tensor], Tensor], log_z: float, generator: torch.Generator | None = None,
          n: int = 100_000) -> Judgement:
    """KL(flow || target) from n fresh draws, given log Z of the target."""
    noise = noise_for(flow, n, generator).split(10_000)
    terms = torch.cat([reverse_kl(flow, log_target, z) for z in noise]).double() + log_z
    spread = float(terms.std())
    efficiency = float(1 / (n * torch.softmax(-terms, 0).square().sum()))
    return Judgement(float(terms.mean()), spread / n**0.5, spread, efficiency)


def row(num_iterations: int = 4096, batch_size: int = 512, seed: int = 0, device: str | torch.device = "cpu") -> Row:
    """Teach the waved ring, which is smooth, to four spline couplings with smooth networks; log Z by quadrature."""
    generator = make_generator(seed, device)
    log_z = float(Grid((-4.0, -4.0), (4.0, 4.0), 1000, device=device, dtype=torch.float64).log_z(waved_ring))
    flow = spline_flow(2, 4, kind="coupling", activation=nn.SiLU, generator=generator, device=device)
    start = time.process_time()
    fit_reverse(flow, waved_ring, num_iterations, batch_size, generator=generator)
    return Row(num_iterations, log_z, *judge(flow, waved_ring, log_z, generator), time.process_time() - start)


class Modes(NamedTuple):
    """Two modes of equal mass: what a flow gives to the right one, and its two divergences from the target, in nats."""

    objective: str
    right_mass: float
    reverse_kl: float
    forward_kl: float


def two_objectives(distance: float = 4.0, num_iterations: int = 600, start: float = 2.0, seed: int = 0,
                   device: str | torch.device = "cpu") -> list[Modes]:
    """The same spline flow, moved to x_1 = start at first, taught two modes at +-distance by reverse and by forward KL.

    Reverse KL pays log 2 for leaving one mode out and hears nothing of it: no draw goes there. Forward KL would pay
    without bound, so it covers both, and pays for the bridge between them.
    """
    target = TwoModes(distance, 1.0, dim=2, device=device)
    rows = []
    for objective in ("reverse", "forward"):
        generator = make_generator(seed, device)
        noise = torch.randn(1000, 2, generator=generator, device=device)
        noise = (noise - noise.mean(0)) / noise.std(0) + torch.tensor([start, 0.0], device=device)
        flow = spline_flow(2, num_layers=4, kind="coupling", tail_bound=10.0, x=noise, generator=generator, device=device)
        if objective == "reverse":
            fit_reverse(flow, target.log_prob, num_iterations, 256, 2e-3, generator=generator)
        else:
            fit(flow, target.sample, num_iterations, generator=generator)
        with torch.no_grad():
            x, data = flow.sample(20_000, generator), target.sample(20_000, generator)
            right = float((x[:, 0] > 0).double().mean())
            rows.append(Modes(objective, right, float((flow.log_prob(x) - target.log_prob(x)).double().mean()),
                              float((target.log_prob(data) - flow.log_prob(data)).double().mean())))
    return rows
