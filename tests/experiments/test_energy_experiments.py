"""The functions behind the lecture's numbers, run short: every row is finite, better than its start, and never below the floor."""

import math

import pytest
import torch

from course_lib.experiments.energy_based_models import Row, row, table
from course_lib.experiments.energy_failures import failures
from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.targets import TARGETS_2D, Grid, TwoMoons


def gaussian_nll(name):
    """NLL of the best Gaussian (its covariance is the data's): what a trained energy must beat."""
    x = TARGETS_2D[name]().sample(20_000, make_generator(5)).double()
    return math.log(2 * math.pi * math.e) + 0.5 * float(torch.logdet(torch.cov(x.T)))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return table(short=True)


def test_there_is_a_row_for_every_toy_and_both_kinds_of_draws(rows):
    assert [(r.data, r.draws) for r in rows] == [(n, d) for n in TARGETS_2D for d in ("exact", "persistent")]


def test_no_model_beats_the_truth(rows):
    """sum of log p_model - log p_data > 13.8 has probability <= 1e-6 for any normalised model, at any n (here 20 000)."""
    for r in rows:
        assert math.isfinite(r.gap) and -r.gap * 20_000 < 13.8, r


def test_with_exact_draws_a_hundred_steps_beat_a_gaussian(rows):
    """Over 20 seeds the smallest margins were 0.32 (moons), 0.99 (eight Gaussians) and 0.075 nats (rings)."""
    for r in rows:
        if r.draws == "exact" and r.data != "checkerboard":  # a checkerboard's squares take longer than a hundred steps
            assert r.nll < gaussian_nll(r.data), r


def test_a_longer_training_comes_close_to_the_entropy():
    """After 500 steps the gaps of ten seeds lie between 0.06 and 0.152 nats; an untrained energy's is above 1."""
    result = row("moons", "exact", num_iterations=500)
    assert result.gap < 0.25, result


def test_unknown_kinds_of_draws_are_one_sentence():
    with pytest.raises(InputError, match="'exact' or 'persistent'"):
        row("moons", "wrong")


def test_each_failure_is_a_failure():
    """Every one of the five ends far above the 1.01 nats of the truth, by quadrature: the gallery shows what it says.

    Over six seeds the best of the five reached 2.5 nats; the mean log-density of the short chains' draws lay in [-3.3, -2.6].
    """
    moons, grid = TwoMoons(), Grid((-6.0, -6.0), (7.0, 6.5), 300)
    x = moons.sample(5000, make_generator(1))
    results = failures(moons.sample, make_generator(0))
    assert len(results) == 5
    for name, failure in results.items():
        with torch.no_grad():
            nll = float(failure.energy(x).mean() + grid.log_z(lambda x: -failure.energy(x)))
        assert nll > 2.0 or math.isnan(nll), (name, nll)
    near = results["short chains from noise"].x_model
    assert float(moons.log_prob(near).mean()) > -4, "its negatives look like data although its density does not"
