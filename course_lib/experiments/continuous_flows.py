"""The numbers on continuous flows: velocities trained on the plane by flow matching and by maximum likelihood.

Each is judged by its exact log-density on 20 000 fresh points, beside the true one at the same points. The solver's part of
the gap is measured by doubling its steps.
"""

import copy
import time
from typing import Callable, NamedTuple

import torch
from torch import Tensor, nn

from course_lib.experiments.flow_training import descend
from course_lib.inputs import require
from course_lib.models.flows.continuous import ContinuousFlow, VelocityMLP
from course_lib.objectives.flow_matching import flow_matching_loss
from course_lib.randomness import make_generator
from course_lib.targets import TARGETS_2D, load_target

BUDGET = {"flow matching": 45_000, "likelihood": 1500}  # iterations that take about as much processor time, see the row
HIDDEN = {"flow matching": 4 * (96,), "likelihood": (64, 64)}
LEARNING_RATE = {"flow matching": 1e-2, "likelihood": 3e-3}


class Row(NamedTuple):
    """One line of the table. Nats; gap = mean over the same held-out points of log p_data - log p_model, with its error.

    solver_error: how much the gap moves when the steps are doubled; seconds: processor time of the training.
    """

    data: str
    objective: str
    entropy: float
    nll: float
    gap: float
    gap_error: float
    solver_error: float
    seconds: float


def row(name: str, objective: str = "flow matching", num_iterations: int | None = None, seed: int = 0,
        device: str | torch.device = "cpu", num_points: int = 20_000) -> Row:
    """Train a velocity on the toy density `name` by "flow matching" or by "likelihood", and judge it on fresh points."""
    require(objective in BUDGET, "objective to be 'flow matching' or 'likelihood'", objective, "choose one of the two")
    generator, target = make_generator(seed, device), load_target(name, device=device)
    velocity = VelocityMLP(2, HIDDEN[objective], zero_last=objective == "likelihood", generator=generator, device=device)
    start = time.process_time()
    loss = {"flow matching": matching, "likelihood": likelihood}[objective]
    velocity = train(velocity, lambda velocity, x: loss(velocity, x, generator), lambda n: target.sample(n, generator),
                     num_iterations or BUDGET[objective], learning_rate=LEARNING_RATE[objective])
    seconds = time.process_time() - start
    x = target.sample(num_points, generator)
    coarse, fine = (log_prob(velocity, x, num_steps).double() for num_steps in (20, 40))
    difference = target.log_prob(x).double() - fine
    return Row(name, objective, target.entropy, -float(fine.mean()), float(difference.mean()),
               float(difference.std() / len(x) ** 0.5), float((fine - coarse).mean().abs()), seconds)


def matching(velocity: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
    """The flow-matching loss, (n,), with one time in each of n equal intervals: each uniform, together evenly spread."""
    noise = torch.randn(x.shape, generator=generator, device=x.device)
    start = torch.arange(len(x), device=x.device)
    t = (start + torch.rand(len(x), generator=generator, device=x.device)) / len(x)
    return flow_matching_loss(velocity, x, t.clamp(max=1), noise)


def likelihood(velocity: nn.Module, x: Tensor, generator: torch.Generator) -> Tensor:
    """-log p(x), (n,), through eight steps of the solver."""
    return -ContinuousFlow(velocity, 2, num_steps=8).log_prob(x)


def train(velocity: nn.Module, loss: Callable[[nn.Module, Tensor], Tensor], sample: Callable[[int], Tensor], num_iterations: int,
          batch_size: int = 256, learning_rate: float = 1e-2) -> nn.Module:
    """`descend` on fresh batches. Returns the running average of the weights."""
    average = copy.deepcopy(velocity)

    def follow(iteration: int) -> None:
        weight = max(0.001, 10 / (iteration + 10))  # forget the start first, then average over a thousand iterations
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(velocity.parameters()), weight)

    descend(velocity, lambda: loss(velocity, sample(batch_size)).mean(), num_iterations, learning_rate, 10.0, follow)
    return average


@torch.no_grad()
def log_prob(velocity: nn.Module, x: Tensor, num_steps: int) -> Tensor:
    """log p by the exact divergence, (n, 2) -> (n,), in parts that fit into memory."""
    flow = ContinuousFlow(velocity, 2, num_steps)
    return torch.cat([flow.log_prob(part) for part in x.split(2000)])


def continuous_table(short: bool = False, seed: int = 0, device: str | torch.device = "cpu") -> list[Row]:
    """Flow matching on three densities, and maximum likelihood on one; `short` trains a fiftieth as long."""
    rows = [(name, "flow matching") for name in TARGETS_2D if name != "rings"] + [("moons", "likelihood")]
    return [row(name, objective, BUDGET[objective] // (50 if short else 1), seed, device, 2000 if short else 20_000)
            for name, objective in rows]
