"""Question 3: an affine coupling layer, both ways: what is kept says how the rest is scaled and shifted."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal
from course_lib.questions.normalizing_flows.arguments import left_alone
from course_lib.questions.normalizing_flows.exact import cast, draw_network, network


def cases(generator: torch.Generator) -> list[Case]:
    """As many coordinates kept as changed never; the part "log_det" has both directions in both dtypes."""
    drawn = []
    for part in ("forward", "inverse", "log_det"):
        for i, dtype in enumerate(("float32", "float64", "float64", "float32")):
            kept, changed = distinct(2, 5, 2, generator)
            n = kept + changed + distinct(1, 4, 1, generator)[0]
            inverse = part == "inverse" or part == "log_det" and i % 2 == 1
            drawn.append(Case(part, {
                "part": part, "inverse": inverse, "values": normal((n, kept + changed), generator, dtype, scale=1.3),
                "network": cast(draw_network(kept, changed, generator), dtype)}))
    return drawn


def wrong_rest(rest: np.ndarray, shift: np.ndarray, log_scale: np.ndarray, inverse: bool) -> list[tuple[str, np.ndarray]]:
    """What else the changed coordinates become: (message, array)."""
    scale, forward = np.exp(log_scale), rest * np.exp(log_scale) + shift
    both = [("they are not changed at all", rest),
            ("scale and shift are swapped: the network returns (shift, log_scale)", rest * np.exp(shift) + log_scale),
            ("scale and shift are swapped: the network returns (shift, log_scale)", (rest - log_scale) * np.exp(-shift)),
            ("exp is missing: the network returns the logarithm of the scale", rest * log_scale + shift),
            ("exp is missing: the network returns the logarithm of the scale", (rest - shift) / log_scale),
            ("the scale is 1 + log_scale, but it should be exp(log_scale)", rest * (1 + log_scale) + shift),
            ("the scale is a sigmoid, but it should be exp(log_scale)", rest / (1 + np.exp(-log_scale)) + shift),
            ("the root of the scale is used: log_scale is not the logarithm of a variance", rest * np.sqrt(scale) + shift),
            ("the shift is missing", rest * scale), ("the shift is missing", rest / scale)]
    if inverse:
        return both + [
            ("this is the forward direction: with inverse=True undo it", forward),
            ("the shift is taken away, but the scale is applied once more: divide by it", (rest - shift) * scale),
            ("the order is wrong: forward scales and then shifts, so take the shift away first and then divide",
             rest / scale - shift),
            ("the shift is added, but it must be taken away", (rest + shift) / scale),
            ("the signs are flipped one by one, but the order must be turned round too", rest / scale + shift),
            ("the scale is missing: this is the inverse of NICE's additive layer", rest - shift)]
    return both + [
        ("this is the inverse direction: with inverse=False apply the layer", (rest - shift) / scale),
        ("the shift comes before the scale: x = z·exp(log_scale) + shift", (rest + shift) * scale),
        ("it is divided by the scale, but multiplied was asked for", rest / scale + shift),
        ("the shift is subtracted, but it is added in this direction", rest * scale - shift),
        ("the scale is missing: this is NICE's additive layer", rest + shift)]


def keeps_last(inputs: Inputs, values: np.ndarray, k: int) -> list[Guess]:
    """The last coordinates stay and say what happens to the first ones."""
    rest, kept = values[:, :-k], values[:, -k:]
    shift, s = network(inputs["network"], kept)
    changed = (rest - shift) * np.exp(-s) if inputs["inverse"] else rest * np.exp(s) + shift
    message = "the last coordinates are kept: it should be the first num_kept ones"
    return [Guess(message, np.concatenate(order, axis=1)) for order in ([changed, kept], [kept, changed])]


def judge_values(inputs: Inputs, came: np.ndarray) -> Verdict:
    """The kept coordinates as they are, in front of the changed ones."""
    values = inputs["values"].astype(np.float64)
    k = inputs["network"]["w_in"].shape[1]
    kept, rest = values[:, :k], values[:, k:]
    shift, log_scale = network(inputs["network"], kept)
    right = (rest - shift) * np.exp(-log_scale) if inputs["inverse"] else rest * np.exp(log_scale) + shift
    guesses = [
        Guess("the halves are swapped: the kept coordinates stay in front", np.concatenate([right, kept], axis=1)),
        Guess("only the changed coordinates are there: put the kept ones in front of them", right),
        *keeps_last(inputs, values, k),
        *[Guess(f"the coordinates that change are wrong: {message}", np.concatenate([kept, wrong], axis=1))
          for message, wrong in wrong_rest(rest, shift, log_scale, inputs["inverse"])],
    ]
    expected = np.concatenate([kept, right], axis=1)
    direction = "inverse" if inputs["inverse"] else "forward"
    hint = f"the first {k} coordinates are right, the others are not"
    first = came.shape == values.shape and np.allclose(came[:, :k], kept, atol=1e-4)
    return compare(came, expected, f"values ({direction})", guesses, scale=float(np.abs(expected).max()),
                   hint=hint if first else "")


def judge_log_det(inputs: Inputs, came: np.ndarray) -> Verdict:
    """±Σ log_scale for each point."""
    values = inputs["values"].astype(np.float64)
    k = inputs["network"]["w_in"].shape[1]
    shift, s = network(inputs["network"], values[:, :k])
    sign = -1.0 if inputs["inverse"] else 1.0
    expected, other = sign * s.sum(1), -sign * s.sum(1)
    direction = "inverse" if inputs["inverse"] else "forward"
    turned = ("with inverse=True the map divides by the scale, so its log_det is minus the sum" if inputs["inverse"]
              else "forward multiplies by the scale, so its log_det is plus the sum")
    guesses = [
        Guess(f"this is the log_det of the other direction: {turned}", other),
        Guess("it is zero, as for an additive layer, but the scale changes volumes", 0 * expected),
        Guess("it is averaged over the coordinates: add log_scale up", sign * s.mean(1)),
        Guess("it is averaged over all coordinates, kept ones too: add log_scale up", expected / values.shape[1]),
        Guess("it is summed over the batch: every point has its own", np.full(len(s), expected.sum())),
        Guess("it is averaged over the batch: every point has its own", np.full(len(s), expected.mean())),
        Guess("this is the determinant, its logarithm was asked for", np.exp(expected)),
        Guess("the scales are added: the logarithm of their product is the sum of log_scale", np.exp(s).sum(1)),
        Guess("the scales are added: the logarithm of their product is the sum of log_scale", np.exp(-s).sum(1)),
        Guess("the logarithm of the summed scales is not the sum of their logarithms", np.log(np.exp(s).sum(1))),
        Guess("the absolute value is taken of each log_scale: only of the determinant, before its logarithm",
              np.abs(s).sum(1)),
        Guess("log|log_scale| is added up: the scale is exp(log_scale), so its logarithm is log_scale itself",
              sign * np.log(np.abs(s)).sum(1)),
        Guess("log_scale is that of the last coordinates: the network takes the first num_kept ones",
              sign * network(inputs["network"], values[:, -k:])[1].sum(1)),
        Guess("the shift is added up, but shifts do not change volumes: log_scale does", sign * shift.sum(1)),
        Guess("the shift counts as well, but shifts do not change volumes", expected + sign * shift.sum(1)),
    ]
    return compare(came, expected, f"log_det ({direction})", guesses, scale=max(1.0, float(np.abs(s).sum(1).max())),
                   factors={"n": float(len(s)), "the number of changed coordinates": float(s.shape[1])})


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Parts "forward" and "inverse" look at the values, part "log_det" at log_det in both directions."""
    log_det = inputs["part"] == "log_det"
    verdict = judge_log_det(inputs, outputs["log_det"]) if log_det else judge_values(inputs, outputs["values"])
    return left_alone(inputs, outputs, "values") if verdict.passed else verdict


AFFINE_COUPLING = Question(
    topic="11a_normalizing_flows", title="An affine coupling layer", difficulty=3, minutes=20,
    contract=Contract(
        name="affine_coupling", signature="affine_coupling(values, network, num_kept, inverse)",
        arguments={"values": "float tensor (n, dim): z if inverse is False, x if it is True",
                   "network": "callable (n, num_kept) -> (shift, log_scale), both (n, dim − num_kept)",
                   "num_kept": "int, 0 < num_kept < dim: so many coordinates, the first ones, stay as they are",
                   "inverse": "bool: False computes x from z, True z from x"},
        returns="tuple (values (n, dim), log_det (n,)): the result and log|det| of the direction computed"),
    parts={"forward": 1, "inverse": 1, "log_det": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.normalizing_flows:affine_coupling")
