"""Question 2: the step back when x_0 is known, q(x_{t−1} | x_t, x_0)."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion import exact
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_betas, draw_points, inner_time
from course_lib.questions.denoising_diffusion.exact import Schedule, schedule, wrong_schedules
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct


def cases(generator: torch.Generator) -> list[Case]:
    """One t of 3 ... T − 1, then T; for "first step" also t = 1."""
    drawn = []
    for part in ("mean", "variance", "first step"):
        for i, dtype in enumerate((*DTYPES, *["float64"] * 3)):
            n, dim = distinct(3, 7, 2, generator) if i < 5 else ((1, 4), (4, 1))[i - 5]  # a squeeze shows only there
            betas = draw_betas(generator, dtype)
            t = len(betas) if i == 4 else inner_time(betas, generator, 3)
            drawn.append(Case(part, {"part": part, "times": [1, t] if part == "first step" else [t], "betas": betas,
                                     "x_t": draw_points((n, dim), generator, dtype),
                                     "x_0": draw_points((n, dim), generator, dtype)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Part "first step" looks at t = 1 and counts once the mean or the variance is right at a later t."""
    times = inputs["times"]
    found = [(judge_mean(inputs, t, outputs[f"mean_{i}"], outputs[f"variance_{i}"]),
              judge_variance(inputs, t, outputs[f"variance_{i}"], outputs[f"mean_{i}"])) for i, t in enumerate(times)]
    if inputs["part"] != "first step":
        return found[0][inputs["part"] == "variance"]
    failed = [verdict for verdict in found[0] if not verdict.passed]
    if failed:
        return Verdict(False, f"at t = 1 {failed[0].message}")
    if not any(verdict.passed for verdict in found[1]):
        return Verdict(False, "t = 1 is right, which counts once the mean or the variance is right at a later t.")
    return Verdict(True)


def wrong_starts(betas: np.ndarray) -> list[tuple[str, Schedule]]:
    """What ᾱ_0 may be taken for; it matters at t = 1 only."""
    beta, bar = schedule(betas)
    return [("ᾱ_0 is 1: there is no noise at t = 0. Index −1 is the last entry, not the one before the first",
             Schedule(beta, np.append(bar[-1], bar[1:]))),
            ("ᾱ_0 is 1: there is no noise at t = 0. Here ᾱ_1 stands in its place", Schedule(beta, np.append(bar[1], bar[1:]))),
            ("ᾱ_0 is 1: there is no noise at t = 0. Here 0 stands in its place", Schedule(beta, np.append(0.0, bar[1:])))]


def judge_mean(inputs: Inputs, t: int, came: np.ndarray, other: np.ndarray) -> Verdict:
    """√ᾱ_{t−1} β_t/(1 − ᾱ_t) x_0 + √α_t (1 − ᾱ_{t−1})/(1 − ᾱ_t) x_t."""
    x_t, x_0 = inputs["x_t"].astype(np.float64), inputs["x_0"].astype(np.float64)
    s = schedule(inputs["betas"])
    beta, alpha, bar, before = s.beta[t], 1 - s.beta[t], s.alpha_bar[t], s.alpha_bar[t - 1]
    of_data, of_noisy, variance = exact.posterior(s, t)

    def mean(a: float, b: float) -> np.ndarray:
        return a * x_0 + b * x_t

    expected = mean(of_data, of_noisy)
    guesses = [Guess("it is x_t itself, but x_{t−1} is x_0 there", x_t)] if t == 1 else [
        Guess("the x_t term is missing", mean(of_data, 0)), Guess("the x_0 term is missing", mean(0, of_noisy))]
    guesses += [
        Guess("the factors of x_0 and x_t are exchanged", mean(of_noisy, of_data)),
        Guess("the division by 1 − ᾱ_t is missing", (1 - bar) * expected),
        Guess("it is divided by √(1 − ᾱ_t), but it should be 1 − ᾱ_t", np.sqrt(1 - bar) * expected),
        Guess("it is divided by 1 − ᾱ_{t−1}, but it should be 1 − ᾱ_t", expected * (1 - bar) / max(1 - before, 1e-9)),
        Guess("the factor of x_0 has √ᾱ_t, but it should have √ᾱ_{t−1}", mean(of_data * np.sqrt(alpha), of_noisy)),
        Guess("the factor of x_0 has ᾱ_{t−1}, but it should have its root", mean(of_data * np.sqrt(before), of_noisy)),
        Guess("the factor of x_0 lacks √ᾱ_{t−1}", mean(beta / (1 - bar), of_noisy)),
        Guess("the factor of x_0 lacks β_t", mean(of_data / beta, of_noisy)),
        Guess("the factor of x_0 has √β_t, but it should have β_t", mean(of_data / np.sqrt(beta), of_noisy)),
        Guess("the factor of x_t has α_t, but it should have its root", mean(of_data, of_noisy * np.sqrt(alpha))),
        Guess("the factor of x_t lacks √α_t", mean(of_data, of_noisy / np.sqrt(alpha))),
        Guess("neither factor has its root: they need √ᾱ_{t−1} and √α_t",
              mean(of_data * np.sqrt(before), of_noisy * np.sqrt(alpha))),
        Guess("the factor of x_t has 1 − ᾱ_t, but it should have 1 − ᾱ_{t−1}", mean(of_data, np.sqrt(alpha))),
        Guess("the factor of x_t lacks 1 − ᾱ_{t−1}", mean(of_data, np.sqrt(alpha) / (1 - bar))),
        Guess("the factor of x_t has √ᾱ_t, but it should have √α_t",
              mean(of_data, of_noisy * np.sqrt(bar / alpha))),
        Guess("this is the mean of x_{t−1} given x_0 alone; x_t tells more", mean(np.sqrt(before), 0)),
        Guess("this is the forward step, from x_t to later times", mean(0, np.sqrt(alpha))),
        Guess("the forward step is only inverted: x_0 must enter too", mean(0, 1 / np.sqrt(alpha))),
        Guess("it is x_0 itself, which is right at t = 1 only", x_0), Guess("it is x_t itself", x_t),
        Guess("the terms are subtracted, they should be added", mean(of_data, -of_noisy)),
    ]
    guesses += [Guess(message, mean(*exact.posterior(w, t)[:2])) for message, w in wrong_all(inputs, t)]
    if came.size <= 1 and close(other, expected, float(np.abs(expected).max())):
        return Verdict(False, "the two results are swapped: return (mean, variance).")
    return compare(came, expected, "the mean", guesses, scale=float(np.abs(x_0).max() + np.abs(x_t).max()), tolerance=1e-5)


def wrong_all(inputs: Inputs, t: int) -> list[tuple[str, Schedule]]:
    return (wrong_starts(inputs["betas"]) if t == 1 else []) + wrong_schedules(inputs["betas"])


def judge_variance(inputs: Inputs, t: int, came: np.ndarray, other: np.ndarray) -> Verdict:
    """β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t), one number; a tensor that repeats it is as good."""
    s = schedule(inputs["betas"])
    beta, bar, before = s.beta[t], s.alpha_bar[t], s.alpha_bar[t - 1]
    if came.size and np.ptp(came) == 0:
        came = came.reshape(-1)[0]
    expected = beta * (1 - before) / (1 - bar)
    if came.shape == inputs["x_t"].shape and other.size == 1 and close(other.reshape(()), np.float64(expected), beta):
        return Verdict(False, "the two results are swapped: return (mean, variance).")
    guesses = [
        Guess("this is β_t, the variance of the forward step; knowing x_0 makes it smaller", beta),
        Guess("the division by 1 − ᾱ_t is missing", beta * (1 - before)),
        Guess("the factor 1 − ᾱ_{t−1} is missing", beta / (1 - bar)),
        Guess("1 − ᾱ_{t−1} and 1 − ᾱ_t are exchanged", beta * (1 - bar) / max(1 - before, 1e-9)),
        Guess("this is the standard deviation; the variance was asked", np.sqrt(expected)),
        Guess("this is the square of the variance", expected**2),
        Guess("this is the logarithm of the variance", np.log(max(expected, 1e-300))),
        Guess("the factor β_t is missing", (1 - before) / (1 - bar)),
        Guess("the factor is α_t, but it should be β_t", (1 - beta) * (1 - before) / (1 - bar)),
        Guess("the roots of 1 − ᾱ are taken, but a variance has none", beta * np.sqrt((1 - before) / (1 - bar))),
        Guess("this is 1 − ᾱ_t, the variance of x_t given x_0", 1 - bar),
        Guess("this is 1 − ᾱ_{t−1}, the variance of x_{t−1} given x_0 alone", 1 - before),
        Guess("ᾱ stands where 1 − ᾱ belongs", beta * before / bar),
        Guess("this is the precision, 1 over the variance", 1 / max(expected, 1e-300)),
    ]
    guesses += [Guess(message, exact.posterior(w, t).variance) for message, w in wrong_all(inputs, t)]
    return compare(came, np.float64(expected), "the variance", guesses, scale=beta, tolerance=3e-5)


POSTERIOR = Question(
    topic="12_denoising_diffusion", title="The step back when the data are known", difficulty=3, minutes=20,
    contract=Contract(
        name="posterior", signature="posterior(x_t, x_0, t, betas)",
        arguments={"x_t": "float tensor (n, dim): points at step t",
                   "x_0": "float tensor (n, dim): the data they came from",
                   "t": "int in 1 … T: the same for all rows",
                   "betas": "float tensor (T,): betas[t − 1] is β_t, each between 0 and 1"},
        returns="tuple (mean (n, dim), variance): q(x_{t−1} | x_t, x_0) = N(mean, variance·I), the variance one number"),
    parts={"mean": 1, "variance": 1, "first step": 1}, cases=cases, judge=keeping_arguments(judge, "first step"),
    probe="course_lib.questions.probes.denoising_diffusion:posterior")
