"""The numbers of the lecture on normalizing flows: trained on the plane, beside the exact entropy, which no model beats."""

import time
from functools import partial
from typing import NamedTuple

import torch

from course_lib.experiments import reverse_kl_flow, two_modes
from course_lib.experiments.flow_training import fit, held_out_gap
from course_lib.inputs import describe, require
from course_lib.models.flows import maf, nice, real_nvp, spline_flow
from course_lib.randomness import make_generator
from course_lib.targets import load_target

# kind: the recipe, iterations and learning rate; iterations so that none takes more than 100 s on one core
FLOWS = {"nice": (partial(nice, num_layers=8), 18_000, 2e-3), "real_nvp": (partial(real_nvp, num_layers=8), 18_000, 2e-3),
         "maf": (partial(maf, num_layers=8), 18_000, 2e-3),
         "spline": (partial(spline_flow, num_layers=3, tail_bound=4.0), 17_000, 3e-3)}
DATA = ("moons", "eight_gaussians", "checkerboard")


class Row(NamedTuple):
    """One line of the table. Nats; gap = mean over 20 000 held-out points of log p_data - log p_model, with its error."""

    flow: str
    data: str
    entropy: float
    nll: float
    gap: float
    gap_error: float
    parameters: int
    seconds: float  # of one core


def row(kind: str, data: str, num_iterations: int | None = None, seed: int = 0, device: str | torch.device = "cpu") -> Row:
    """Train one flow of hidden widths (64, 64), batches of 256, on fresh draws of the toy law `data`; judge it on fresh points.

    num_iterations: None takes the budget of the table. Raises `InputError` for an unknown kind or law.
    """
    require(kind in FLOWS, f"kind to be one of {', '.join(FLOWS)}", describe(kind), "choose kind='spline'")
    recipe, budget, learning_rate = FLOWS[kind]
    generator, law = make_generator(seed, device), load_target(data, device=device)
    flow = recipe(2, x=law.sample(10_000, generator), generator=generator, device=device)
    start = time.process_time()
    fit(flow, law.sample, num_iterations or budget, learning_rate=learning_rate, generator=generator)
    seconds = time.process_time() - start
    gap, error, nll = held_out_gap(flow.log_prob, law, generator)
    return Row(kind, data, law.entropy, nll, gap, error, sum(p.numel() for p in flow.parameters()), seconds)


def table(short: bool = False, seed: int = 0,
          device: str | torch.device = "cpu") -> list[Row | reverse_kl_flow.Row | two_modes.Row]:
    """Flows on data, a flow without data, and what flows leave between two modes; `short` trains a little, to see all run."""
    rows = [row(kind, data, 150 if short else None, seed, device) for data in DATA for kind in FLOWS]
    return [*rows, reverse_kl_flow.row(200 if short else 4096, seed=seed, device=device),
            *two_modes.filament_table(short, seed, device)]
