"""Question 1: x_t from x_0 in one jump, √ᾱ_t x_0 + √(1 − ᾱ_t) ε."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.denoising_diffusion.drawing import DTYPES, draw_betas, draw_points, draw_times, inner_time
from course_lib.questions.denoising_diffusion.exact import noised, schedule, wrong_schedules
from course_lib.questions.denoising_diffusion.halves import DRAWN_ANEW, drawn_anew
from course_lib.questions.denoising_diffusion.kept import keeping_arguments
from course_lib.questions.draws import distinct, normal


def cases(generator: torch.Generator) -> list[Case]:
    """Part "formula": one t for all rows. Part "each its own t": different t, later with 1 and T among them."""
    drawn = []
    for part in ("formula", "each its own t"):
        for i, dtype in enumerate(DTYPES):
            n, dim = distinct(3, 6, 2, generator)
            betas = draw_betas(generator, dtype)
            t = np.full(n, inner_time(betas, generator)) if part == "formula" else draw_times(betas, n, i > 1, generator)
            drawn.append(make_case(part, n, dim, t, betas, generator))
    for n, dim in ((5, 5), (1, 4), (4, 1)):  # beside the generic cases: a wrong axis or a squeeze shows only here
        betas = draw_betas(generator, "float64")
        drawn.append(make_case("each its own t", n, dim, draw_times(betas, n, False, generator), betas, generator))
    return drawn


def make_case(part: str, n: int, dim: int, t: np.ndarray, betas: np.ndarray, generator: torch.Generator) -> Case:
    """x_0 and ε for these times."""
    dtype = betas.dtype.name
    return Case(part, {"part": part, "x_0": draw_points((n, dim), generator, dtype), "t": t,
                       "noise": normal((n, dim), generator, dtype), "betas": betas})


def wrong_noised(inputs: Inputs) -> list[tuple[str, np.ndarray]]:
    """Sentences and the x_t of each misconception; also what a loss computes that makes the same mistake."""
    x_0, noise, t = inputs["x_0"].astype(np.float64), inputs["noise"].astype(np.float64), inputs["t"]
    bar = schedule(inputs["betas"]).alpha_bar
    b, beta = bar[t][:, None], schedule(inputs["betas"]).beta[t][:, None]
    wrong = [
        ("the factors are ᾱ_t and 1 − ᾱ_t, but both need the root: variances add, not sizes", b * x_0 + (1 - b) * noise),
        ("√(1 − ᾱ_t) is the factor of the noise, 1 − ᾱ_t its variance", np.sqrt(b) * x_0 + (1 - b) * noise),
        ("√ᾱ_t is the factor of x_0, not ᾱ_t", b * x_0 + np.sqrt(1 - b) * noise),
        ("the noise is scaled with 1 − √ᾱ_t, it should be √(1 − ᾱ_t)", np.sqrt(b) * x_0 + (1 - np.sqrt(b)) * noise),
        ("the two factors are exchanged: √ᾱ_t belongs to x_0", np.sqrt(1 - b) * x_0 + np.sqrt(b) * noise),
        ("x_0 is not scaled down: it enters as √ᾱ_t x_0", x_0 + np.sqrt(1 - b) * noise),
        ("the noise is not scaled: it enters as √(1 − ᾱ_t) ε", np.sqrt(b) * x_0 + noise),
        ("the noise has the factor √ᾱ_t as well: it should be √(1 − ᾱ_t)", np.sqrt(b) * (x_0 + noise)),
        ("the noise has √β_t, that of one step: t steps add up to √(1 − ᾱ_t)", np.sqrt(b) * x_0 + np.sqrt(beta) * noise),
        ("the noise is missing", np.sqrt(b) * x_0),
        ("the noise is subtracted", np.sqrt(b) * x_0 - np.sqrt(1 - b) * noise),
        ("x_0 and noise are exchanged", np.sqrt(b) * noise + np.sqrt(1 - b) * x_0),
        ("it is x_0 itself: nothing was added", x_0),
    ]
    wrong += [(message, noised(x_0, s.alpha_bar[t], noise)) for message, s in wrong_schedules(inputs["betas"])]
    if len(set(t.tolist())) > 1:
        shared = "all rows share one t, but row i has its own, t[i]"
        wrong += [(shared, noised(x_0, np.full(len(t), bar[one]), noise)) for one in (t[0], t[-1], t.max(), t.min())]
        wrong.append((shared, noised(x_0, np.full(len(t), bar[t].mean()), noise)))
    if x_0.shape[0] == x_0.shape[1]:
        wrong.append(("ᾱ_t runs along the coordinates, but each row has its own: give it the shape (n, 1)",
                      np.sqrt(b.T) * x_0 + np.sqrt(1 - b.T) * noise))
    return wrong


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Compare with float64."""
    x_0, noise = inputs["x_0"].astype(np.float64), inputs["noise"].astype(np.float64)
    if drawn_anew(outputs["x_t"], outputs["again"]):
        return DRAWN_ANEW
    expected = noised(x_0, schedule(inputs["betas"]).alpha_bar[inputs["t"]], noise)
    return compare(outputs["x_t"], expected, "x_t", [Guess(*wrong) for wrong in wrong_noised(inputs)],
                   scale=float(np.abs(x_0).max() + np.abs(noise).max()), tolerance=1e-5,
                   nonfinite="ᾱ_t lies between 0 and 1; is the root taken of a negative number?")


ADD_NOISE = Question(
    topic="12_denoising_diffusion", title="Noise in one jump", difficulty=1, minutes=8,
    contract=Contract(
        name="add_noise", signature="add_noise(x_0, t, noise, betas)",
        arguments={"x_0": "float tensor (n, dim): data, one row is one point",
                   "t": "int64 tensor (n,): row i is noised up to step t[i], each in 1 … T",
                   "noise": "float tensor (n, dim): ε, standard normal",
                   "betas": "float tensor (T,): betas[t − 1] is β_t, each between 0 and 1"},
        returns="float tensor (n, dim): x_t = √ᾱ_t x_0 + √(1 − ᾱ_t) ε"),
    parts={"formula": 1, "each its own t": 1}, cases=cases, judge=keeping_arguments(judge, "each its own t"),
    probe="course_lib.questions.probes.denoising_diffusion:add_noise")
