"""Question 4: a masked autoregressive layer: x to z in one pass of the network, z to x in dim passes."""

import numpy as np
import torch

from course_lib.questions.compare import compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal, uniform
from course_lib.questions.normalizing_flows.arguments import left_alone
from course_lib.questions.normalizing_flows.autoregressive_guesses import (fill, sweep, wrong_forward, wrong_inverse,
                                                                           wrong_log_det)
from course_lib.questions.normalizing_flows.exact import autoregressive, cast, draw_autoregressive


DIMS = (3, 5, 7, 4)  # no fixed number of passes is right for all of them


def cases(generator: torch.Generator) -> list[Case]:
    """Three to seven coordinates, always more points than passes; one "forward" case whose passes change little for a while."""
    drawn = []
    for part in ("inverse", "forward"):
        order = torch.randperm(4, generator=generator).tolist()
        for i, dtype in zip(order, ("float32", "float64", "float64", "float32")):
            n = DIMS[i] + distinct(2, 4, 1, generator)[0]
            spec, values = draw_autoregressive(DIMS[i], generator), normal((n, DIMS[i]), generator, dtype)
            while not tells_passes_apart(spec, values.astype(np.float64)):
                spec, values = draw_autoregressive(DIMS[i], generator), normal((n, DIMS[i]), generator, dtype)
            drawn.append(Case(part, {"inverse": part == "inverse", "network": cast(spec, dtype), "values": values}))
    spec, values = draw_chain(generator), normal((9, 7), generator)
    while not fools_a_loose_stop(spec, values):
        spec, values = draw_chain(generator), normal((9, 7), generator)
    return [*drawn, Case("forward", {"inverse": False, "network": spec, "values": values})]


def draw_chain(generator: torch.Generator) -> dict:
    """Seven coordinates, each depending on the one before; the fourth on the third so weakly that the passes seem to be over."""
    spec, strong, weak = draw_autoregressive(7, generator), uniform(2.0, 3.0, generator), uniform(1e-3, 3e-3, generator)
    for name in ("M", "N"):
        chain = np.diag(np.diag(spec[name], -1), -1)
        chain[4, 3], chain[3, 2] = chain[4, 3], weak
        spec[name] = chain * (strong if name == "M" else 1.0)
    return spec


def fools_a_loose_stop(spec: dict, z: np.ndarray) -> bool:
    """Who stops once a pass changes x by less than 1/100, or 1/1000 on average, is clearly wrong, wherever the passes start."""
    right = sweep(spec, z, z, 7)
    for start in (z, 0 * z):
        steps = [sweep(spec, z, start, k) for k in range(8)]
        for size in (lambda change: np.abs(change).max() / 1e-2, lambda change: np.abs(change).mean() / 1e-3):
            stopped = next((x for x, before in zip(steps[1:], steps) if size(x - before) < 1), right)
            if np.abs(stopped - right).max() < 3e-4 * max(1.0, np.abs(right).max()):
                return False
    return True


def tells_passes_apart(spec: dict, z: np.ndarray) -> bool:
    """Does one pass too few show clearly, wherever the passes start?"""
    dim = z.shape[1]
    x = sweep(spec, z, z, dim)
    misses = [sweep(spec, z, start, dim - 1) - x for start in (z, 0 * z)]
    scales = [(autoregressive(spec, sweep(spec, z, start, dim - 2))[1] - autoregressive(spec, x)[1]).sum(1)
              for start in (z, 0 * z)]
    return min(np.abs(miss).max() for miss in misses + scales) > 0.01 * max(1.0, np.abs(x).max())


def exact(inputs: Inputs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The result, and shift and log_scale at x."""
    values, spec = inputs["values"].astype(np.float64), inputs["network"]
    x = values if inputs["inverse"] else fill(spec, values, 0 * values, list(range(values.shape[1])))
    shift, s = autoregressive(spec, x)
    return (x - shift) * np.exp(-s) if inputs["inverse"] else x, shift, s


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Values, then log_det, then how often the network was called."""
    values, spec, (expected, shift, s) = inputs["values"].astype(np.float64), inputs["network"], exact(inputs)
    inverse, dim = inputs["inverse"], values.shape[1]
    guesses = wrong_inverse(spec, values, shift, s) if inverse else wrong_forward(spec, values, expected)
    name = "z" if inverse else "x"
    verdict = compare(outputs["values"], expected, name, guesses, scale=max(1.0, float(np.abs(expected).max())),
                      nonfinite="look for a division, or a log_scale of the wrong coordinate")
    if not verdict.passed:
        return verdict
    verdict = compare(outputs["log_det"], -s.sum(1) if inverse else s.sum(1), f"log_det (inverse={inverse})",
                      wrong_log_det(inputs, s), scale=max(1.0, float(np.abs(s).sum(1).max())),
                      factors={"n": float(len(s)), "dim": float(dim)})
    if not verdict.passed:
        return verdict
    passes, allowed = float(outputs["passes"]), 1 if inverse else dim + 1
    if passes > allowed + 1e-9:
        why = ("all of x is known, so one pass gives every shift and scale at once: this is the fast direction" if inverse
               else f"each pass finishes one coordinate, so {dim} are enough")
        return Verdict(False, f"its numbers are right, but the batch went through the network {passes:g} times: {why}.")
    return left_alone(inputs, outputs, "values")


MASKED_AUTOREGRESSIVE = Question(
    topic="11a_normalizing_flows", title="A masked autoregressive layer", difficulty=4, minutes=25,
    contract=Contract(
        name="masked_autoregressive", signature="masked_autoregressive(values, network, inverse)",
        arguments={"values": "float tensor (n, dim): z if inverse is False, x if it is True",
                   "network": "callable, x (n, dim) -> (shift, log_scale), both (n, dim); their i-th columns depend on the "
                              "columns of x before i only; inverse: one pass, forward: dim passes, one more is tolerated",
                   "inverse": "bool: False computes x from z, True z from x"},
        returns="tuple (values (n, dim), log_det (n,)): the result and log|det| of the direction computed"),
    parts={"inverse": 1, "forward": 2}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.normalizing_flows:masked_autoregressive")
