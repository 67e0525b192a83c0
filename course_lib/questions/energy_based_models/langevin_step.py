"""Question 6: one unadjusted Langevin step, x − η ∇U(x) + √(2η) ε."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal, uniform
from course_lib.questions.energy_based_models.exact import draw_energy, gradient_x


def cases(generator: torch.Generator) -> list[Case]:
    """Wells and networks, step sizes around 0.02 ... 0.3."""
    drawn = []
    for part in ("drift", "noise", "clean"):
        for kind, dtype in (("wells", "float32"), ("network", "float64"), ("wells", "float64"), ("network", "float32")):
            n, dim, size = distinct(3, 8, 3, generator)
            spec = draw_energy(kind, dim, size, generator, dtype)
            drawn.append(Case(part, {
                "part": part, "energy": spec, "x": normal((n, dim), generator, dtype, scale=1.3),
                "noise": normal((n, dim), generator, dtype), "step_size": uniform(0.02, 0.3, generator)}))
    for n, dim in ((1, 3), (5, 1)):  # beside the generic cases: a squeeze shows only here
        drawn.append(Case("drift", {
            "part": "drift", "energy": draw_energy("wells", dim, 3, generator, "float64"),
            "x": normal((n, dim), generator, "float64", scale=1.3), "noise": normal((n, dim), generator, "float64"),
            "step_size": uniform(0.02, 0.3, generator)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Half the sum of the steps with ±ε is the drift, half the difference the noise term; −ε has the law of ε."""
    plus, minus, again = (outputs[name].astype(np.float64) for name in ("plus", "minus", "again"))
    x, shape = inputs["x"].astype(np.float64), inputs["x"].shape
    if not plus.shape == minus.shape == again.shape == shape:
        return compare(plus, np.zeros(shape), "the new x") if plus.shape != shape else Verdict(False, "its shape changes.")
    if not (np.isfinite(plus).all() and np.isfinite(minus).all()):
        return Verdict(False, "the new x is NaN or infinite.")
    if not close(plus, again, 1 + float(np.abs(plus).max())):
        return Verdict(False, "the same arguments gave another result: use the noise that is passed in, draw none.")
    drift, noise = judge_drift(inputs, (plus + minus) / 2), judge_noise(inputs, (plus - minus) / 2)
    if inputs["part"] == "clean":
        return judge_clean(outputs, x, drift.passed or noise.passed)
    return drift if inputs["part"] == "drift" else noise


AFTER_NOISE = "the gradient is taken where the noise has moved x, but it belongs to the old x"


def noisy_start(inputs: Inputs, factor: int) -> np.ndarray:
    """What comes out if x moves by the noise first and then down the gradient from there."""
    x, eta = inputs["x"].astype(np.float64), inputs["step_size"]
    moved = x + factor * np.sqrt(2 * eta) * inputs["noise"].astype(np.float64)
    return moved - eta * gradient_x(inputs["energy"], moved)


def judge_drift(inputs: Inputs, came: np.ndarray) -> Verdict:
    """What is left without the noise: x − η ∇U(x)."""
    x, eta = inputs["x"].astype(np.float64), inputs["step_size"]
    grad, (n, dim) = gradient_x(inputs["energy"], x), inputs["x"].shape
    guesses = [
        Guess("the step goes uphill in energy; p ∝ exp(−U) is likely where U is low: x − η∇U(x)", x + eta * grad),
        Guess("this drift belongs to the other convention, x − (η/2)∇U + √η ε; here it is x − η∇U + √(2η) ε",
              x - eta / 2 * grad),
        Guess("the step goes uphill in energy, and by η/2", x + eta / 2 * grad),
        Guess("the drift is divided by the number of points: the gradient of the mean energy was taken, not of the sum",
              x - eta * grad / n),
        Guess("the step goes uphill, and it is divided by the number of points (mean energy, not sum)", x + eta * grad / n),
        Guess("the drift has 2η, but the factor 2 belongs under the root of the noise", x - 2 * eta * grad),
        Guess("the drift has √(2η), the factor of the noise; it should have η", x - np.sqrt(2 * eta) * grad),
        Guess("the drift has √η, it should have η", x - np.sqrt(eta) * grad),
        Guess("the drift has η², it should have η", x - eta**2 * grad),
        Guess("the step size is missing in the drift", x - grad),
        Guess("the drift is missing: x moves by the noise only", x),
        Guess("x itself is missing: the step is added to it", -eta * grad),
        Guess("x itself is missing: the step is added to it", eta * grad),
        Guess("the gradient is rescaled to its direction, but its size matters",
              x - eta * grad / np.linalg.norm(grad, axis=1, keepdims=True)),
        Guess("the sign of the gradient is taken, but its size matters", x - eta * np.sign(grad)),
        Guess("all points move by the mean gradient, but each has its own", x - eta * grad.mean(0)),
        Guess("all points move by the summed gradient, but each has its own", x - eta * grad.sum(0)),
        Guess("x is counted twice", 2 * x - eta * grad),
        Guess(AFTER_NOISE, (noisy_start(inputs, 1) + noisy_start(inputs, -1)) / 2),
    ]
    scale = float(max(np.abs(x).max(), eta * np.abs(grad).max()))
    return compare(came, x - eta * grad, "the step without its noise", guesses, scale=scale, tolerance=1e-5,
                   factors={"n": float(n), "dim": float(dim)})


def judge_noise(inputs: Inputs, came: np.ndarray) -> Verdict:
    """What the noise adds: ±√(2η) ε."""
    eps, eta = inputs["noise"].astype(np.float64), inputs["step_size"]
    expected, scale = np.sqrt(2 * eta) * eps, float(np.abs(inputs["x"]).max() + np.abs(inputs["noise"]).max())
    if float((came * eps).sum()) < 0:
        came = -came
    guesses = [
        Guess("this is √η ε: the noise needs √(2η), or the chain samples too cold a density", np.sqrt(eta) * eps),
        Guess("this is η ε: the noise needs √(2η), a diffusion goes with the root of time", eta * eps),
        Guess("this is 2η ε: the root is missing, the noise needs √(2η)", 2 * eta * eps),
        Guess("this is 2√η ε: the 2 belongs under the root, √(2η)", 2 * np.sqrt(eta) * eps),
        Guess("this is √2·η ε: the step size belongs under the root too, √(2η)", np.sqrt(2) * eta * eps),
        Guess("this is √(η/2) ε: the noise needs √(2η)", np.sqrt(eta / 2) * eps),
        Guess("this is √2 ε: the step size is missing", np.sqrt(2) * eps),
        Guess("the noise enters unscaled: it needs √(2η)", eps),
        Guess("the noise is missing: this is gradient descent", 0 * eps),
        Guess("the noise is divided by √(2η), but it must be multiplied", eps / np.sqrt(2 * eta)),
        Guess("only the first row of the noise is used: each point needs its own", np.sqrt(2 * eta) * (0 * eps + eps[0])),
        Guess("the noise is averaged over the points: each needs its own", np.sqrt(2 * eta) * (0 * eps + eps.mean(0))),
        Guess("this is (2η)² ε: the noise needs √(2η)", (2 * eta)**2 * eps),
        Guess(AFTER_NOISE, (noisy_start(inputs, 1) - noisy_start(inputs, -1)) / 2),
    ]
    return compare(came, expected, "the noise term", guesses, scale=scale, tolerance=1e-5)


def judge_clean(outputs: Outputs, x: np.ndarray, something_right: bool) -> Verdict:
    """x as it was, and no graph behind the result; counts only for a step that does something right."""
    if not np.array_equal(outputs["x_after"], x):
        return Verdict(False, "x was changed in place: work on a copy, or with x − ..., not x -= ... .")
    if outputs["x_has_grad"]:
        return Verdict(False, "x is left requiring a gradient, or with one in x.grad: use x.detach().requires_grad_(), "
                              "which leaves x itself alone.")
    if outputs["result_has_graph"]:
        return Verdict(False, "the new x carries a graph, which grows with every step: detach what you return.")
    if not something_right:
        return Verdict(False, "x is left alone, which counts once drift or noise are right.")
    return Verdict(True)


LANGEVIN_STEP = Question(
    topic="03_energy_based_models", title="One Langevin step", difficulty=3, minutes=15,
    contract=Contract(
        name="langevin_step", signature="langevin_step(energy, x, noise, step_size)",
        arguments={"energy": "callable (n, dim) -> (n,): U at a batch of points, differentiable in x",
                   "x": "float tensor (n, dim): the points; must be left as it is, and not requiring a gradient",
                   "noise": "float tensor (n, dim): standard normal draws",
                   "step_size": "float > 0: η"},
        returns="float tensor (n, dim): x after one unadjusted Langevin step for p ∝ exp(−U), without a graph"),
    parts={"drift": 1, "noise": 1, "clean": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.energy_based_models:langevin_step")
