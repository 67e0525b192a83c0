"""Question 1: log Z on a grid, log Σ_i exp(−U_i)·Δ over the last axis, without over- or underflow."""

import math

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal, sign, uniform


def cases(generator: torch.Generator) -> list[Case]:
    """Moderate energies for the formula; for stability energies near +2000, near −2000 and spread over both."""
    drawn = []
    for part in ("formula", "stable"):
        for i, dtype in enumerate(("float32", "float64", "float64", "float32")):
            n, batch, outer = distinct(3, 11, 3, generator)
            shape = ((n,), (batch, n), (outer, batch, n), (batch, n))[i]
            energies = normal(shape, generator, dtype, scale=1.5)
            if part == "stable":
                offset = (1500, -1500, sign(generator) * 1500, 0)[i] + uniform(-400, 400, generator)
                energies = energies + energies.dtype.type(offset)
                if i == 3:  # one row holds both extremes, and rows differ: one common shift does not help
                    energies[..., 0] += 1700
                    energies[0] -= 1200
                    energies[1] += 1200
            drawn.append(Case(part, {"energies": energies, "cell_volume": uniform(0.02, 0.6, generator)}))
    return drawn


def log_sum_exp(a: np.ndarray, axis: int | tuple[int, ...] = -1) -> np.ndarray:
    """log Σ exp(a) along an axis, by its largest term."""
    top = a.max(axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.exp(a - top).sum(axis=axis))


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Compare with float64; the difference from log Z names what was forgotten."""
    u, volume = inputs["energies"].astype(np.float64), inputs["cell_volume"]
    n, log_volume = u.shape[-1], math.log(inputs["cell_volume"])
    total, expected = log_sum_exp(-u), log_sum_exp(-u) + log_volume
    guesses = [
        Guess("the cell volume is missing, a sum is not yet an integral", total),
        Guess("the energy enters as exp(+U), but low energy is likely: exp(−U)", log_sum_exp(u) + log_volume),
        Guess("the energy enters as exp(+U), and the cell volume is missing", log_sum_exp(u)),
        Guess("the cell volume is divided by, not multiplied with", total - log_volume),
        Guess("the logarithm of the cell volume is what must be added, not the volume itself", total + volume),
        Guess("the logarithm belongs around the sum and the volume", total * volume),
        Guess("the energies are averaged, not summed: log n is missing", expected - math.log(n)),
        Guess("the logarithm is missing: this is Z, not log Z", np.exp(expected)),
        Guess("the logarithm and the cell volume are missing", np.exp(total)),
        Guess("the cell volume multiplies the energy inside the exponential", log_sum_exp(-u * volume)),
        Guess("the cell volume enters more than once", expected + math.log(n) + log_volume),
        Guess("the cell volume is added once for every cell", total + n * log_volume),
        Guess("this is log(1 + ...): nothing is added inside the logarithm", np.log1p(np.exp(expected))),
        Guess("the sum of exp(−U) became a sum of −U", -u.sum(-1) + log_volume),
        Guess("the mean energy is not log Z: the exponential comes before the sum", -u.mean(-1) + log_volume),
        Guess("only the largest term is kept, the others count as well", -u.min(-1) + log_volume),
        Guess("what was taken out of the sum must be added back: log Σ e^(a_i − a) + a", expected + u.min(-1)),
        Guess("what was taken out of the sum is added back with the wrong sign", expected + 2 * u.min(-1)),
        Guess("the softmax is not its normaliser: return log Z, one number a row", np.exp(-u - total[..., None])),
        Guess("log p of every cell came, but log Z was asked, one number a row", -u - expected[..., None]),
    ]
    if u.ndim > 1:
        guesses += [
            Guess("the sum runs over the whole batch, but each row has its own log Z",
                  log_sum_exp(-u, tuple(range(u.ndim))) + log_volume),
            Guess("the sum runs over the first axis, but the grid is the last", log_sum_exp(-u, 0) + log_volume),
        ]
    return compare(outputs["log_z"], expected, "log Z", guesses, scale=1 + float(np.abs(u).max()) / 8, tolerance=2e-5,
                   factors={"n": float(n)}, nonfinite=_overflow(u), hint=_overflow(u) if np.abs(u).max() > 500 else "")


def _overflow(u: np.ndarray) -> str:
    where = f"energies here lie between {u.min():.0f} and {u.max():.0f}"
    return f"{where}, where exp(−U) over- or underflows; take the smallest energy of each row out of the sum first"


LOG_PARTITION = Question(
    topic="03_energy_based_models", title="The logarithm of the partition function", difficulty=1, minutes=5,
    contract=Contract(
        name="log_partition", signature="log_partition(energies, cell_volume)",
        arguments={"energies": "float tensor (..., n): the energy U at the n cells of a grid, in nats",
                   "cell_volume": "float > 0: the volume of one cell"},
        returns="float tensor (...,): log Σ_i exp(−U_i)·cell_volume over the last axis, in nats"),
    parts={"formula": 1, "stable": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.energy_based_models:log_partition")
