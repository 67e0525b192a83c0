"""Question 5: a monotone rational-quadratic spline with straight tails (Gregory & Delbourgo 1982; Durkan et al. 2019)."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import NUMPY, distinct, normal, uniform_array
from course_lib.questions.normalizing_flows.arguments import left_alone
from course_lib.questions.normalizing_flows.spline_guesses import (added_tails, spline, wrong_inside, wrong_log_slope,
                                                                   wrong_tails)


def draw_spline(bins: int, generator: torch.Generator) -> dict[str, np.ndarray]:
    """Knots whose first and last are nowhere special, chords and slopes between 1/4 and 4."""
    widths, chords = uniform_array(0.4, 1.6, (bins,), generator), np.exp(normal((bins,), generator, scale=0.6))
    corner = normal((2,), generator)
    return {"knots_x": corner[0] - 1.5 + np.concatenate([[0.0], widths.cumsum()]),
            "knots_y": corner[1] - 1.5 + np.concatenate([[0.0], (widths * chords.clip(0.25, 4)).cumsum()]),
            "slopes": np.exp(normal((bins + 1,), generator, scale=0.7)).clip(0.3, 3.5)}


def cases(generator: torch.Generator) -> list[Case]:
    """Inside: every bin, then the knots themselves. Tails: left, right, both. log_slope: everywhere."""
    drawn = []
    for part in ("inside", "tails", "log_slope"):
        where = {"inside": ("bins",) * 4 + ("knots",) * 2, "tails": ("both", "left", "right", "both"),
                 "log_slope": ("bins", "both", "all", "all", "knots")}[part]
        for i, (place, dtype) in enumerate(zip(where, ("float32", "float64", "float64", "float32") * 2)):
            bins = 3 + (i + distinct(0, 1, 1, generator)[0]) % 4
            spline = {key: value.astype(NUMPY[dtype]) for key, value in draw_spline(bins, generator).items()}
            knots = spline["knots_x"].astype(np.float64)
            inside = knots[:-1] + np.diff(knots) * uniform_array(0.1, 0.9, (2, bins), generator)
            away = uniform_array(0.2, 2.5, (2, 4), generator)
            left, right = knots[0] - away[0], knots[-1] + away[1]
            x = {"bins": inside.ravel(), "knots": np.concatenate([knots, inside[0]]), "left": left, "right": right,
                 "both": np.concatenate([left, right]), "all": np.concatenate([left, inside.ravel(), right])}[place]
            order = torch.randperm(len(x), generator=generator).numpy()
            drawn.append(Case(part, {"part": part, **spline, "x": x[order].astype(dtype)}))
    return drawn


def exact(inputs: Inputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """y, log_slope and where x is in a tail: −1, 0, 1."""
    x, xs, ys, d = (inputs[name].astype(np.float64) for name in ("x", "knots_x", "knots_y", "slopes"))
    tail = (x > xs[-1]).astype(int) - (x < xs[0]).astype(int)
    y, log_slope, _ = spline(x, xs, ys, d)
    for side, end in ((-1, 0), (1, -1)):
        y = np.where(tail == side, ys[end] + d[end] * (x - xs[end]), y)
        log_slope = np.where(tail == side, np.log(d[end]), log_slope)
    return y, log_slope, tail


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Parts "inside" and "tails" look at y, part "log_slope" at the logarithm of dy/dx everywhere."""
    arguments = ("x", "knots_x", "knots_y", "slopes")
    x, *table = (inputs[name].astype(np.float64) for name in arguments)
    y, log_slope, tail = exact(inputs)
    order = "(y, log_slope) is the order of the two results"
    if inputs["part"] == "log_slope":
        guesses = [*wrong_log_slope(x, *table, tail, log_slope), Guess(f"this is y: {order}", y)]
        verdict = compare(outputs["log_slope"], log_slope, "log_slope", guesses, scale=max(1.0, float(np.abs(log_slope).max())),
                          tolerance=1e-4,
                          nonfinite="look for the logarithm of something negative or a point beyond the last knot")
    else:
        inside = inputs["part"] == "inside"
        guesses = wrong_inside(x, *table) + added_tails(x, *table) if inside else wrong_tails(x, *table, tail)
        guesses.append(Guess(f"this is log dy/dx: {order}", log_slope))
        at_knots = bool(np.isin(x, table[0]).any())
        hint = "some of these x are exactly knots, the last knot among them, which opens no bin" if at_knots else ""
        verdict = compare(outputs["y"], y, "y", guesses, scale=max(1.0, float(np.abs(y).max())), hint=hint)
    return left_alone(inputs, outputs, *arguments) if verdict.passed else verdict


RATIONAL_QUADRATIC = Question(
    topic="11a_normalizing_flows", title="A rational-quadratic spline", difficulty=4, minutes=30,
    contract=Contract(
        name="rational_quadratic", signature="rational_quadratic(x, knots_x, knots_y, slopes)",
        arguments={"x": "float tensor (n,): any numbers, also outside the knots or exactly on one",
                   "knots_x": "float tensor (K+1,), increasing, K ≥ 2: where the knots are",
                   "knots_y": "float tensor (K+1,), increasing: the values there",
                   "slopes": "float tensor (K+1,) > 0: dy/dx there; the first and the last go on outside as straight lines"},
        returns="tuple (y (n,), log_slope (n,)): the value and log dy/dx"),
    parts={"inside": 2, "tails": 1, "log_slope": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.normalizing_flows:rational_quadratic")
