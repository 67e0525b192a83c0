"""Question 4: a scalar whose θ-gradient is that of the mean negative log-likelihood."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal
from course_lib.questions.energy_based_models.exact import draw_energy, energy, gradient_theta, gradient_x


def cases(generator: torch.Generator) -> list[Case]:
    """Wells and networks, n_data ≠ n_model ≠ dim; for the second part the samples move with θ."""
    drawn = []
    for part in ("gradient", "constant samples"):
        for kind, dtype in (("wells", "float32"), ("wells", "float64"), ("network", "float64"), ("network", "float32")):
            n_data, n_model, dim, size = distinct(3, 9, 4, generator)
            spec = draw_energy(kind, dim, size, generator, dtype)
            x_data = normal((n_data, dim), generator, dtype)
            x_model = normal((n_model, dim), generator, dtype, scale=1.5) + x_data.dtype.type(0.6)
            drift = normal((n_model * dim, spec["theta"].size), generator, dtype) if part == "constant samples" else None
            drawn.append(Case(part, {"energy": spec, "x_data": x_data, "x_model": x_model, "drift": drift}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Only the gradient is judged: any constant may be added to the loss."""
    loss, came = outputs["loss"], outputs["gradient"]
    if loss.shape != ():
        return Verdict(False, f"the loss should be one number, of shape (), but has the shape {loss.shape}: "
                              "take the mean over the points.")
    spec = inputs["energy"]
    x, xm = (inputs[name].astype(np.float64) for name in ("x_data", "x_model"))
    g_data, g_model = gradient_theta(spec, x), gradient_theta(spec, xm)
    u_data, u_model = energy(spec, x), energy(spec, xm)
    data, model, n, m = g_data.mean(0), g_model.mean(0), len(x), len(xm)
    expected = data - model
    tilt = np.exp(-u_model + u_model.min())
    sigmoid_data, sigmoid_model = 1 / (1 + np.exp(-u_data)), 1 / (1 + np.exp(u_model))
    guesses = [
        Guess("the sign is flipped: the loss must push the energy of data down and that of samples up", -expected),
        Guess("both terms push in the same direction, but samples enter with a minus", data + model),
        Guess("only the data term is there: without the samples nothing holds the energy up elsewhere. "
              "Is the energy of the samples detached, not the samples?", data),
        Guess("only the samples' term is there", -model),
        Guess("only the samples' term is there", model),
        Guess("the energies are summed, not averaged: the result depends on how many points there are",
              n * data - m * model),
        Guess("the data are summed, not averaged", n * data - model),
        Guess("the samples are summed, not averaged", data - m * model),
        Guess("both sums are divided by the number of all points, not each by its own", (n * data - m * model) / (n + m)),
        Guess("both sums are divided by the number of data points", data - m * model / n),
        Guess("both sums are divided by the number of samples", n * data / m - model),
        Guess("the two terms are averaged: a factor 1/2", expected / 2),
        Guess("the samples are weighted with exp(−U) once more, but they already come from the model",
              data - (tilt[:, None] * g_model).sum(0) / tilt.sum()),
        Guess("this is the loss of a classifier, not of the likelihood",
              (sigmoid_data[:, None] * g_data).mean(0) - (sigmoid_model[:, None] * g_model).mean(0)),
        Guess("the difference of the energies is squared", 2 * (u_data.mean() - u_model.mean()) * expected),
        Guess("the absolute difference of the energies is taken", np.sign(u_data.mean() - u_model.mean()) * expected),
        Guess("exp(−U) is averaged, but the gradient of the log-likelihood needs the energy itself",
              -(np.exp(-u_data)[:, None] * g_data).mean(0) + (np.exp(-u_model)[:, None] * g_model).mean(0)),
        Guess("the squares of the energies are added to the loss",
              expected + 2 * (u_data[:, None] * g_data).mean(0) + 2 * (u_model[:, None] * g_model).mean(0)),
        Guess("x_data and x_model meet in one mean", np.concatenate([g_data, g_model]).mean(0)),
    ]
    scale = max(np.abs(data).max(), np.abs(model).max())
    if inputs["drift"] is not None:
        slope = gradient_x(spec, xm) / m  # (m, dim): how the mean energy of the samples moves with them
        through = slope.reshape(-1) @ inputs["drift"].astype(np.float64)
        scale = max(scale, np.abs(through).max())
        guesses += [
            Guess("the gradient also flows through the samples: detach x_model", expected - through),
            Guess("the sign is flipped, and the gradient also flows through the samples: detach x_model", through - expected),
            Guess("the energies are summed, not averaged, and x_model is not detached", n * data - m * (model + through)),
            Guess("both terms push in the same direction, and x_model is not detached", data + model + through),
            Guess("the gradient flows through the samples only: detach x_model, not the energy", -through),
        ]
    return compare(came, expected, "the gradient of the loss", guesses, scale=float(scale),
                   factors={"n_data": float(n), "n_model": float(m), "(n_data + n_model)": float(n + m)})


CONTRASTIVE_LOSS = Question(
    topic="03_energy_based_models", title="A loss with the right gradient", difficulty=3, minutes=15,
    contract=Contract(
        name="contrastive_loss", signature="contrastive_loss(energy, x_data, x_model)",
        arguments={"energy": "callable (n, dim) -> (n,), differentiable in the parameters θ it holds",
                   "x_data": "float tensor (n_data, dim): data",
                   "x_model": "float tensor (n_model, dim): draws of the current model; may carry a graph back to θ"},
        returns="float tensor (): a scalar whose θ-gradient estimates that of the mean negative log-likelihood"),
    parts={"gradient": 2, "constant samples": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.energy_based_models:contrastive_loss")
