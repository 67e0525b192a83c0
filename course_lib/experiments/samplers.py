"""Kernel against target: is the answer right, and what does it cost?

Every kernel is warmed up where it can be, then run from the same overdispersed start, 64 chains. A row states the largest bias
of a mean or a variance in its standard errors (against an exact value or a stored reference), the worst R-hat, and the smallest
bulk ESS of x and x^2 per gradient (for random walks: per evaluation of log_prob).
"""

import time
from typing import Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.diagnostics import ess_bulk, rhat
from course_lib.inputs import describe, require
from course_lib.randomness import make_generator
from course_lib.samplers import (HMC, MALA, NUTS, Kernel, ParallelTempering, RandomWalkMetropolis, UnadjustedLangevin, sample,
                                 warm_up)
from course_lib.targets import Banana, EightSchools, Funnel, Gaussian, eight_gaussians, load_reference, logistic_regression

CHAINS = 64
F64 = dict(dtype=torch.float64)


class Problem(NamedTuple):
    """A density, its exact means and variances with their standard errors (0: exact), and the scale of the start."""

    log_prob: Callable[[Tensor], Tensor]
    mean: Tensor
    variance: Tensor
    mean_error: Tensor
    variance_error: Tensor
    scale: float


class Row(NamedTuple):
    """bias: the largest |estimate - truth| over means and variances, in standard errors; NaN if a chain left for infinity."""

    target: str
    kernel: str
    bias: float
    rhat: float
    ess_per_gradient: float
    divergences: int
    seconds: float


def exact(target, mean: Tensor, variance: Tensor, scale: float) -> Problem:
    nothing = torch.zeros_like(mean)
    return Problem(target.log_prob, mean, variance, nothing, nothing, scale)


def gaussian() -> Problem:
    """Ten dimensions, standard deviations from 1 to 5, neighbouring coordinates correlated by 0.5."""
    sd = torch.linspace(1, 5, 10, **F64)
    distance = (torch.arange(10)[:, None] - torch.arange(10)).abs()
    covariance = sd[:, None] * sd * 0.5**distance.double()
    return exact(Gaussian(torch.ones(10, **F64), covariance, **F64), torch.ones(10, **F64), sd**2, 5.0)


def posterior(name: str, log_prob: Callable[[Tensor], Tensor], scale: float) -> Problem:
    found = load_reference(name)
    return Problem(log_prob, found.mean, found.variance, found.mean_error, found.variance_error, scale)


def problems() -> dict[str, Callable[[], Problem]]:
    """Targets of which the means and variances are known."""
    ring, funnel, banana = eight_gaussians(**F64), Funnel(sd=1.0, **F64), Banana(**F64)
    return {
        "Gaussian, 10-D": gaussian,
        "banana": lambda: exact(banana, banana.mean, banana.variance, 10.0),
        "funnel, sd 1": lambda: exact(funnel, funnel.mean, funnel.variance, 2.0),
        "eight Gaussians": lambda: exact(ring, ring.mean, ring.covariance.diagonal(), 3.0),
        "eight schools": lambda: posterior("eight_schools_posteriordb", EightSchools("posteriordb", **F64).log_prob, 1.0),
        "German credit": lambda: posterior("logistic_regression_german_credit",
                                           logistic_regression("german_credit", **F64).log_prob, 0.5),
    }


class Recipe(NamedTuple):
    """A kernel before warm-up; what warm_up may adapt besides the step size (None: no adaptation); what is built around it."""

    make: Callable[[], Kernel]
    adapted: dict | None
    around: Callable[[Kernel], Kernel] | None = None


def kernels() -> dict[str, Recipe]:
    """The kernels of the table, by name."""
    ladder = [1.0, 0.5, 0.25, 0.12, 0.06]
    return {
        "random walk": Recipe(lambda: RandomWalkMetropolis(0.5), {}),
        "ULA, step 0.05": Recipe(lambda: UnadjustedLangevin(0.05), None),
        "MALA": Recipe(lambda: MALA(0.1), {}),
        "HMC, ChEES": Recipe(lambda: HMC(0.2, 8, jitter=0.4), {"trajectory": "chees"}),
        "HMC, ChEES, dense mass": Recipe(lambda: HMC(0.2, 8, jitter=0.4), {"trajectory": "chees", "mass_matrix": "dense"}),
        "NUTS, dense mass": Recipe(lambda: NUTS(0.2), {"mass_matrix": "dense"}),
        "tempering, MALA": Recipe(lambda: MALA(0.1), {}, lambda kernel: ParallelTempering(kernel, ladder)),
    }


class CountedGradients:
    """A density that counts on how many points it was asked."""

    def __init__(self, log_prob: Callable[[Tensor], Tensor]):
        self.log_prob, self.points = log_prob, 0

    def __call__(self, x: Tensor) -> Tensor:
        self.points += x.shape[0]
        return self.log_prob(x)


def row(target: str, kernel: str, num_draws: int = 2000, seed: int = 0) -> Row:
    """One cell of the table: half as many steps of warm-up as draws, then num_draws steps of 64 chains."""
    require(target in problems(), "the name of a target", describe(target), f"the known ones are {', '.join(problems())}")
    require(kernel in kernels(), "the name of a kernel", describe(kernel), f"the known ones are {', '.join(kernels())}")
    problem, recipe = problems()[target](), kernels()[kernel]
    generator = make_generator(seed)
    x = problem.scale * torch.randn(CHAINS, len(problem.mean), generator=generator, **F64)
    start, moving, discarded = time.perf_counter(), recipe.make(), 0
    if recipe.adapted is not None:
        warm = warm_up(moving, problem.log_prob, x, num_draws // 2, generator=generator, **recipe.adapted)
        moving, x = warm.kernel, warm.state.position
    if recipe.around is not None:
        moving = recipe.around(moving)
    if recipe.around is not None or recipe.adapted is None:
        discarded = num_draws // 2
    counted = CountedGradients(problem.log_prob)
    run = sample(moving, counted, x, num_draws, warmup=discarded, generator=generator)
    seconds = time.perf_counter() - start
    gradients = counted.points * num_draws / (num_draws + discarded)
    divergences = 0 if run.divergences is None else int(run.divergences.sum())
    if bool(run.diverged.any()):
        return Row(target, kernel, float("nan"), float("nan"), float("nan"), divergences, seconds)
    both = torch.cat([run.positions, (run.positions - problem.mean) ** 2], 2)
    truth = torch.cat([problem.mean, problem.variance])
    reference_error = torch.cat([problem.mean_error, problem.variance_error])
    mcse = both.mean(0).std(0) / CHAINS**0.5  # between independent chains: honest whatever happens within them
    bias = ((both.mean((0, 1)) - truth).abs() / (mcse**2 + reference_error**2).sqrt()).max()
    return Row(target, kernel, float(bias), float(rhat(both).max()), float(ess_bulk(both).min() / gradients), divergences, seconds)


def table(short: bool = False, seed: int = 0) -> list[Row]:
    """Every kernel on every target; `short` draws a tenth."""
    return [row(target, kernel, 200 if short else 2000, seed) for target in problems() for kernel in kernels()]
