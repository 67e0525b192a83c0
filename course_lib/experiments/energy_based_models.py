"""The numbers of the lecture on energy-based models: energies trained on the plane, judged by quadrature.

Each row shows the held-out negative log-likelihood (log Z by quadrature, on a wider and finer grid than the training's) beside
the exact entropy, which no model can beat.
"""

import time
from typing import NamedTuple

import torch

from course_lib.experiments.energy_training import exact_draws, persistent_draws, train
from course_lib.inputs import require
from course_lib.models import MLPEnergy
from course_lib.randomness import make_generator
from course_lib.samplers import MALA
from course_lib.targets import TARGETS_2D, Grid, load_target


STEP_SIZE = {"moons": 0.01, "eight_gaussians": 0.03, "rings": 0.01, "checkerboard": 0.03}  # by the width of the finest detail


class Row(NamedTuple):
    """One line of the table. Nats; gap = mean over the same held-out points of log p_data - log p_model, with its error."""

    data: str
    draws: str
    entropy: float
    nll: float
    gap: float
    gap_error: float
    seconds: float


def row(name: str, draws: str, num_iterations: int = 2000, seed: int = 0, device: str | torch.device = "cpu") -> Row:
    """Train one energy on the toy density `name` with 'exact' or 'persistent' draws; judge it on 20 000 fresh points."""
    require(draws in ("exact", "persistent"), "draws to be 'exact' or 'persistent'", draws, "choose one of the two")
    generator = make_generator(seed, device)
    target = load_target(name, device=device)
    low, high = target.sample(10_000, generator).aminmax(dim=0)
    around = lambda margin, points: Grid((low - margin).tolist(), (high + margin).tolist(), points, device=device)
    energy = MLPEnergy(dim=2, width=64, depth=3, confinement=2.0, generator=generator, device=device)
    if draws == "exact":
        draw, learning_rate = exact_draws(around(1.5, 64)), 1e-2
    else:
        start_at = 2 * torch.randn(512, 2, generator=generator, device=device)
        draw, learning_rate = persistent_draws(start_at, MALA(STEP_SIZE[name]), num_steps=20), 6e-3
    start = time.perf_counter()
    train(energy, target.sample, draw, num_iterations, learning_rate=learning_rate, generator=generator)
    seconds = time.perf_counter() - start
    with torch.no_grad():
        log_z = around(4.0, 500).log_z(lambda x: -energy(x))
        x = target.sample(20_000, generator)
        log_p = (-energy(x) - log_z).double()
        difference = target.log_prob(x).double() - log_p
    return Row(name, draws, target.entropy, -float(log_p.mean()), float(difference.mean()),
               float(difference.std() / len(x) ** 0.5), seconds)


def table(short: bool = False, seed: int = 0, device: str | torch.device = "cpu") -> list[Row]:
    """All rows of the lecture's table; `short` trains a twentieth as long, to see that everything runs."""
    return [row(name, draws, 100 if short else 2000, seed, device) for name in TARGETS_2D for draws in ("exact", "persistent")]
