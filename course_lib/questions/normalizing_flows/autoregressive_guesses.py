"""What else comes out of a masked autoregressive layer: the arrays of the misconceptions, for the judge of question 4."""

import numpy as np

from course_lib.questions.compare import Guess
from course_lib.questions.contract import Inputs
from course_lib.questions.normalizing_flows.exact import autoregressive


def fill(spec: dict, z: np.ndarray, start: np.ndarray, order: list[int]) -> np.ndarray:
    """One coordinate a pass, in the given order, from `start`."""
    x = start.copy()
    for i in order:
        shift, s = autoregressive(spec, x)
        x[:, i] = z[:, i] * np.exp(s[:, i]) + shift[:, i]
    return x


def sweep(spec: dict, z: np.ndarray, start: np.ndarray, passes: int) -> np.ndarray:
    """All coordinates in every pass."""
    x = start
    for _ in range(passes):
        shift, s = autoregressive(spec, x)
        x = z * np.exp(s) + shift
    return x


def wrong_inverse(spec: dict, x: np.ndarray, shift: np.ndarray, s: np.ndarray) -> list[Guess]:
    """What else comes out of x."""
    filled = 0 * x
    for i in range(x.shape[1]):
        m_i, s_i = autoregressive(spec, filled)
        filled[:, i] = (x[:, i] - m_i[:, i]) * np.exp(-s_i[:, i])
    return [
        Guess("this is the forward formula: with inverse=True take the shift away and divide by the scale",
              x * np.exp(s) + shift),
        Guess("this is the forward direction, x from z: inverse=True was passed", fill(spec, x, 0 * x, list(range(x.shape[1])))),
        Guess("z is fed to the network coordinate by coordinate, but the network takes x, which is known here", filled),
        Guess("the shift is taken away, but the scale is applied once more: divide by it", (x - shift) * np.exp(s)),
        Guess("the order is wrong: take the shift away first and then divide", x * np.exp(-s) - shift),
        Guess("the shift is added, but it must be taken away", (x + shift) * np.exp(-s)),
        Guess("the shift is added, but it must be taken away", x * np.exp(-s) + shift),
        Guess("the scale is missing", x - shift), Guess("the shift is missing", x * np.exp(-s)),
        Guess("exp is missing: the network returns the logarithm of the scale", (x - shift) / s),
        Guess("scale and shift are swapped: the network returns (shift, log_scale)", (x - s) * np.exp(-shift)),
        Guess("the root of the scale is used: log_scale is not the logarithm of a variance", (x - shift) * np.exp(-s / 2)),
        Guess("the first coordinate is left as it is, but it has a shift and a scale of its own",
              np.concatenate([x[:, :1], ((x - shift) * np.exp(-s))[:, 1:]], axis=1)),
        Guess("nothing has changed: this is x", x),
    ]


def wrong_forward(spec: dict, z: np.ndarray, x: np.ndarray) -> list[Guess]:
    """What else comes out of z."""
    dim, (m_z, s_z), (m_x, s_x) = z.shape[1], autoregressive(spec, z), autoregressive(spec, x)
    one_pass = ("the network is fed z in a single pass: that is an inverse autoregressive flow (IAF), another model; "
                "here shift and scale of x_i depend on x, which must be built coordinate by coordinate")
    guesses = [
        Guess(one_pass, sweep(spec, z, z, 1)),
        Guess("this is the inverse formula: inverse=False was passed", (z - m_z) * np.exp(-s_z)),
        Guess("the formula of the inverse is used with the right shift and scale: multiply, then add", (z - m_x) * np.exp(-s_x)),
        Guess("the coordinates are filled from the last to the first, but each needs those before it",
              fill(spec, z, 0 * z, list(range(dim))[::-1])),
        Guess("the coordinates are filled from the last to the first, but each needs those before it",
              fill(spec, z, z, list(range(dim))[::-1])),
        Guess("the last coordinate is never computed: dim passes are needed", fill(spec, z, 0 * z, list(range(dim - 1)))),
        Guess("the last coordinate is never computed: dim passes are needed", fill(spec, z, z, list(range(dim - 1)))),
        Guess("the first coordinate is never computed: it has a shift and a scale of its own",
              fill(spec, z, z, list(range(1, dim)))),
        Guess("the first coordinate is never computed: it has a shift and a scale of its own",
              fill(spec, z, 0 * z, list(range(1, dim)))),
        Guess("the scale is missing", z + m_x), Guess("the shift is missing", z * np.exp(s_x)),
        Guess("nothing has changed: this is z", z),
    ]
    guesses += repeated(spec, z)
    for passes in range(1, dim):
        few = f"{passes} pass{'' if passes == 1 else 'es'} of the network: only so many coordinates are right, dim are needed"
        guesses += [Guess(few, sweep(spec, z, 0 * z, passes)), Guess(few, sweep(spec, z, z, passes))]
    return guesses


def repeated(spec: dict, z: np.ndarray) -> list[Guess]:
    """dim passes of another step, from z and from zeros."""
    again = "every pass scales and shifts the x of the pass before: scale and shift z itself, x ← z·exp(s) + t"
    swapped = "scale and shift are swapped: the network returns (shift, log_scale)"
    guesses = []
    for start in (z, 0 * z):
        piled = crossed = start
        with np.errstate(all="ignore"):
            for _ in range(z.shape[1]):
                (m_p, s_p), (m_c, s_c) = autoregressive(spec, piled), autoregressive(spec, crossed)
                piled, crossed = piled * np.exp(s_p) + m_p, z * np.exp(m_c) + s_c
        guesses += [Guess(again, piled), Guess(swapped, crossed)]
    return guesses


def wrong_log_det(inputs: Inputs, s: np.ndarray) -> list[Guess]:
    """Other sums of other log_scales."""
    values, spec = inputs["values"].astype(np.float64), inputs["network"]
    sign = -1.0 if inputs["inverse"] else 1.0
    expected, at_zero = sign * s.sum(1), autoregressive(spec, 0 * values)[1]
    z = (values - autoregressive(spec, values)[0]) * np.exp(-s) if inputs["inverse"] else values
    half = "log_scale is taken at an x that is not finished yet: its last entries change until x is complete"
    guesses = [
        Guess("this is the log_det of the other direction: x from z multiplies by the scale, z from x divides", -expected),
        Guess("log_scale is taken at z, but the network is a function of x", sign * autoregressive(spec, z)[1].sum(1)),
        Guess(half, sign * at_zero.sum(1)),
        Guess("it is zero, but the scale changes volumes", 0 * expected),
        Guess("it is averaged over the coordinates: add log_scale up", sign * s.mean(1)),
        Guess("only the last log_scale is there: add all of them up", sign * s[:, -1]),
        Guess("only the first log_scale is there: add all of them up", sign * s[:, 0]),
        Guess("it is summed over the batch: every point has its own", np.full(len(s), expected.sum())),
        Guess("it is averaged over the batch: every point has its own", np.full(len(s), expected.mean())),
        Guess("this is the determinant, its logarithm was asked for", np.exp(expected)),
        Guess("the scales are added: the logarithm of their product is the sum of log_scale", np.exp(s).sum(1)),
    ]
    if not inputs["inverse"]:
        dim = values.shape[1]
        several = "the log_scales of all passes are added up: only those at the finished x count"
        for start in (0 * values, values):
            steps = [fill(spec, values, start, list(range(k))) for k in range(dim)]
            sweeps = [sweep(spec, values, start, k) for k in range(dim)]
            guesses += [Guess(several, sum(autoregressive(spec, x)[1].sum(1) for x in path)) for path in (steps, sweeps)]
            guesses += [Guess(half, autoregressive(spec, x)[1].sum(1)) for x in steps[:-1] + sweeps[:-1]]
    return guesses
