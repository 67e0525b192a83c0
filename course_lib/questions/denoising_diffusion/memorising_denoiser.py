"""Question 9: the best denoiser of a finite training set, E[x_0 | x_t] when x_0 is one of m points."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion.drawing import DTYPES
from course_lib.questions.denoising_diffusion.exact import memorising, noised, softmax
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import NUMPY, distinct, normal, sign, uniform


def cases(generator: torch.Generator) -> list[Case]:
    """Part "mean": several data compete for each row. Part "stable": every exp(...) is 0 in floating point."""
    drawn = []
    for part in ("mean", "stable"):
        shapes = [(*distinct(3, 7, 3, generator), dtype) for dtype in DTYPES]
        thin = [(1, 4, 5, "float64"), (4, 1, 5, "float64")] if part == "mean" else []  # a squeeze shows only there
        for i, (n, dim, m, dtype) in enumerate(shapes + thin):
            m += 4
            data = normal((m, dim), generator, scale=0.9) + 0.5
            if part == "mean":
                bar = uniform(0.15, 0.5, generator)
                x_t = noised(data[:n], np.full(n, bar), normal((n, dim), generator))
            else:
                x_t, bar = (far_away if i < 2 else hardly_any_noise)(data, n, generator)
            drawn.append(Case(part, {"part": part, "alpha_bar": np.array(bar, dtype=dtype), "data": data.astype(NUMPY[dtype]),
                                     "x_t": x_t.astype(NUMPY[dtype])}))
    return drawn


def far_away(data: np.ndarray, n: int, generator: torch.Generator) -> tuple[np.ndarray, float]:
    """Rows of x_t far from all data along the first axis, where the data agree: changes `data`. Returns (x_t, ᾱ)."""
    bar = uniform(0.6, 0.8, generator)
    data[:, 0] = uniform(-1, 1, generator)
    x_t = np.sqrt(bar) * data[:n] + 0.6 * normal((n, data.shape[1]), generator)
    x_t[:, 0] += sign(generator) * np.sqrt(2 * (1 - bar) * uniform(1500, 2500, generator))
    return x_t, bar


def hardly_any_noise(data: np.ndarray, n: int, generator: torch.Generator) -> tuple[np.ndarray, float]:
    """Rows of x_t a quarter of the way from a datum to its neighbour, and so little noise that even this is far.

    Changes the first axis of `data`, so that no two are close.
    """
    data[:, 0] = 0.6 * torch.randperm(len(data), generator=generator).numpy() - 0.3 * len(data)
    distances = np.linalg.norm(data[:, None] - data, axis=-1) + 1e3 * np.eye(len(data))
    nearest = distances.min()
    bar = 1 - nearest**2 / 32 / uniform(1500, 2500, generator)
    way = normal((n, data.shape[1]), generator)
    return np.sqrt(bar) * data[:n] + nearest / 4 * way / np.linalg.norm(way, axis=1, keepdims=True), bar


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Softmax of −|x_t − √ᾱ x_i|²/(2(1 − ᾱ)) over the data, times the data."""
    x_t, data, bar = inputs["x_t"].astype(np.float64), inputs["data"].astype(np.float64), float(inputs["alpha_bar"])
    expected, exponents = memorising(x_t, bar, data)
    squares = -2 * (1 - bar) * exponents
    unscaled = ((x_t[:, None, :] - data) ** 2).sum(-1)
    p, unsigned = softmax(exponents), np.exp(exponents)

    def mean(a: np.ndarray) -> np.ndarray:
        return softmax(a) @ data

    level, largest = np.sqrt(1 - bar), float(-exponents.max())
    note = (f"the exponents here lie below {-largest:.0f}, where exp gives 0; take the largest of each row out first, "
            "or use softmax" if largest > 500 else "")
    guesses = [
        Guess("the data are not scaled: x_t lies around √ᾱ x_i, not around x_i", mean(-unscaled / (2 * (1 - bar)))),
        Guess("the data are scaled with ᾱ, but it should be √ᾱ",
              mean(-((x_t[:, None] - bar * data) ** 2).sum(-1) / (2 * (1 - bar)))),
        Guess("x_t is multiplied by √ᾱ: the data are what is scaled",
              mean(-((np.sqrt(bar) * x_t[:, None] - data) ** 2).sum(-1) / (2 * (1 - bar)))),
        Guess("x_t is divided by √ᾱ, but the noise is not: its variance is (1 − ᾱ)/ᾱ then", mean(exponents / bar)),
        Guess("the factor 1/2 is missing in the exponent", mean(2 * exponents)),
        Guess("the factor 1/2 is there twice in the exponent", mean(exponents / 2)),
        Guess("the standard deviation √(1 − ᾱ) stands in the exponent, it should be the variance 1 − ᾱ", mean(exponents * level)),
        Guess("(1 − ᾱ)² stands in the exponent, it should be 1 − ᾱ", mean(exponents / level**2)),
        Guess("the variance 1 − ᾱ is missing in the exponent", mean(-squares / 2)),
        Guess("the variance 1 − ᾱ is missing in the exponent", mean(-squares)),
        Guess("the variance is 1 − ᾱ, not ᾱ", mean(-squares / (2 * bar))),
        Guess("the exponent is multiplied by 1 − ᾱ, but it should be divided", mean(exponents * level**4)),
        Guess("the distance in the exponent is not squared", mean(-np.sqrt(squares) / (2 * (1 - bar)))),
        Guess("the exponent has the wrong sign: data far away count most", mean(-exponents)),
        Guess("only the nearest datum is taken; the mean over all was asked", data[exponents.argmax(1)]),
        Guess(f"all data have the same weight{': ' if note else ''}{note}", np.tile(data.mean(0), (len(x_t), 1))),
        Guess("the weights add up to 1 over the rows of x_t, it should be over the data", softmax(exponents, 0) @ data),
        Guess("the weighted mean is scaled with √ᾱ; x_0 was asked, not √ᾱ x_0", np.sqrt(bar) * expected),
        Guess("the weighted mean is divided by √ᾱ; the data are not scaled in it", expected / np.sqrt(bar)),
        Guess("this is the predicted noise; x_0 was asked", (x_t - np.sqrt(bar) * expected) / level),
        Guess("this is the score; x_0 was asked", (np.sqrt(bar) * expected - x_t) / level**2),
        Guess("x_t itself came back", x_t), Guess("this is x_t/√ᾱ: the data are not used", x_t / np.sqrt(bar)),
        Guess("these are the weights: their mean of the data was asked", p),
        Guess("each coordinate has weights of its own: add up the squares of a row's coordinates first",
              (softmax(-((x_t[:, None] - np.sqrt(bar) * data) ** 2) / (2 * (1 - bar)), 1) * data).sum(1)),
        Guess("the squared distance is averaged over the coordinates, it should be their sum", mean(exponents / x_t.shape[1])),
        Guess("all rows have the same result: each row of x_t has its own weights", np.tile(expected.mean(0), (len(x_t), 1))),
    ]
    if not note:  # where exp gives 0, these are all 0
        guesses += [
            Guess("the weights do not add up to 1: divide by their sum over the data", unsigned @ data),
            Guess("the weights are averaged over the data, they should add up to 1", unsigned @ data / len(data)),
            Guess("the weights are normalised over rows and data together, each row needs its own",
                  unsigned / unsigned.sum() @ data)]
    tolerance = 3e-5 + 1.5e-6 * largest  # float32 rounds exponents of −2000 to ±1e-4, their parts a few times worse
    scale, came = float(np.abs(data).max()), outputs["x_0"].astype(np.float64)
    lost = came.shape == expected.shape and any(close(row, other, scale) for row in came for other in (0 * row, data.mean(0)))
    if note:  # where one or two data have all the weight, mistakes look alike: name one only if no other explains the result
        fitting = {g.message for g in guesses if close(came, g.value, max(scale, np.abs(g.value).max()), 10 * tolerance)}
        guesses = [g for g in guesses if {g.message} == fitting]
    return compare(came, expected, "the mean of x_0", guesses, scale=scale, tolerance=tolerance,
                   nonfinite=note, hint=note if lost else "")


MEMORISING_DENOISER = Question(
    topic="12_denoising_diffusion", title="The denoiser that remembers", difficulty=3, minutes=20,
    contract=Contract(
        name="memorising_denoiser", signature="memorising_denoiser(x_t, alpha_bar, data)",
        arguments={"x_t": "float tensor (n, dim): noisy points",
                   "alpha_bar": "float tensor (): ᾱ_t, between 0 and 1, the same for all rows",
                   "data": "float tensor (m, dim): the training set; before any x_t is seen, each is as likely"},
        returns="float tensor (n, dim): E[x_0 | x_t] of each row"),
    parts={"mean": 2, "stable": 1}, cases=cases, judge=keeping_arguments(judge, "stable"),
    probe="course_lib.questions.probes.denoising_diffusion:memorising_denoiser")
