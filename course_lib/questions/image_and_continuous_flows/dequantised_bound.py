"""Question 1: a lower bound on the log-probability of whole numbers from a density: dequantisation."""

import math

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import NUMPY, distinct, normal, uniform_array
from course_lib.questions.image_and_continuous_flows.exact import density, double, draw_density, repeated, unchanged

SETTINGS = (("float32", 17), ("float64", 5), ("float64", 64), ("float32", 9))


def cases(generator: torch.Generator) -> list[Case]:
    """Several draws of noise for each image; n, dim and the number of draws differ. log_q is zero except in "variational"."""
    drawn = []
    for part in ("uniform", "scaled", "variational"):
        for dtype, num_levels in SETTINGS:
            n, dim, draws = draw_sizes(num_levels, generator)
            drawn.append(draw_case(part, dtype, num_levels, n, dim, draws, generator))
    drawn.append(draw_case("scaled", "float64", 17, 4, 3, 1, generator))  # beside the generic cases: one draw, one image
    drawn.append(draw_case("variational", "float32", 17, 1, 3, 4, generator))
    return drawn


def draw_sizes(num_levels: int, generator: torch.Generator) -> list[int]:
    """(n, dim, draws): n and dim differ by more than 1, and 6 · log 17 = 16.998 is not taken for the number 17."""
    while True:
        n, dim, draws = distinct(3, 7, 3, generator)
        if abs(n - dim) > 1 and (num_levels, dim) != (17, 6):
            return [n, dim, draws]


def draw_case(part: str, dtype: str, num_levels: int, n: int, dim: int, draws: int, generator: torch.Generator) -> Case:
    levels = torch.randint(num_levels, (n, dim), generator=generator).numpy().astype(NUMPY[dtype])
    log_q = normal((draws, n), generator, dtype, scale=1.2)
    return Case(part, {
        "part": part, "density": draw_density(dim, generator, dtype, middle=0.5, spread=0.35), "levels": levels,
        "noise": uniform_array(0, 1, (draws, n, dim), generator, dtype) * NUMPY[dtype](0.999),
        "log_q": log_q if part == "variational" else 0 * log_q, "num_levels": num_levels})


def log_mean_exp(a: np.ndarray) -> np.ndarray:
    """log of the mean of exp over the first axis."""
    top = a.max(0)
    return np.log(np.exp(a - top).mean(0)) + top


def place_guesses(inputs: Inputs, constant: float) -> list[Guess]:
    """The model asked in the wrong place."""
    (levels, noise, log_q), k = double(inputs, "levels", "noise", "log_q"), inputs["num_levels"]
    outside = "y must lie in [0, 1]: divide the sum (levels + noise) by num_levels"
    rest = f"y = (levels + noise)/num_levels: with {k} levels the cells have the width 1/{k}, not 1/{k - 1}"
    places = [
        (f"{outside}; here nothing was divided", levels + noise),
        (f"{outside}; here only the levels were divided", levels / k + noise),
        (rest, (levels + noise) / (k - 1)), (rest, levels / (k - 1) + noise / k), (rest, levels / (k - 1) + noise / (k - 1)),
        ("the noise has half the width: it must fill the whole cell, up to the next level", (levels + noise / 2) / k),
        ("the noise is centred, but the cell of a level begins at the level", (levels + noise - 0.5) / k),
        ("the noise is subtracted, but the cell of a level begins at the level", (levels - noise) / k),
        ("the noise is missing: the model is asked at the levels themselves", (levels + 0 * noise) / k),
        ("the noise is missing: the model is asked at the levels themselves", levels / (k - 1) + 0 * noise),
        ("the noise is missing: the model is asked at the middle of the cell", (levels + 0.5 + 0 * noise) / k),
        ("the noise is averaged over the draws before the model sees it: average the log-probabilities",
         (levels + noise.mean(0, keepdims=True) + 0 * noise) / k),
        ("all images get the noise of the first: each has its own", (levels + noise[:, :1]) / k),
    ]
    guesses = [Guess(message, (density(inputs["density"], y) - log_q).mean(0) - constant) for message, y in places]
    return guesses + [Guess(f"{message}. The constant dim · log(num_levels) is missing as well",
                            (density(inputs["density"], y) - log_q).mean(0)) for message, y in places]


def term_guesses(inputs: Inputs, log_p: np.ndarray, log_q: np.ndarray, constant: float) -> list[Guess]:
    """The right places, and the terms put together wrongly."""
    k, bound = inputs["num_levels"], (log_p - log_q).mean(0) - constant
    weighted = ("the logarithm of the mean of exp is a bound too, and a tighter one, but not the one asked for: "
                "take the plain mean over the draws")
    guesses = [
        Guess("dim · log(num_levels) is missing: the density of y is not the one of levels + noise", bound + constant),
        Guess("dim · log(num_levels) has the wrong sign: the density of levels + noise is the lower one, so subtract",
              bound + 2 * constant),
        Guess("log(num_levels) is subtracted once, but each of the dim coordinates is squeezed",
              bound + constant - math.log(k)),
        Guess("log(num_levels) is added once; each of the dim coordinates subtracts one", bound + constant + math.log(k)),
        Guess("dim · log(num_levels) is subtracted twice", bound - constant),
        Guess("n · log(num_levels) is subtracted: count the coordinates of a row, not the rows",
              bound + constant - len(bound) * math.log(k)),
        Guess("the constant is dim · log(num_levels), not of num_levels − 1",
              bound + constant * (1 - math.log(k - 1) / math.log(k))),
        Guess("the constant is dim · log(num_levels): its logarithm is missing", bound + constant * (1 - k / math.log(k))),
        Guess("the constant is in bits, the rest in nats: use the natural logarithm", bound + constant * (1 - 1 / math.log(2))),
        Guess(weighted, log_mean_exp(log_p - log_q) - constant),
        Guess(weighted + ". The constant dim · log(num_levels) is missing as well", log_mean_exp(log_p - log_q)),
        Guess(weighted, log_mean_exp(log_p) - log_q.mean(0) - constant),
        Guess("the log of the sum of exp over the draws is no bound: divide by their number, or better take the plain mean",
              log_mean_exp(log_p - log_q) + math.log(len(log_p)) - constant),
        Guess("the draws are summed, not averaged", (log_p - log_q).sum(0) - constant),
        Guess("the draws are summed, not averaged", len(log_p) * bound),
        Guess("the draws and the rows are mixed up: reshape to (draws, n), the order in which they were flattened",
              (log_p.reshape(log_p.shape[::-1]) - log_q.T).mean(1) - constant),
        Guess("the draws and the rows are mixed up: reshape to (draws, n), the order in which they were flattened",
              (log_p - log_q).reshape(log_p.shape[::-1]).mean(1) - constant),
        Guess("the draws are weighted with q, but they are drawn from q already: take the plain mean",
              (np.exp(log_q) * (log_p - log_q)).sum(0) / np.exp(log_q).sum(0) - constant),
        Guess("only the best draw is used: that is no lower bound", (log_p - log_q).max(0) - constant),
        Guess("only the first draw is used", (log_p - log_q)[0] - constant),
        Guess("only the last draw is used", (log_p - log_q)[-1] - constant),
        Guess("this is in bits per dimension: return nats", -bound / (len(inputs["levels"][0]) * math.log(2))),
        Guess("it is divided by dim: return nats for the whole image", bound / len(inputs["levels"][0])),
        Guess("it is averaged over the images as well: one number for each image", bound.mean() + 0 * bound),
    ]
    for message, value in (("log_q is added, but it must be subtracted: noise that q likes earns nothing", -log_q),
                           ("log_q is missing", 0 * log_q), ("log_q is divided by num_levels", log_q / k),
                           ("q is subtracted, not its logarithm", np.exp(log_q)),
                           ("log_q is summed over the draws, not averaged", len(log_q) * log_q.mean(0) + 0 * log_q),
                           ("log_q is averaged over the images too", log_q.mean() + 0 * log_q)):
        guesses += [Guess(message, (log_p - value).mean(0) - constant),
                    Guess(f"{message}. The constant dim · log(num_levels) is missing as well", (log_p - value).mean(0))]
    return guesses


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """mean over draws of log p(y) − log q, minus dim log K. Part "uniform" forgives a constant common to all images."""
    (levels, noise, log_q), k = double(inputs, "levels", "noise", "log_q"), inputs["num_levels"]
    if verdict := repeated(outputs, "bound"):
        return verdict
    constant, came = levels.shape[1] * math.log(k), outputs["bound"].astype(np.float64)
    log_p = density(inputs["density"], (levels + noise) / k)
    expected = (log_p - log_q).mean(0) - constant
    guesses = term_guesses(inputs, log_p, log_q, constant) + place_guesses(inputs, constant)
    scale = float(max(np.abs(log_p).max(), np.abs(log_q).max(), 1.0))
    factors = {"num_levels": float(k), "dim": float(levels.shape[1]), "the number of draws": float(len(noise))}
    if inputs["part"] == "uniform" and came.shape == expected.shape and np.isfinite(came).all():
        if np.ptp(came) > 1e-9 * scale:  # a constant answer is not right up to a constant
            centred = compare(came - came.mean(), expected - expected.mean(), "the bound", scale=scale)
            if centred.passed:
                return unchanged(inputs, outputs, "levels", "noise", "log_q")
    return compare(came, expected, "the bound", guesses, scale=max(scale, constant), factors=factors)


DEQUANTISED_BOUND = Question(
    topic="11b_image_and_continuous_flows", title="Whole numbers under a density", difficulty=3, minutes=20,
    contract=Contract(
        name="dequantised_bound", signature="dequantised_bound(log_prob, levels, noise, log_q, num_levels)",
        arguments={"log_prob": "callable (m, dim) -> (m,): log-density of the model in y = (levels + noise)/num_levels",
                   "levels": "float tensor (n, dim): whole numbers 0 … num_levels − 1",
                   "noise": "float tensor (draws, n, dim): numbers in [0, 1)",
                   "log_q": "float tensor (draws, n): log-density of the noise given the levels; zeros for uniform noise",
                   "num_levels": "int ≥ 2"},
        returns="float tensor (n,): for each row of levels the mean over the draws of the lower bound on log P(levels), in nats"),
    parts={"uniform": 1, "scaled": 1, "variational": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.image_and_continuous_flows:dequantised_bound")
