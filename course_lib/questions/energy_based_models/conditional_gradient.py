"""Question 5: the gradient of a conditional energy model, U(y, x) = −w_y·x, by hand."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal, sign


def cases(generator: torch.Generator) -> list[Case]:
    """All sizes differ. Large scores share a large part over the classes, so that probabilities stay between 0 and 1."""
    drawn = []
    for part in ("gradient", "large scores"):
        for i, dtype in enumerate(("float32", "float64", "float64", "float32")):
            classes, dim, n = distinct(3, 8, 3, generator)
            n += 6
            weights, x = normal((classes, dim), generator, scale=0.8), normal((n, dim), generator) + 0.4
            if part == "large scores":  # the first coordinate of x is ±1 or so, its weight is common to all classes
                x[:, 0] = np.sign(x[:, 0]) * (1 + np.abs(x[:, 0]) / 4)
                weights[:, 0] = sign(generator) * 1200
            y = torch.randint(classes - (i == 1), (n,), generator=generator).numpy()  # once the last class is not seen
            drawn.append(Case(part, {"weights": weights.astype(dtype), "x": x.astype(dtype), "y": y}))
    return drawn


def softmax(a: np.ndarray, axis: int | None = -1) -> np.ndarray:
    """exp(a) / Σ exp(a) along an axis (None: over all entries)."""
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Model term minus data term: (1/n) Σ_i (p(k|x_i) − [y_i = k]) x_i."""
    w, x, y = inputs["weights"].astype(np.float64), inputs["x"].astype(np.float64), inputs["y"]
    (classes, _), n = w.shape, len(x)
    scores, hit = x @ w.T, np.eye(w.shape[0])[y]
    p = softmax(scores)

    def term(weight: np.ndarray) -> np.ndarray:
        return weight.T @ x / n

    expected, hard = term(p - hit), np.eye(classes)[scores.argmax(1)]
    guesses = [
        Guess("the sign is flipped: this is the gradient of the log-likelihood, and the negative one was asked", -expected),
        Guess("it is summed over the data, not averaged", n * expected),
        Guess("the sign is flipped, and it is summed over the data, not averaged", -n * expected),
        Guess("it is transposed: one row is one class", expected.T),
        Guess("only the data term is there: the model's expectation is missing", term(-hit)),
        Guess("only the model term is there: the data's expectation is missing", term(p)),
        Guess("the model term takes the best class only, but it is an expectation over p(y|x)", term(hard - hit)),
        Guess("one partition function is shared over all x, but each x has its own: normalise over y only",
              term(n * softmax(scores, None) - hit)),
        Guess("one partition function is shared over all x, but each x has its own: normalise over y only",
              term(softmax(scores, None) - hit)),
        Guess("the probabilities are normalised over the data, but p(y|x) sums to 1 over y", term(softmax(scores, 0) - hit)),
        Guess("p(y|x) ∝ exp(−U) = exp(+w_y·x): the exponent has the wrong sign", term(softmax(-scores) - hit)),
        Guess("the exponential is not normalised: divide by the sum over y", term(np.exp(scores) - hit)),
        Guess("the scores are used as probabilities: exp and normalise first", term(scores - hit)),
        Guess("it is divided by the number of classes, not by the number of points", expected * n / classes),
        Guess("it is divided by the number of points and of classes", expected / classes),
        Guess("each class is averaged over its own points, but all are divided by the same n",
              expected * n / np.maximum(hit.sum(0), 1)[:, None]),
        Guess("each class is averaged over its own points in the data term, but all are divided by the same n",
              term(p) - (hit.T @ x) / np.maximum(hit.sum(0), 1)[:, None]),
        Guess("the model term counts the true class only: sum over all classes", term(p * hit - hit)),
        Guess("data and model term are added, not subtracted", term(p + hit)),
        Guess("each class is treated alone with a sigmoid, but p(y|x) is normalised over y",
              term(1 / (1 + np.exp(-scores)) - hit)),
        Guess("the model term takes p as of the mean x: average after the product",
              softmax(x.mean(0) @ w.T)[:, None] * x.mean(0) - term(hit)),
    ]
    size, largest = float(np.abs(x).max()), float(np.abs(scores).max())
    overflow = f"the scores here reach {largest:.0f}, where exp overflows; subtract the largest score of each point first"
    if largest < 500:  # beyond, clamped scores look the same
        guesses.append(Guess("all classes have the same probability in the model term: use p(y|x)", term(1 / classes - hit)))
    # large scores: float32 rounds them to ±1e-4, and the probabilities inherit that
    tolerance = 3e-5 + 4e-7 * largest
    return compare(outputs["gradient"], expected, "the gradient", guesses, scale=size, tolerance=tolerance,
                   factors={"n": float(n), "K": float(classes)},
                   nonfinite=overflow, hint=overflow if largest > 500 else "")


CONDITIONAL_GRADIENT = Question(
    topic="03_energy_based_models", title="The gradient of a classifier that is an energy", difficulty=3, minutes=20,
    contract=Contract(
        name="conditional_gradient", signature="conditional_gradient(weights, x, y)",
        arguments={"weights": "float tensor (K, dim): one row w_y for each class, U(y, x) = −w_y·x",
                   "x": "float tensor (n, dim): what is given",
                   "y": "int64 tensor (n,): the classes seen, 0 … K−1"},
        returns="float tensor (K, dim): gradient of the mean of −log p(y_i | x_i) with respect to the weights"),
    parts={"gradient": 2, "large scores": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.energy_based_models:conditional_gradient")
