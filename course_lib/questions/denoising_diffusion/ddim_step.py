"""Question 7: a step of DDIM from t to any earlier s, with or without noise."""

import math

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_points
from course_lib.questions.denoising_diffusion.exact import ddim_sigma, predicted_data
from course_lib.questions.denoising_diffusion.halves import judge_noise, take_apart
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct, normal, uniform


def cases(generator: torch.Generator) -> list[Case]:
    """ᾱ_s well above ᾱ_t; η = 0, or between 0 and 1 and once 1; then a last step, ᾱ_s = 1."""
    drawn = []
    for part in ("deterministic", "eta"):
        for i, dtype in enumerate((*DTYPES, "float64", "float32", "float64", "float64")):
            n, dim = distinct(3, 7, 2, generator) if i < 6 else ((1, 4), (4, 1))[i - 6]  # a squeeze shows only there
            bar_t = uniform(0.1, 0.45, generator)
            bar_s = 1.0 if i == 5 else uniform(bar_t + 0.15, 0.85, generator)
            eta = 0.0 if part == "deterministic" else 1.0 if i == 4 else uniform(0.3, 0.9, generator)
            drawn.append(Case(part, {"part": part, "eta": eta, "alpha_bar_t": np.array(bar_t, dtype=dtype),
                                     "alpha_bar_s": np.array(bar_s, dtype=dtype),
                                     "x_t": draw_points((n, dim), generator, dtype),
                                     "eps_hat": normal((n, dim), generator, dtype, scale=1.2),
                                     "noise": normal((n, dim), generator, dtype)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """With η = 0 the noise must not matter; with η > 0 the step without its noise and the noise term are looked at."""
    halves = take_apart(outputs, inputs["x_t"].shape, "x_s")
    if isinstance(halves, Verdict):
        return halves
    quiet, noisy = judge_quiet(inputs, halves.quiet), judge_sigma(inputs, halves.noisy)
    if inputs["part"] == "deterministic" and not noisy.passed:
        return Verdict(False, "the noise enters although η = 0: its factor is σ, and σ is 0 there.")
    return quiet if noisy.passed else noisy


def judge_quiet(inputs: Inputs, came: np.ndarray) -> Verdict:
    """√ᾱ_s x̂_0 + √(1 − ᾱ_s − σ²) ε̂."""
    x_t, eps = inputs["x_t"].astype(np.float64), inputs["eps_hat"].astype(np.float64)
    bar_t, bar_s, eta = float(inputs["alpha_bar_t"]), float(inputs["alpha_bar_s"]), inputs["eta"]
    x_0, sigma = predicted_data(x_t, eps, bar_t), ddim_sigma(bar_t, bar_s, eta)
    left = 1 - bar_s - sigma**2

    def step(data: np.ndarray, direction: float) -> np.ndarray:
        return math.sqrt(bar_s) * data + direction * eps

    def root(value: float) -> float:
        """NaN, which nothing matches, for a negative value."""
        return math.sqrt(value) if value >= 0 else math.nan

    expected = step(x_0, math.sqrt(left))
    guesses = [
        Guess("this is the predicted x_0, noise level 0; the level of s was asked", x_0),
        Guess("the predicted x_0 lacks its division by √ᾱ_t", step(x_0 * math.sqrt(bar_t), math.sqrt(left))),
        Guess("the predicted x_0 is divided by ᾱ_t, but it should be √ᾱ_t", step(x_0 / math.sqrt(bar_t), math.sqrt(left))),
        Guess("the predicted x_0 has 1 − ᾱ_t, but it should have its root",
              step((x_t - (1 - bar_t) * eps) / math.sqrt(bar_t), math.sqrt(left))),
        Guess("the predicted x_0 lacks its roots: √(1 − ᾱ_t) and √ᾱ_t", step((x_t - (1 - bar_t) * eps) / bar_t, math.sqrt(left))),
        Guess("the predicted x_0 takes the noise of level s off, but x_t has that of t",
              step((x_t - math.sqrt(1 - bar_s) * eps) / math.sqrt(bar_t), math.sqrt(left))),
        Guess("the predicted noise is added to x_t, but it should be taken off",
              step(predicted_data(x_t, -eps, bar_t), math.sqrt(left))),
        Guess("x_t stands where the predicted x_0 belongs", step(x_t, math.sqrt(left))),
        Guess("ᾱ_t and ᾱ_s are exchanged: x_t has the noise of t, the result that of s",
              math.sqrt(bar_t) * predicted_data(x_t, eps, min(bar_s, 1.0)) + math.sqrt(1 - bar_t) * eps),
        Guess("the predicted x_0 is not scaled with √ᾱ_s", x_0 + math.sqrt(left) * eps),
        Guess("the predicted x_0 is scaled with ᾱ_s, but it should be √ᾱ_s", bar_s * x_0 + math.sqrt(left) * eps),
        Guess("the predicted x_0 is scaled with √ᾱ_t, but at s it should be √ᾱ_s",
              math.sqrt(bar_t) * x_0 + math.sqrt(left) * eps),
        Guess("the ε̂ term is missing", step(x_0, 0)), Guess("the ε̂ term has the wrong sign", step(x_0, -math.sqrt(left))),
        Guess("x_t has not moved", x_t),
        Guess("the factor of ε̂ is √(1 − ᾱ_s): the noise σ² must be taken off under the root", step(x_0, math.sqrt(1 - bar_s))),
        Guess("the factor of ε̂ has 1 − ᾱ_s − σ, but it should have σ²", step(x_0, root(1 - bar_s - sigma))),
        Guess("the factor of ε̂ has σ² added under the root, but it should be taken off",
              step(x_0, math.sqrt(1 - bar_s + sigma**2))),
        Guess("σ is subtracted outside the root: the factor is √(1 − ᾱ_s − σ²)", step(x_0, math.sqrt(1 - bar_s) - sigma)),
        Guess("the factor of ε̂ lacks its root", step(x_0, left)),
        Guess("the factor of ε̂ is √(1 − ᾱ_t − σ²), but at s it should be √(1 − ᾱ_s − σ²)",
              step(x_0, root(1 - bar_t - sigma**2))),
        Guess("the factor of ε̂ is √(1 − ᾱ_t), that of t; at s it should be √(1 − ᾱ_s − σ²)", step(x_0, math.sqrt(1 - bar_t))),
        Guess("the factor of ε̂ takes η for σ", step(x_0, root(1 - bar_s - eta**2))),
    ]
    guesses += [Guess(f"σ in the factor of ε̂ is not right: {message}", step(x_0, root(1 - bar_s - wrong**2)))
                for message, wrong in wrong_sigmas(bar_t, bar_s, eta)]
    return compare(came, expected, "x_s" if eta == 0 else "the step without its noise", guesses,
                   scale=float(np.abs(x_t).max() + np.abs(eps).max()) / math.sqrt(bar_t), tolerance=1e-5)


def wrong_sigmas(bar_t: float, bar_s: float, eta: float) -> list[tuple[str, float]]:
    """What else σ may be taken for."""
    ratio, drop = (1 - bar_s) / (1 - bar_t), 1 - bar_t / bar_s
    swapped = 1 / ratio if ratio else 0.0
    return [
        ("the factor (1 − ᾱ_s)/(1 − ᾱ_t) is missing", eta * math.sqrt(drop)),
        ("the factor 1 − ᾱ_t/ᾱ_s is missing", eta * math.sqrt(ratio)),
        ("1 − ᾱ_s and 1 − ᾱ_t are exchanged", eta * math.sqrt(swapped * drop)),
        ("the root is missing", eta * ratio * drop),
        ("η stands under the root: it multiplies the root", math.sqrt(eta * ratio * drop)),
        ("η enters squared: it multiplies the root", eta**2 * math.sqrt(ratio * drop)),
        ("η is left out", math.sqrt(ratio * drop)),
        ("the root is taken of the first factor only", eta * math.sqrt(ratio) * drop),
        ("the root is taken of the second factor only", eta * ratio * math.sqrt(drop)),
        ("it is made of ᾱ_t alone, but it depends on both ends", eta * math.sqrt(1 - bar_t)),
        ("it is η √(1 − ᾱ_s), made of ᾱ_s alone, but it depends on both ends", eta * math.sqrt(1 - bar_s)),
        ("it is √(1 − ᾱ_s), so all the noise of s is new; some of it should be the old ε̂", math.sqrt(1 - bar_s)),
        ("ᾱ_s/ᾱ_t stands where ᾱ_t/ᾱ_s belongs", eta * math.sqrt(ratio * (bar_s / bar_t - 1))),
        ("ᾱ_t/ᾱ_s stands where 1 − ᾱ_t/ᾱ_s belongs", eta * math.sqrt(ratio * bar_t / bar_s)),
        ("it is η itself", eta),
    ]


def judge_sigma(inputs: Inputs, came: np.ndarray) -> Verdict:
    """σ ε with σ = η √((1 − ᾱ_s)/(1 − ᾱ_t)) √(1 − ᾱ_t/ᾱ_s)."""
    bar_t, bar_s, eta = float(inputs["alpha_bar_t"]), float(inputs["alpha_bar_s"]), inputs["eta"]
    sigma, noise = ddim_sigma(bar_t, bar_s, eta), inputs["noise"].astype(np.float64)
    if bar_s == 1 and eta > 0 and np.abs(came).max() > 1e-4:
        return Verdict(False, "noise is added in the last step, but ᾱ_s = 1 leaves no room for it: σ is 0 there.")
    wrong = [(f"σ is not right: {message}", factor) for message, factor in wrong_sigmas(bar_t, bar_s, eta)]
    wrong.append(("this is σ² ε: the factor of the noise is σ", sigma**2))
    return judge_noise(came, noise, sigma, wrong, float(np.abs(inputs["x_t"]).max() + np.abs(noise).max()))


DDIM_STEP = Question(
    topic="12_denoising_diffusion", title="Longer steps, with or without noise", difficulty=4, minutes=25,
    contract=Contract(
        name="ddim_step", signature="ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise)",
        arguments={"x_t": "float tensor (n, dim): points at step t",
                   "eps_hat": "float tensor (n, dim): the noise in x_t as the model predicts it",
                   "alpha_bar_t": "float tensor (): ᾱ_t, between 0 and 1",
                   "alpha_bar_s": "float tensor (): ᾱ_s of an earlier step s < t, so ᾱ_t < ᾱ_s ≤ 1",
                   "eta": "float in [0, 1]: how much noise is put back",
                   "noise": "float tensor (n, dim): fresh standard normal noise"},
        returns="float tensor (n, dim): x_s"),
    parts={"deterministic": 2, "eta": 1}, cases=cases, judge=keeping_arguments(judge, "eta"),
    probe="course_lib.questions.probes.denoising_diffusion:ddim_step")
