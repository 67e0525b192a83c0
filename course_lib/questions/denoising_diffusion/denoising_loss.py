"""Question 3: the loss that trains a denoiser, the squared error of its noise."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion.add_noise import wrong_noised
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_betas, draw_model, draw_points, draw_times
from course_lib.questions.denoising_diffusion.exact import noised, predict, schedule
from course_lib.questions.denoising_diffusion.halves import DRAWN_ANEW, drawn_anew
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct, normal


def cases(generator: torch.Generator) -> list[Case]:
    """Part "loss": a network that does not look at t. Part "time": one that does."""
    drawn = []
    for part in ("loss", "time"):
        shapes = [(*distinct(3, 6, 3, generator), dtype) for dtype in DTYPES]
        for i, (n, dim, hidden, dtype) in enumerate([*shapes, (1, 4, 5, "float64"), (4, 1, 5, "float64")]):
            betas = draw_betas(generator, dtype)  # one row or one column: a squeeze shows only here
            drawn.append(Case(part, {
                "part": part, "model": draw_model(dim, hidden, generator, dtype, with_time=part == "time"), "betas": betas,
                "x_0": draw_points((n, dim), generator, dtype), "t": draw_times(betas, n, i in (2, 3), generator),
                "noise": normal((n, dim), generator, dtype)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """(1/dim) Σ_j (ε̂_j − ε_j)² of each row."""
    x_0, noise, t, spec = inputs["x_0"].astype(np.float64), inputs["noise"].astype(np.float64), inputs["t"], inputs["model"]
    if drawn_anew(outputs["loss"], outputs["again"]):
        return DRAWN_ANEW
    n, dim = x_0.shape
    bar = schedule(inputs["betas"]).alpha_bar[t][:, None]
    x_t = noised(x_0, bar[:, 0], noise)
    eps_hat = predict(spec, x_t, t)

    def loss(prediction: np.ndarray, target: np.ndarray = noise) -> np.ndarray:
        return ((prediction - target) ** 2).mean(-1)

    expected, error = loss(eps_hat), np.abs(eps_hat - noise)
    weight = (bar / (1 - bar))[:, 0]
    guesses = [
        Guess("it is summed over the coordinates, the mean was asked", dim * expected),
        Guess("the mean runs over the rows, it should run over the coordinates of each row", (error**2).mean(0)),
        Guess("nothing is averaged: take the mean over the coordinates", error**2),
        Guess("the root is taken of it: the squared error was asked", np.sqrt(expected)),
        Guess("this is the length of the error; the mean of its squares was asked", np.sqrt(dim * expected)),
        Guess("the error is not squared", error.mean(-1)), Guess("the error is not squared", (eps_hat - noise).mean(-1)),
        Guess("the factor 1/2 is not part of this loss", expected / 2),
        Guess("the mean is taken before the square", (eps_hat - noise).mean(-1) ** 2),
        Guess("the target is x_0, but the model predicts the noise", loss(eps_hat, x_0)),
        Guess("the target is x_t, but the model predicts the noise", loss(eps_hat, x_t)),
        Guess("the target is −ε, it should be ε", loss(eps_hat, -noise)),
        Guess("the target is the score −ε/√(1 − ᾱ_t), but the model predicts ε itself", loss(eps_hat, -noise / np.sqrt(1 - bar))),
        Guess("the target is ε/√(1 − ᾱ_t), but the model predicts ε itself", loss(eps_hat, noise / np.sqrt(1 - bar))),
        Guess("the target is the scaled noise √(1 − ᾱ_t) ε, but the model predicts ε itself",
              loss(eps_hat, np.sqrt(1 - bar) * noise)),
        Guess("the target is v, but the model predicts ε", loss(eps_hat, np.sqrt(bar) * noise - np.sqrt(1 - bar) * x_0)),
        Guess("the error is weighted with the signal-to-noise ratio; here all t count alike", weight * expected),
        Guess("the error is divided by 1 − ᾱ_t; here all t count alike", expected / (1 - bar[:, 0])),
        Guess("the error is multiplied by 1 − ᾱ_t; here all t count alike", expected * (1 - bar[:, 0])),
        Guess("the model is shown x_0, but it should see x_t", loss(predict(spec, x_0, t))),
        Guess("the model is shown the noise, but it should see x_t", loss(predict(spec, noise, t))),
        Guess("the model is not asked: its prediction is missing", (noise**2).mean(-1)),
        Guess("the noise is not subtracted from the prediction", (eps_hat**2).mean(-1)),
        Guess("the model is called with t − 1: it takes t itself", loss(predict(spec, x_t, t - 1))),
        Guess("the model is called with t + 1: it takes t itself", loss(predict(spec, x_t, t + 1))),
        Guess("the model is called with t/T: it takes t itself", loss(predict(spec, x_t, t / len(inputs["betas"])))),
        Guess("the model is called with t = 0 in every row: it takes the t of each row", loss(predict(spec, x_t, 0 * t))),
        Guess("the model is called with ᾱ_t: it takes t itself", loss(predict(spec, x_t, bar[:, 0]))),
        Guess("the model is called with T − t: it takes t itself", loss(predict(spec, x_t, len(inputs["betas"]) - t))),
    ]
    if n > 1:  # a single row has no batch to be averaged over: what came then is a shape
        guesses += [
            Guess("it is averaged over the batch, but one number for each row was asked", expected.mean()),
            Guess("it is summed over the batch, but one number for each row was asked", expected.sum()),
            Guess("it is summed over everything, but one number for each row was asked", dim * expected.sum())]
    s, alpha = schedule(inputs["betas"]), 1 - schedule(inputs["betas"]).beta[t]
    drop = s.alpha_bar[t - 1] / (1 - s.alpha_bar[t - 1]) * (1 - bar[:, 0]) / bar[:, 0] - 1  # infinite at t = 1, matches nothing
    for bound in (drop / 2, (1 - alpha) / (2 * alpha * (1 - bar[:, 0]))):
        guesses.append(Guess("the error is weighted as in the bound; here all t count alike", bound * expected))
    guesses += [Guess("the model is called with one t for all rows: it takes the t of each row",
                      loss(predict(spec, x_t, np.full(n, one)))) for one in (t[0], t[-1], t.mean(), t.max())]
    guesses += [Guess(f"x_t is not right: {message}", loss(predict(spec, value, t))) for message, value in wrong_noised(inputs)]
    return compare(outputs["loss"], expected, "the loss", guesses, tolerance=1e-4, factors={"n": float(n), "dim": float(dim)})


DENOISING_LOSS = Question(
    topic="12_denoising_diffusion", title="The loss that trains a denoiser", difficulty=2, minutes=12,
    contract=Contract(
        name="denoising_loss", signature="denoising_loss(model, x_0, t, noise, betas)",
        arguments={"model": "callable (x (n, dim), t int64 (n,)) -> (n, dim): predicts the noise ε in x; holds parameters",
                   "x_0": "float tensor (n, dim): data",
                   "t": "int64 tensor (n,): row i is noised up to step t[i], each in 1 … T",
                   "noise": "float tensor (n, dim): ε, standard normal",
                   "betas": "float tensor (T,): betas[t − 1] is β_t, each between 0 and 1"},
        returns="float tensor (n,): squared error of the predicted noise, mean over the coordinates, with its graph"),
    parts={"loss": 2, "time": 1}, cases=cases, judge=keeping_arguments(judge, "time"),
    probe="course_lib.questions.probes.denoising_diffusion:denoising_loss")
