"""Question 7: a loss for a target that can be evaluated but not sampled, KL(model || target) up to log Z."""

from typing import NamedTuple

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal, uniform
from course_lib.questions.normalizing_flows.arguments import left_alone
from course_lib.questions.normalizing_flows.exact import (Spec, cast, draw_base, draw_matrix, log_base, log_base_slope,
                                                          log_normal, wide)


def cases(generator: torch.Generator) -> list[Case]:
    """A map with 3·dim parameters, a target that is not normalised and not centred; half of the losses are negative."""
    drawn = []
    for part in ("value", "gradient"):
        # a positive loss first: there a flipped sign shows, and an absolute value does not
        for dtype, loss in (("float32", 1), ("float64", -1), ("float64", 1), ("float32", -1)):
            dim, n = distinct(2, 4, 1, generator)[0], distinct(5, 9, 1, generator)[0]
            half = draw_matrix(dim, 1.0, generator)
            target = {"P": half @ half.T, "c": normal((dim,), generator, scale=0.8), "q": uniform(0.1, 0.3, generator),
                      "log_size": 0.0}
            inputs = {"part": part, "target": cast(target, dtype), "base": cast(draw_base(dim, generator), dtype),
                      "theta": normal((3 * dim,), generator, dtype, scale=0.5), "z": normal((n, dim), generator, dtype)}
            inputs["target"]["log_size"] = log_size(inputs, loss, generator)
            drawn.append(Case(part, inputs))
    return drawn


def log_size(inputs: Inputs, loss: int, generator: torch.Generator) -> float:
    """The constant in log π̃ that gives the loss this sign; with a negative loss log π̃ > 0 at some points."""
    t = terms(inputs)
    mean = float((t["base"] - t["log_det"] - t["target"]).value.mean())
    return mean - loss * uniform(3, 8, generator) + (loss < 0) * max(0.0, 1 - mean - float(t["target"].value.max()))


class Term(NamedTuple):
    """A term of the loss at every point, (n,), and its gradient in θ, (n, 3·dim)."""

    value: np.ndarray
    gradient: np.ndarray

    def __add__(self, other: "Term") -> "Term":
        return Term(self.value + other.value, self.gradient + other.gradient)

    def __sub__(self, other: "Term") -> "Term":
        return Term(self.value - other.value, self.gradient - other.gradient)


def push(theta: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, Term]:
    """x, dx_i/dθ (n, 3, dim) for μ_i, λ_i, κ_i, and the log-determinant."""
    mu, lam, kappa = np.split(theta, 3)
    t, zero = np.tanh(z), np.zeros_like(z)
    moves = np.stack([zero + 1, np.exp(lam) * z, np.exp(kappa) * t], axis=1)
    slopes = np.stack([zero, zero + np.exp(lam), np.exp(kappa) * (1 - t**2)], axis=1)
    slope = slopes.sum(1)
    return mu + moves[:, 1:].sum(1), moves, Term(np.log(slope).sum(1), (slopes / slope[:, None]).reshape(len(z), -1))


def log_target(spec: Spec, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log π̃ (n,) and its gradient in x (n, dim)."""
    centre, precision = wide(spec, "c", "P")
    pull = (x - centre) @ precision
    return spec["log_size"] - (pull * (x - centre)).sum(1) / 2 - spec["q"] * (x**4).sum(1) / 4, -pull - spec["q"] * x**3


def terms(inputs: Inputs) -> dict[str, Term]:
    """Every term that the loss has or might have."""
    theta, z = inputs["theta"].astype(np.float64), inputs["z"].astype(np.float64)
    x, moves, log_det = push(theta, z)
    flat = np.zeros_like(moves).reshape(len(z), -1)

    def along(slope: np.ndarray) -> np.ndarray:
        return (slope[:, None] * moves).reshape(len(z), -1)

    (at_x, slope_x), (at_z, _) = log_target(inputs["target"], x), log_target(inputs["target"], z)
    return {"base": Term(log_base(inputs["base"], z), flat), "log_det": log_det, "target": Term(at_x, along(slope_x)),
            "target_z": Term(at_z, flat), "target_fixed": Term(at_x, flat), "none": Term(0 * at_x, flat),
            "base_x": Term(log_base(inputs["base"], x), along(log_base_slope(inputs["base"], x))),
            "normal": Term(log_normal(z), flat), "log_det_fixed": Term(log_det.value, flat)}


def wrong_losses(t: dict[str, Term]) -> list[tuple[str, Term]]:
    """Losses that people write: (message, the terms at every point)."""
    right = t["base"] - t["log_det"] - t["target"]
    sign = "the sign of log_det is wrong: log q(x) = log ρ(z) − log_det, as forward stretches"
    collapse = "the log-determinant is missing: nothing keeps the model wide, and it collapses onto a maximum of the target"
    return [
        ("the sign is flipped: this would maximise the divergence", t["none"] - right),
        (sign, t["base"] + t["log_det"] - t["target"]), (sign, t["log_det"] - t["target"]),
        (collapse, t["base"] - t["target"]), (collapse, t["none"] - t["target"]),
        ("only the target is there, with the wrong sign, and without the log-determinant", t["target"]),
        ("log_target is added, but log π̃ is subtracted from log q", t["base"] - t["log_det"] + t["target"]),
        ("the target is missing: this is the model's own entropy, negative", t["base"] - t["log_det"]),
        ("log_target is taken at z: the model's draws are x = T(z)", t["base"] - t["log_det"] - t["target_z"]),
        ("log_base is taken at x: ρ is the law of z", t["base_x"] - t["log_det"] - t["target"]),
        ("this is the forward direction's formula, log ρ + log_det of an inverse, at x", t["none"] - t["base_x"] - t["log_det"]),
        ("log ρ(z) is subtracted, but log q(x) = log ρ(z) − log_det", t["none"] - t["base"] - t["log_det"] - t["target"]),
        ("the standard normal law is used, not the log_base that was given", t["normal"] - t["log_det"] - t["target"]),
        ("the log-determinant is counted twice", t["base"] - t["log_det"] - t["log_det"] - t["target"]),
    ]


def clipped(t: dict[str, Term]) -> list[tuple[str, Term]]:
    """What is made of the loss because a divergence cannot be negative: (message, the terms at every point)."""
    right = t["base"] - t["log_det"] - t["target"]
    mean, zero = np.sign(right.value.mean()), "a divergence is never negative, but this is one up to log Z, and may well be"

    def times(term: Term, factor: np.ndarray | float) -> Term:
        return Term(term.value * factor, term.gradient * np.reshape(factor, (-1, 1)))

    return [(f"the absolute value is taken; {zero}", times(right, mean)),
            (f"it is cut off at 0; {zero}", times(right, max(mean, 0))),
            (f"the absolute value is taken at every point; {zero}", times(right, np.sign(right.value))),
            (f"it is cut off at 0 at every point; {zero}", times(right, right.value > 0)),
            ("log_target is cut off at 0, but the logarithm of a density may be positive",
             t["base"] - t["log_det"] - times(t["target"], t["target"].value < 0))]


def wrong_paths(t: dict[str, Term]) -> list[tuple[str, Term]]:
    """Right values through which only a part of the gradient flows; the same gradient as without that term."""
    return [
        ("nothing flows through x into log_target: x is detached, or the target is missing or taken at z",
         t["base"] - t["log_det"] - t["target_fixed"]),
        ("nothing flows through log_det, which keeps the model wide: the log-determinant is detached, or missing",
         t["base"] - t["log_det_fixed"] - t["target"]),
    ]


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """The value to the last constant, or the gradient, for which constants do not matter."""
    came, part, (n, dim) = outputs["value"], inputs["part"], inputs["z"].shape
    if came.shape != ():
        return compare(came, np.zeros(()), "the loss") if came.size != 1 else Verdict(
            False, f"the loss should be one number, of shape (), but has the shape {came.shape}.")
    t = terms(inputs)
    right, field = t["base"] - t["log_det"] - t["target"], 0 if part == "value" else 1
    each = right[field]
    if part == "gradient" and outputs["backward_called"]:
        return Verdict(False, "backward was called inside: do not call it yourself, return the loss; the training loop calls "
                              "backward once.")
    if part == "gradient" and not outputs["gradient"].size:
        return Verdict(False, "no gradient can flow from the loss to the parameters in forward: return a tensor, and neither "
                              "detach nor convert anything on the way.")
    losses = clipped(t) + wrong_paths(t) * (part == "gradient") + wrong_losses(t)
    guesses = [Guess(message, loss[field].mean(0)) for message, loss in losses]
    guesses += [Guess(f"it is summed over the points, not averaged: {message}" if message else
                      "it is summed over the points, not averaged", loss[field].sum(0))
                for message, loss in [("", right), *wrong_losses(t)]]
    guesses.append(Guess("it is divided by the number of coordinates", each.mean(0) / dim))
    if part == "value":
        guesses.insert(0, Guess("log ρ(z) is missing: the gradient does not need it, but the value does, or it is no KL",
                                (right - t["base"]).value.mean()))
    scale = max(float(np.abs(t[name][field]).max()) for name in ("base", "log_det", "target"))
    verdict = compare(came if part == "value" else outputs["gradient"], each.mean(0),
                      "the loss" if part == "value" else "the gradient of the loss", guesses, scale=scale,
                      factors={"n": float(n), "dim": float(dim)})
    return left_alone(inputs, outputs, "z") if verdict.passed else verdict


REVERSE_KL = Question(
    topic="11a_normalizing_flows", title="A loss without data", difficulty=3, minutes=15,
    contract=Contract(
        name="reverse_kl", signature="reverse_kl(forward, log_base, log_target, z)",
        arguments={"forward": "callable, z (n, dim) -> (x (n, dim), log_det (n,)), x = T(z), log_det = log|det dx/dz|; holds the "
                              "parameters θ",
                   "log_base": "callable (n, dim) -> (n,): log ρ, in nats",
                   "log_target": "callable (n, dim) -> (n,): log π̃, the target's log-density up to a constant",
                   "z": "float tensor (n, dim): draws of ρ"},
        returns="float tensor (): estimate of KL(model || target) − log Z, which may be negative, with its gradient in θ"),
    parts={"value": 1, "gradient": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.normalizing_flows:reverse_kl")
