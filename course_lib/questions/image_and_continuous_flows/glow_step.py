"""Question 2: one step of Glow on images: actnorm, 1x1 convolution, affine coupling, in both directions."""

import numpy as np
import torch

from course_lib.questions.compare import close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import NUMPY, distinct, normal, uniform_array
from course_lib.questions.image_and_continuous_flows.exact import coupling, double, draw_coupling, orthogonal, unchanged
from course_lib.questions.image_and_continuous_flows.glow_guesses import Step, value_guesses
from course_lib.questions.image_and_continuous_flows.glow_log_det_guesses import log_det_guesses


def cases(generator: torch.Generator) -> list[Case]:
    """Four to six channels, all sizes different; half of the weights have a negative determinant."""
    drawn = []
    for part, directions in (("forward", (False,) * 4), ("log_det", (False, True) * 3), ("inverse", (True,) * 4)):
        for i, inverse in enumerate(directions):
            channels, dtype = 4 + i % 3, ("float32", "float64", "float64", "float32")[i % 4]
            n, height, width = [size for size in distinct(3, 8, 6, generator) if size != channels][:3]
            drawn.append(draw_case(part, inverse, (n, channels, height, width), i // 2 % 2 == 1, dtype, generator))
    for part, inverse in (("forward", False), ("log_det", False), ("inverse", True)):  # beside the generic cases: one image
        drawn.append(draw_case(part, inverse, (1, 5, 3, 4), True, "float64", generator))
    return drawn


def draw_case(part: str, inverse: bool, shape: tuple[int, ...], negative: bool, dtype: str, generator: torch.Generator) -> Case:
    channels, kept = shape[1], shape[1] // 2
    return Case(part, {
        "part": part, "values": normal(shape, generator, dtype),
        "log_scale": normal((channels,), generator, dtype, scale=0.3) + NUMPY[dtype](0.2),
        "bias": normal((channels,), generator, dtype, scale=0.7),
        "weight": draw_weight(channels, negative, generator).astype(NUMPY[dtype]),
        "network": draw_coupling(kept, channels - kept, generator, dtype), "inverse": inverse})


def draw_weight(channels: int, negative: bool, generator: torch.Generator) -> np.ndarray:
    """A matrix that is easy to invert, with |det| clearly not 1."""
    sizes = np.exp(uniform_array(-0.1, 0.6, (channels,), generator))
    weight = orthogonal(channels, generator) * sizes @ orthogonal(channels, generator)
    if (np.linalg.det(weight) < 0) != negative:
        weight[0] *= -1
    return weight


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Parts "forward" and "inverse" look at the values, "log_det" at the other result."""
    values, log_scale, bias, weight = double(inputs, "values", "log_scale", "bias", "weight")
    step = Step(log_scale, bias, weight, lambda kept: coupling(inputs["network"], kept), inputs["inverse"])
    expected, sizes = step.run(values)
    if inputs["part"] != "log_det":
        if close(outputs["values"], expected, sizes):
            return unchanged(inputs, outputs, "values", "log_scale", "bias", "weight")
        return compare(outputs["values"], expected, "the result", value_guesses(step, values), scale=sizes,
                       hint="undo the last operation first" if inputs["inverse"] else "")
    terms = step.terms(values)
    right, scale = sum(terms.values()), max(float(np.abs(term).max()) for term in terms.values())
    if close(outputs["log_det"], right, scale):
        return Verdict(True)
    return compare(outputs["log_det"], right, f"log_det with inverse={inputs['inverse']}",
                   log_det_guesses(step, values, outputs["values"]), scale=scale,
                   hint="" if close(outputs["values"], expected, sizes) else "the values are not right either: begin with them",
                   nonfinite="a determinant may be negative: take its absolute value before the logarithm",
                   factors={"h·w": float(values[0, 0].size), "n": float(len(values)), "c": float(len(bias))})


GLOW_STEP = Question(
    topic="11b_image_and_continuous_flows", title="One step of Glow", difficulty=4, minutes=30,
    contract=Contract(
        name="glow_step", signature="glow_step(values, log_scale, bias, weight, network, inverse)",
        arguments={"values": "float tensor (n, c, h, w): images, c ≥ 2; z if inverse is False, x if inverse is True",
                   "log_scale": "float tensor (c,): of the actnorm, one number a channel",
                   "bias": "float tensor (c,): of the actnorm, one number a channel",
                   "weight": "float tensor (c, c): of the 1x1 convolution; invertible, its determinant may be negative",
                   "network": "callable (n, c//2, h, w) -> (shift, s), each (n, c − c//2, h, w): rest · exp(s) + shift",
                   "inverse": "bool: False from z to x, True from x to z"},
        returns="tuple (values (n, c, h, w), log_det (n,)): the other side of the step, and log|det| of the Jacobian of "
                "the map that was computed"),
    parts={"forward": 1, "log_det": 2, "inverse": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.image_and_continuous_flows:glow_step")
