"""Question 6: one step of ancestral sampling, from x_t to x_{t−1}."""

import math

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion import exact
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_betas, draw_points, inner_time
from course_lib.questions.denoising_diffusion.exact import schedule, wrong_schedules
from course_lib.questions.denoising_diffusion.halves import judge_noise, take_apart
from course_lib.questions.denoising_diffusion.posterior import wrong_starts
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct, normal


def cases(generator: torch.Generator) -> list[Case]:
    """t in 3 ... T − 1, then 2 and T; in the part "last step" t = 1."""
    drawn = []
    for part in ("mean", "noise", "last step"):
        for i, dtype in enumerate((*DTYPES, *["float64"] * 4)):
            n, dim = distinct(3, 7, 2, generator) if i < 6 else ((1, 4), (4, 1))[i - 6]  # a squeeze shows only there
            betas = draw_betas(generator, dtype)
            t = (2, len(betas))[i - 4] if i in (4, 5) else inner_time(betas, generator, 3)
            drawn.append(Case(part, {"part": part, "t": 1 if part == "last step" else t, "betas": betas,
                                     "x_t": draw_points((n, dim), generator, dtype),
                                     "eps_hat": normal((n, dim), generator, dtype, scale=1.2),
                                     "noise": normal((n, dim), generator, dtype)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """The mean without the noise, the noise term without the mean; at t = 1 both."""
    halves = take_apart(outputs, inputs["x_t"].shape, "x_{t−1}")
    if isinstance(halves, Verdict):
        return halves
    if inputs["part"] == "mean":
        return judge_mean(inputs, halves.quiet)
    if inputs["part"] == "noise":
        return judge_sigma(inputs, halves.noisy)
    last = judge_sigma(inputs, halves.noisy)
    if not last.passed:
        return Verdict(False, f"noise is added in the last step, but at t = 1 none is left to add: {last.message}")
    return judge_mean(inputs, halves.quiet)


def judge_mean(inputs: Inputs, came: np.ndarray) -> Verdict:
    """(x_t − β_t/√(1 − ᾱ_t) ε̂)/√α_t."""
    x_t, eps, t = inputs["x_t"].astype(np.float64), inputs["eps_hat"].astype(np.float64), inputs["t"]
    s = schedule(inputs["betas"])
    beta, bar = s.beta[t], s.alpha_bar[t]
    root, factor = np.sqrt(1 - beta), beta / np.sqrt(1 - bar)
    q, x_0 = exact.posterior(s, t), exact.predicted_data(x_t, eps, bar)
    guesses = [
        Guess("the division by √α_t is missing", x_t - factor * eps),
        Guess("it is divided by α_t, but it should be √α_t", (x_t - factor * eps) / root**2),
        Guess("it is multiplied by √α_t, but it should be divided", (x_t - factor * eps) * root),
        Guess("it is divided by √ᾱ_t, but it should be √α_t", (x_t - factor * eps) / np.sqrt(bar)),
        Guess("only x_t is divided by √α_t: the noise must be divided too", x_t / root - factor * eps),
        Guess("only the noise is divided by √α_t: x_t must be divided too", x_t - factor * eps / root),
        Guess("the noise has β_t/(1 − ᾱ_t), but it should have β_t/√(1 − ᾱ_t)", (x_t - beta / (1 - bar) * eps) / root),
        Guess("the noise has √β_t, but it should have β_t/√(1 − ᾱ_t)", (x_t - np.sqrt(beta) * eps) / root),
        Guess("the noise has √β_t/√(1 − ᾱ_t), but it should have β_t/√(1 − ᾱ_t)",
              (x_t - np.sqrt(beta / (1 - bar)) * eps) / root),
        Guess("the noise has β_t, but it should have β_t/√(1 − ᾱ_t)", (x_t - beta * eps) / root),
        Guess("the noise has β_t √(1 − ᾱ_t), but it should be divided", (x_t - beta * np.sqrt(1 - bar) * eps) / root),
        Guess("the noise has α_t/√(1 − ᾱ_t), but it should have β_t/√(1 − ᾱ_t)",
              (x_t - (1 - beta) / np.sqrt(1 - bar) * eps) / root),
        Guess("the noise has √(1 − ᾱ_t): that takes all of it off, but one step takes β_t/√(1 − ᾱ_t)",
              (x_t - np.sqrt(1 - bar) * eps) / root),
        Guess("the predicted noise is added, but it should be taken off", (x_t + factor * eps) / root),
        Guess("this is the predicted x_0, all steps at once; one step was asked", x_0),
        Guess("the predicted noise is not used", x_t / root), Guess("x_t itself is missing", -factor * eps / root),
        Guess("this is a forward step: √α_t multiplies x_t", root * x_t), Guess("x_t has not moved", x_t),
        Guess("the factors of x_0 and x_t are exchanged", q.of_noisy * x_0 + q.of_data * x_t),
        Guess("eps_hat stands where x_0 belongs: it predicts the noise, turn it into x_0 first",
              q.of_data * eps + q.of_noisy * x_t),
        Guess("the mean of q has √ᾱ_{t−1} and not √ᾱ_t", q.of_data * root * x_0 + q.of_noisy * x_t),
        Guess("the predicted x_0 lacks its division by √ᾱ_t", q.of_data * np.sqrt(bar) * x_0 + q.of_noisy * x_t),
        Guess("the variance β̃_t stands where β_t belongs", (x_t - q.variance / np.sqrt(1 - bar) * eps) / root),
    ]
    for message, wrong in wrong_starts(inputs["betas"]) if t == 1 else []:
        w = exact.posterior(wrong, t)
        guesses.append(Guess(message, w.of_data * x_0 + w.of_noisy * x_t))
    for message, wrong in wrong_schedules(inputs["betas"]):
        w = exact.posterior(wrong, t)
        guesses += [Guess(message, exact.reverse_mean(wrong, t, x_t, eps)),
                    Guess(message, w.of_data * exact.predicted_data(x_t, eps, wrong.alpha_bar[t]) + w.of_noisy * x_t)]
    return compare(came, exact.reverse_mean(s, t, x_t, eps), "the step without its noise", guesses,
                   scale=float(np.abs(x_t).max() + np.abs(eps).max()) / float(np.sqrt(bar)), tolerance=1e-5)


def judge_sigma(inputs: Inputs, came: np.ndarray) -> Verdict:
    """√β̃_t ε; nothing at t = 1."""
    noise, t, s = inputs["noise"].astype(np.float64), inputs["t"], schedule(inputs["betas"])
    beta, bar, before = float(s.beta[t]), float(s.alpha_bar[t]), float(s.alpha_bar[t - 1])
    variance = exact.posterior(s, t).variance
    wrong = [
        ("this is √β_t ε, another choice; here the variance is β̃_t = β_t (1 − ᾱ_{t−1})/(1 − ᾱ_t)" if t > 1 else
         "this is √β_1 ε, but β̃_1 = 0", math.sqrt(beta)),
        ("this is β_t ε: neither the root nor the factor (1 − ᾱ_{t−1})/(1 − ᾱ_t) is there", beta),
        ("this is β̃_t ε: the root is missing, β̃_t is the variance", variance),
        ("the division by 1 − ᾱ_t is missing in β̃_t", math.sqrt(beta * (1 - before))),
        ("the factor 1 − ᾱ_{t−1} is missing in β̃_t", math.sqrt(beta / (1 - bar))),
        ("1 − ᾱ_{t−1} and 1 − ᾱ_t are exchanged in β̃_t", math.sqrt(beta * (1 - bar) / max(1 - before, 1e-12))),
        ("the root is taken of β_t only: the fraction of β̃_t stands under it too",
         math.sqrt(beta) * (1 - before) / (1 - bar)),
        ("the root is taken of the fraction only: β_t stands under it too", beta * math.sqrt((1 - before) / (1 - bar))),
        ("this is √(1 − ᾱ_{t−1}) ε, all the noise of x_{t−1}; one step adds √β̃_t ε", math.sqrt(1 - before)),
        ("this is √(1 − ᾱ_t) ε, all the noise of x_t; one step adds √β̃_t ε", math.sqrt(1 - bar)),
        ("the noise term is divided by √α_t as well: only the mean is", math.sqrt(variance / (1 - beta))),
    ]
    starts = wrong_starts(inputs["betas"]) if t == 1 else []
    schedules = starts + wrong_schedules(inputs["betas"])
    wrong += [(message, float(np.sqrt(exact.posterior(w, t).variance))) for message, w in schedules]
    scale = float(np.abs(inputs["x_t"]).max() + np.abs(noise).max())
    return judge_noise(came, noise, math.sqrt(variance), wrong, scale)


ANCESTRAL_STEP = Question(
    topic="12_denoising_diffusion", title="One step back", difficulty=3, minutes=20,
    contract=Contract(
        name="ancestral_step", signature="ancestral_step(x_t, eps_hat, t, noise, betas)",
        arguments={"x_t": "float tensor (n, dim): points at step t",
                   "eps_hat": "float tensor (n, dim): the noise in x_t as the model predicts it",
                   "t": "int in 1 … T: the same for all rows",
                   "noise": "float tensor (n, dim): fresh standard normal noise",
                   "betas": "float tensor (T,): betas[t − 1] is β_t, each between 0 and 1"},
        returns="float tensor (n, dim): x_{t−1}; at t = 1 without noise"),
    parts={"mean": 1, "noise": 1, "last step": 1}, cases=cases, judge=keeping_arguments(judge, "last step"),
    probe="course_lib.questions.probes.denoising_diffusion:ancestral_step")
