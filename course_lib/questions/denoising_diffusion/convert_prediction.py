"""Question 4: one prediction in three forms: ε, x_0 or v, and the score."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_points
from course_lib.questions.denoising_diffusion.exact import predicted_data
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct, normal, uniform_array

PARTS = {"x_0": 1, "v": 1, "score": 1}


def cases(generator: torch.Generator) -> list[Case]:
    """ᾱ differs from row to row and is away from 0, 1/2 and 1."""
    drawn = []
    for part in PARTS:
        shapes = [distinct(3, 7, 2, generator) for _ in DTYPES]
        for (n, dim), dtype in zip([*shapes, (4, 4), (1, 3), (3, 1)], [*DTYPES, *["float64"] * 3]):
            bar = uniform_array(0.08, 0.4, (n,), generator, dtype)
            bar[::2] = 1 - bar[::2]
            drawn.append(Case(part, {"part": part, "x_t": draw_points((n, dim), generator, dtype),
                                     "eps": normal((n, dim), generator, dtype), "alpha_bar": bar}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Each part looks at one of the three."""
    x_t, eps, bar = (inputs[name].astype(np.float64) for name in ("x_t", "eps", "alpha_bar"))
    signal, level = np.sqrt(bar)[:, None], np.sqrt(1 - bar)[:, None]
    x_0 = predicted_data(x_t, eps, bar)
    right = {"x_0": x_0, "v": signal * eps - level * x_0, "score": -eps / level}
    part = inputs["part"]
    guesses = {"x_0": wrong_data, "v": wrong_velocity, "score": wrong_score}[part](x_t, eps, x_0, signal, level)
    if part == "v":
        own = outputs["x_0"].astype(np.float64)
        if own.shape == x_0.shape:
            guesses.append(Guess("the formula is right for the x_0 you return, but that one is not right",
                                 signal * eps - level * own))
    guesses += [Guess(f"this is {other}: return (x_0, v, score) in this order", value)
                for other, value in right.items() if other != part]
    if len(x_t) > 1:
        one_data = predicted_data(x_t, eps, bar[:1])
        guesses.append(Guess("all rows share the first ᾱ, but each row has its own", {
            "x_0": one_data, "v": signal[0] * eps - level[0] * one_data, "score": -eps / level[0]}[part]))
    if len(x_t) == x_t.shape[1]:
        turned = predicted_data(x_t.T, eps.T, bar).T
        across = {"x_0": turned, "v": signal.T * eps - level.T * turned, "score": -eps / level.T}[part]
        guesses.append(Guess("ᾱ runs along the coordinates, but each row has its own: give it the shape (n, 1)", across))
    return compare(outputs[part], right[part], part, guesses, scale=float((np.abs(x_t) + np.abs(eps)).max() / signal.min()),
                   tolerance=1e-5)


def wrong_data(x_t: np.ndarray, eps: np.ndarray, x_0: np.ndarray, signal: np.ndarray, level: np.ndarray) -> list[Guess]:
    """Misconceptions about x_0."""
    return [
        Guess("the division by √ᾱ is missing", x_0 * signal), Guess("it is divided by ᾱ, but it should be √ᾱ", x_0 / signal),
        Guess("it is multiplied by √ᾱ, but it should be divided", x_0 * signal**2),
        Guess("it is divided by √(1 − ᾱ), but it should be √ᾱ", x_0 * signal / level),
        Guess("the noise is taken off with 1 − ᾱ, but it should be √(1 − ᾱ)", (x_t - level**2 * eps) / signal),
        Guess("the roots are missing: √(1 − ᾱ) and √ᾱ", (x_t - level**2 * eps) / signal**2),
        Guess("the noise is taken off unscaled: it should be √(1 − ᾱ) ε", (x_t - eps) / signal),
        Guess("the noise is added, but it should be taken off", (x_t + level * eps) / signal),
        Guess("the roles of √ᾱ and √(1 − ᾱ) are exchanged", (x_t - signal * eps) / level),
        Guess("only the noise is divided by √ᾱ: x_t must be divided too", x_t - level * eps / signal),
        Guess("only x_t is divided by √ᾱ: the noise must be divided too", x_t / signal - level * eps),
        Guess("the noise is not taken off", x_t / signal),
        Guess("x_t is noised once more, but x_0 was asked", signal * x_t + level * eps),
        Guess("eps is read as v: this is √ᾱ x_t − √(1 − ᾱ) v", signal * x_t - level * eps),
    ]


def wrong_velocity(x_t: np.ndarray, eps: np.ndarray, x_0: np.ndarray, signal: np.ndarray, level: np.ndarray) -> list[Guess]:
    """Misconceptions about v."""
    return [
        Guess("the factors are exchanged: √ᾱ belongs to ε and √(1 − ᾱ) to x_0", level * eps - signal * x_0),
        Guess("x_0 and ε are exchanged: v = √ᾱ ε − √(1 − ᾱ) x_0", signal * x_0 - level * eps),
        Guess("this is x_t itself: v has a minus and the factors the other way round", signal * x_0 + level * eps),
        Guess("the terms are added, v is a difference", signal * eps + level * x_0),
        Guess("x_t stands in the place of x_0", signal * eps - level * x_t),
        Guess("the factors need the root: √ᾱ and √(1 − ᾱ)", signal**2 * eps - level**2 * x_0),
        Guess("the x_0 term is missing", signal * eps), Guess("the ε term is missing", -level * x_0),
        Guess("this is ε − x_0, the velocity of a straight path; here v = √ᾱ ε − √(1 − ᾱ) x_0", eps - x_0),
        Guess("the x_0 inside is taken without its division by √ᾱ", signal * eps - level * x_0 * signal),
    ]


def wrong_score(x_t: np.ndarray, eps: np.ndarray, x_0: np.ndarray, signal: np.ndarray, level: np.ndarray) -> list[Guess]:
    """Misconceptions about the score."""
    return [
        Guess("the sign is flipped: the score points back to the data, against the noise", eps / level),
        Guess("it is −ε/(1 − ᾱ), but it should be −ε/√(1 − ᾱ)", -eps / level**2),
        Guess("it is 0. If autograd says so: x_0 moved along with x_t, but the score holds x_0 fixed (detach it)", 0 * eps),
        Guess("it is not divided by √(1 − ᾱ)", -eps),
        Guess("it is multiplied by √(1 − ᾱ), but it should be divided", -eps * level),
        Guess("it is divided by √ᾱ, but it should be √(1 − ᾱ)", -eps / signal),
        Guess("this is −x_t/(1 − ᾱ): the mean √ᾱ x_0 must be taken off x_t", -x_t / level**2),
        Guess("this is (x_0 − x_t)/(1 − ᾱ): x_t lies around √ᾱ x_0, not around x_0", (x_0 - x_t) / level**2),
        Guess("this is −x_t: the score of pure noise", -x_t),
        Guess("this is −x_t/√(1 − ᾱ): ε should stand there", -x_t / level),
        Guess("the standard deviation stands where the variance belongs: −(x_t − √ᾱ x_0)/(1 − ᾱ)", -eps * level / level**3),
    ]


CONVERT_PREDICTION = Question(
    topic="12_denoising_diffusion", title="One prediction, three languages", difficulty=2, minutes=12,
    contract=Contract(
        name="convert_prediction", signature="convert_prediction(x_t, eps, alpha_bar)",
        arguments={"x_t": "float tensor (n, dim): noisy points",
                   "eps": "float tensor (n, dim): the noise in them, as a model predicts it",
                   "alpha_bar": "float tensor (n,): ᾱ of each row, between 0 and 1"},
        returns="tuple (x_0, v, score), each (n, dim)"),
    parts=PARTS, cases=cases, judge=keeping_arguments(judge, "score"),
    probe="course_lib.questions.probes.denoising_diffusion:convert_prediction")
