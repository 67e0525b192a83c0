"""Question 5: one term of the variational bound, KL(q(x_{t−1}|x_t, x_0) || p_θ(x_{t−1}|x_t)) in nats."""

import math

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion import exact
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_betas, draw_points, inner_time
from course_lib.questions.denoising_diffusion.exact import noised, predicted_data, schedule, wrong_schedules
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct, normal

TOLERANCE = 1e-4


def cases(generator: torch.Generator) -> list[Case]:
    """t in 3 ... T − 1, then 2 and T. The predicted noise is some way off the true one."""
    drawn = []
    for part in ("error", "weight"):
        for i, dtype in enumerate((*DTYPES, *["float64"] * 4)):
            n, dim = distinct(3, 7, 2, generator) if i < 6 else ((1, 4), (4, 1))[i - 6]  # a squeeze shows only there
            betas = draw_betas(generator, dtype)
            t = (2, len(betas))[i - 4] if i in (4, 5) else inner_time(betas, generator, 3)
            x_0, noise = draw_points((n, dim), generator, "float64"), normal((n, dim), generator)
            x_t = noised(x_0, schedule(betas).alpha_bar[t], noise)
            eps_hat = noise + normal((n, dim), generator, scale=0.7)
            drawn.append(Case(part, {"part": part, "t": t, "betas": betas, "x_0": x_0.astype(dtype),
                                     "x_t": x_t.astype(dtype), "eps_hat": eps_hat.astype(dtype)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Part "error" accepts any positive factor that the rows share; part "weight" asks for the value itself."""
    x_0, x_t, eps_hat = (inputs[name].astype(np.float64) for name in ("x_0", "x_t", "eps_hat"))
    s, t, came = schedule(inputs["betas"]), inputs["t"], outputs["term"].astype(np.float64)
    expected = exact.bound_term(s, t, x_0, x_t, eps_hat)
    if inputs["part"] == "error" and came.shape == expected.shape and np.isfinite(came).all():
        ratio = float(came @ expected / (expected @ expected))
        if ratio > 1e-9 and close(came / ratio, expected, float(expected.max()), TOLERANCE):
            return Verdict(True)
    if came.shape == expected.shape and not came.any():
        return Verdict(False, "the term is all zeros.")
    guesses = wrong_weights(s, t, x_0, x_t, eps_hat, expected) + wrong_errors(inputs, s, t, x_0, x_t, eps_hat)
    return compare(came, expected, "the term", guesses, tolerance=TOLERANCE,
                   factors={"n": float(len(x_t)), "dim": float(x_t.shape[1]), "β̃_t": exact.posterior(s, t).variance,
                            "β_t": float(s.beta[t]), "α_t": float(1 - s.beta[t]), "(1 − ᾱ_t)": float(1 - s.alpha_bar[t])})


def wrong_weights(s: exact.Schedule, t: int, x_0: np.ndarray, x_t: np.ndarray, eps_hat: np.ndarray,
                  expected: np.ndarray) -> list[Guess]:
    """The right squares with another factor, or gathered otherwise."""
    beta, bar, before, dim = s.beta[t], s.alpha_bar[t], s.alpha_bar[t - 1], x_t.shape[1]
    variance, snr, snr_before = exact.posterior(s, t).variance, bar / (1 - bar), before / (1 - before)
    of_noise = (((x_t - np.sqrt(bar) * x_0) / np.sqrt(1 - bar) - eps_hat) ** 2).sum(-1)
    of_data, of_mean = of_noise / snr, 2 * variance * expected
    with_beta = of_mean / (2 * beta)
    return [
        Guess("this is the simple loss, the squared error of the noise without its weight", of_noise),
        Guess("this is the simple loss, the squared error of the noise without its weight", of_noise / dim),
        Guess("this is half the squared error of the noise, the same as half the signal-to-noise ratio at t times that of x_0; "
              "the weight is the drop of the ratio from t − 1 to t", of_noise / 2),
        Guess("this is the squared error of x_0: its weight is missing", of_data),
        Guess("this is half the squared error of x_0: its weight is missing", of_data / 2),
        Guess("this is the squared error of x_0 without its weight, averaged over the coordinates", of_data / dim),
        Guess("this is the squared distance of the means: divide by twice the variance", of_mean),
        Guess("this is half the squared distance of the means: divide by the variance too", of_mean / 2),
        Guess("the factor 1/2 is missing", 2 * expected), Guess("the factor 1/2 is there twice", expected / 2),
        Guess("it is averaged over the coordinates, but a KL adds them up", expected / dim),
        Guess("it is averaged over the coordinates, and the factor 1/2 is missing", 2 * expected / dim),
        Guess("it is divided by β_t, but both Gaussians have the variance β̃_t", with_beta),
        Guess("it is divided by β_t, but both Gaussians have the variance β̃_t", 2 * with_beta),
        Guess("this is the KL against the variance β_t; here both Gaussians have the variance β̃_t",
              with_beta + dim / 2 * (math.log(beta / variance) + variance / beta - 1)),
        Guess("it is divided by the standard deviation, but it should be the variance", expected * np.sqrt(variance)),
        Guess("it is divided by the square of the variance", expected / variance),
        Guess("it is multiplied by the variance, but it should be divided", expected * variance**2),
        Guess("it is in bits, but nats were asked", expected / math.log(2)),
        Guess("α_t is missing in the weight", expected * (1 - beta)),
        Guess("1 − ᾱ_t is missing in the weight", expected * (1 - bar)),
        Guess("β_t enters the weight squared", expected / beta),
        Guess("the weight is the signal-to-noise ratio at t − 1; it should be its drop from t − 1 to t",
              snr_before * of_data / 2),
        Guess("the drop of the signal-to-noise ratio weights the error of x_0, not that of the noise",
              (snr_before - snr) * of_noise / 2),
        Guess("the drop of log(snr) weights the error of the noise only when steps are small",
              math.log(snr_before / snr) * of_noise / 2),
        Guess("the error of x_0 is not squared", np.sqrt(of_data) * (snr_before - snr) / 2),
        Guess("the means are not squared", np.sqrt(of_mean) / (2 * variance)),
        Guess("the root is taken of it", np.sqrt(expected)),
        *([Guess("it is averaged over the batch, but one number for each row was asked", expected.mean()),
           Guess("it is summed over the batch, but one number for each row was asked", expected.sum())] if len(x_t) > 1 else []),
        Guess("the coordinates are not added up", (x_0 - predicted_data(x_t, eps_hat, bar)) ** 2 * (snr_before - snr) / 2),
        Guess("the constants of a log-density are in it, but in a KL they cancel",
              expected + dim / 2 * math.log(2 * math.pi * variance)),
        Guess("an entropy is in it, but in a KL of equal variances it cancels",
              expected + dim / 2 * math.log(2 * math.pi * math.e * variance)),
    ]


def wrong_errors(inputs: Inputs, s: exact.Schedule, t: int, x_0: np.ndarray, x_t: np.ndarray,
                 eps_hat: np.ndarray) -> list[Guess]:
    """The mean of p_θ taken at the wrong place, or another schedule."""
    q, bar = exact.posterior(s, t), s.alpha_bar[t]

    def term(implied: np.ndarray) -> np.ndarray:
        return (q.of_data**2 * (x_0 - implied) ** 2).sum(-1) / (2 * q.variance)

    mean = q.of_data * x_0 + q.of_noisy * x_t

    def distance(other: np.ndarray) -> np.ndarray:
        return ((mean - other) ** 2).sum(-1) / (2 * q.variance)

    found = [
        Guess("eps_hat stands where x_0 belongs: it predicts the noise, turn it into x_0 first", term(eps_hat)),
        Guess("x_t stands where the predicted x_0 belongs", term(x_t)),
        Guess("the predicted x_0 lacks its division by √ᾱ_t", term(predicted_data(x_t, eps_hat, bar) * np.sqrt(bar))),
        Guess("the predicted x_0 has 1 − ᾱ_t, but it should have its root", term((x_t - (1 - bar) * eps_hat) / np.sqrt(bar))),
        Guess("the predicted noise is added to x_t, but it should be taken off", term(predicted_data(x_t, -eps_hat, bar))),
        Guess("the predicted mean is taken for x_0", term(exact.reverse_mean(s, t, x_t, eps_hat))),
        Guess("the mean of p_θ lacks its division by √α_t",
              distance(exact.reverse_mean(s, t, x_t, eps_hat) * np.sqrt(1 - s.beta[t]))),
        Guess("the mean of p_θ lacks the √ under 1 − ᾱ_t",
              distance((x_t - s.beta[t] / (1 - bar) * eps_hat) / np.sqrt(1 - s.beta[t]))),
        Guess("the mean of p_θ is compared with x_0, but it stands for x_{t−1}",
              ((x_0 - exact.reverse_mean(s, t, x_t, eps_hat)) ** 2).sum(-1) / (2 * q.variance)),
        Guess("eps_hat is not used: x_t is compared with the mean of q", distance(x_t)),
        Guess("the noise is compared with x_t, not with what was added",
              ((x_t - eps_hat) ** 2).sum(-1) * q.of_data**2 * (1 - bar) / bar / (2 * q.variance)),
        Guess("x_t − x_0 is taken for the noise: it is (x_t − √ᾱ_t x_0)/√(1 − ᾱ_t)",
              ((x_t - x_0 - eps_hat) ** 2).sum(-1) * q.of_data**2 * (1 - bar) / bar / (2 * q.variance)),
    ]
    error = term(predicted_data(x_t, eps_hat, bar)) * 2 * q.variance / q.of_data**2
    for message, wrong in wrong_schedules(inputs["betas"]):
        w = exact.posterior(wrong, t)
        found += [Guess(message, exact.bound_term(wrong, t, x_0, x_t, eps_hat)),
                  Guess(f"in the weight, {message}", w.of_data**2 / (2 * w.variance) * error)]
        drop = wrong.alpha_bar[t - 1] / (1 - wrong.alpha_bar[t - 1]) - wrong.alpha_bar[t] / (1 - wrong.alpha_bar[t])
        found.append(Guess(f"in the weight, {message}", drop / 2 * error))
    return found


BOUND_TERM = Question(
    topic="12_denoising_diffusion", title="One term of the bound", difficulty=4, minutes=25,
    contract=Contract(
        name="bound_term", signature="bound_term(x_0, x_t, eps_hat, t, betas)",
        arguments={"x_0": "float tensor (n, dim): data",
                   "x_t": "float tensor (n, dim): the same points at step t",
                   "eps_hat": "float tensor (n, dim): the noise in x_t as the model predicts it",
                   "t": "int in 2 … T: the same for all rows",
                   "betas": "float tensor (T,): betas[t − 1] is β_t, each between 0 and 1"},
        returns="float tensor (n,): KL(q(x_{t−1} | x_t, x_0) || p_θ(x_{t−1} | x_t)) of each row, in nats"),
    parts={"error": 1, "weight": 2}, cases=cases, judge=keeping_arguments(judge, "error"),
    probe="course_lib.questions.probes.denoising_diffusion:bound_term")
