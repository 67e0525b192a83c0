"""Question 5: a convolution that sees earlier pixels only, and its exact inverse (the idea of MintNet)."""

import numpy as np
import torch

from course_lib.questions.compare import TOLERANCE, Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import NUMPY, distinct, normal, sign, uniform_array
from course_lib.questions.image_and_continuous_flows.exact import double, unchanged
from course_lib.questions.image_and_continuous_flows.masked_guesses import EARLIER, correlate, substitute, value_guesses


def cases(generator: torch.Generator) -> list[Case]:
    """Images that are not square; every entry of the kernel is there, also those that the mask must remove."""
    drawn = []
    for part, directions in (("forward", (False,) * 4), ("inverse", (True,) * 4), ("log_det", (False, True) * 2)):
        for i, inverse in enumerate(directions):
            n, height, width = distinct(4, 6, 3, generator)
            drawn.append(draw_case(part, inverse, (n, height, width), draw_kernel(generator),
                                   ("float32", "float64", "float64", "float32")[i], generator))
    # beside the generic cases: one image, and a narrow one in which every pixel hangs on the one before it
    for part, inverse in (("forward", False), ("inverse", True)):
        drawn.append(draw_case(part, inverse, (1, 4, 5), draw_kernel(generator), "float64", generator))
    chain = draw_kernel(generator) * np.array([[0.4, 0.4, 3.2], [3.2, 1, 1], [1, 1, 1]])
    drawn.append(draw_case("inverse", True, (3, 12, 2), chain, "float64", generator))
    return drawn


def draw_kernel(generator: torch.Generator) -> np.ndarray:
    signs = np.array([sign(generator) for _ in range(9)]).reshape(3, 3)
    return signs * uniform_array(0.25, 0.45, (3, 3), generator)


def draw_case(part: str, inverse: bool, shape: tuple[int, int, int], kernel: np.ndarray, dtype: str,
              generator: torch.Generator) -> Case:
    return Case(part, {
        "part": part, "values": normal(shape, generator, dtype), "kernel": kernel.astype(NUMPY[dtype]),
        "log_diagonal": uniform_array(-0.2, 0.5, shape[1:], generator, dtype), "inverse": inverse})


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Parts "forward" and "inverse" look at the values, "log_det" at ± Σ log_diagonal."""
    v, kernel, log_diagonal = double(inputs, "values", "kernel", "log_diagonal")
    if inputs["part"] == "log_det":
        return judge_log_det(outputs["log_det"], inputs["inverse"], kernel, log_diagonal, len(v))
    d, earlier = np.exp(log_diagonal), kernel * EARLIER
    if inputs["inverse"]:  # rounding errors grow as in the same substitution with all signs alike
        expected, scale, tolerance = substitute(v, earlier, d), substitute(np.abs(v), -np.abs(earlier), d).max(), 3e-6
    else:
        expected, scale, tolerance = v * d + correlate(v, earlier), 2 * np.abs(v).max(), TOLERANCE
    if close(outputs["values"], expected, scale, tolerance):
        return unchanged(inputs, outputs, "values", "kernel", "log_diagonal")
    guesses = value_guesses(v, kernel, log_diagonal, inputs["inverse"])
    return compare(outputs["values"], expected, "the result", guesses, scale=scale, tolerance=tolerance)


def judge_log_det(came: np.ndarray, inverse: bool, kernel: np.ndarray, log_diagonal: np.ndarray, n: int) -> Verdict:
    """The Jacobian is triangular: Σ log_diagonal, and minus that for the inverse; the same for every image."""
    one, sign_of = np.ones(n), -1.0 if inverse else 1.0
    (h, w), total = log_diagonal.shape, sign_of * log_diagonal.sum()
    where = "this is the log_det of the layer: inverse=True computes the inverse, and its sign changes" if inverse \
        else "this is the log_det of the inverse: forward, the sign is the other one"
    centre = sign_of * h * w * float(np.log(np.abs(kernel[1, 1])))
    guesses = [
        Guess(where, -total * one),
        Guess("the diagonal of the Jacobian holds exp(log_diagonal): add up log_diagonal itself",
              sign_of * np.exp(log_diagonal).sum() * one),
        Guess("this is the determinant: take its logarithm", np.exp(total) * one),
        Guess("log_diagonal is averaged, but summed is meant", total / (h * w) * one),
        Guess("the entries of log_diagonal are multiplied, but a sum is meant", log_diagonal.prod() * one),
        Guess("the entries of log_diagonal are multiplied, but a sum is meant", -log_diagonal.prod() * one),
        Guess("it is summed over the images; each has its own", n * total * one),
        Guess("log_diagonal holds every pixel already: no factor h·w", h * w * total * one),
        Guess("the factors on the diagonal are exp(log_diagonal): no second logarithm",
              sign_of * np.log(np.abs(log_diagonal)).sum() * one),
        Guess("the kernel's centre is masked out: it does not count", centre * one),
        Guess("the kernel's centre is masked out: it does not count", (centre + total) * one),
        Guess("the kernel's centre is masked out: it does not count",
              sign_of * np.log(np.abs(np.exp(log_diagonal) + kernel[1, 1])).sum() * one),
        Guess("only the first row of pixels is counted", sign_of * log_diagonal[0].sum() * one),
        Guess("one pixel is left out", (total - sign_of * log_diagonal[-1, -1]) * one),
    ]
    return compare(came, total * one, f"log_det with inverse={inverse}", guesses, scale=float(np.abs(log_diagonal).sum()),
                   hint="a triangular matrix has the product of its diagonal as determinant")


MASKED_CONVOLUTION = Question(
    topic="11b_image_and_continuous_flows", title="A convolution that can be undone", difficulty=4, minutes=30,
    contract=Contract(
        name="masked_convolution", signature="masked_convolution(values, kernel, log_diagonal, inverse)",
        arguments={"values": "float tensor (n, h, w): images of one channel; z if inverse is False, x if inverse is True",
                   "kernel": "float tensor (3, 3): only the four entries before the centre in raster order are used",
                   "log_diagonal": "float tensor (h, w): a pixel is multiplied by exp of its entry",
                   "inverse": "bool: False from z to x, True from x to z, exactly"},
        returns="tuple (values (n, h, w), log_det (n,)): the other side of the layer, and log|det| of the Jacobian of the "
                "map that was computed"),
    parts={"forward": 1, "inverse": 2, "log_det": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.image_and_continuous_flows:masked_convolution")
