"""Question 4: the inverse of a residual layer x = z + g(z) by fixed-point iteration."""

from typing import Callable

import numpy as np
import torch

from course_lib.questions.compare import TOLERANCE, Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal
from course_lib.questions.image_and_continuous_flows.exact import contraction, double, draw_map, unchanged


def cases(generator: torch.Generator) -> list[Case]:
    """One iteration, or three to five: too few to arrive. Then twelve that nearly arrive: stopping early shows."""
    drawn = []
    for part in ("one step", "many steps"):
        for i, dtype in enumerate(("float32", "float64", "float64", "float32")):
            n, dim = distinct(3, 7, 2, generator)
            drawn.append(Case(part, {"map": draw_map(dim, generator, dtype), "x": normal((n, dim), generator, dtype),
                                     "part": part, "num_iterations": 1 if part == "one step" else 3 + (i + n) % 3}))
    drawn.append(Case("many steps", {"map": draw_map(4, generator, "float64", lipschitz=0.5), "x": normal((5, 4), generator),
                                     "part": "many steps", "num_iterations": 12}))
    return drawn


def iterate(step: Callable[[np.ndarray], np.ndarray], start: np.ndarray, count: int) -> np.ndarray:
    """step(step(... start)), `count` times."""
    for _ in range(count):
        start = step(start)
    return start


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """z_0 = x, z_{k+1} = x − g(z_k)."""
    (x,), count = double(inputs, "x"), inputs["num_iterations"]

    def g(z: np.ndarray) -> np.ndarray:
        return contraction(inputs["map"], z)

    def step(z: np.ndarray) -> np.ndarray:
        return x - g(z)

    expected, scale = iterate(step, x, count), float(np.abs(x).max()) + 1
    tolerance = 1e-7 if count > 5 else TOLERANCE  # the twelve are in float64
    if close(outputs["z"], expected, scale, tolerance):
        return unchanged(inputs, outputs, "x") if inputs["part"] == "one step" else Verdict(True)
    forgets = "x has been overwritten: every step subtracts g(z) from the same x, the one that came in"
    guesses = [
        Guess("nothing has changed: this is x" + ", after no iteration where one is asked for" * (count == 1), x),
        Guess("the sign is wrong: z = x − g(z)", iterate(lambda z: x + g(z), x, count)),
        Guess("this is the layer itself, x + g(x), not its inverse", x + g(x)),
        Guess("only one iteration is made: g must be taken at the newest z each time", x - g(x)),
        Guess(forgets, iterate(lambda z: z - g(z), x, count)),
        Guess(f"{forgets}. The sign is wrong as well", iterate(lambda z: z + g(z), x, count)),
        Guess("x itself is missing: z = x − g(z)", iterate(lambda z: -g(z), x, count)),
        Guess("x itself is missing: z = x − g(z)", iterate(g, x, count)),
        Guess("the iteration starts at 0, but z_0 = x was asked for", iterate(step, 0 * x, count)),
        Guess("the iteration starts at g(x), but z_0 = x was asked for", iterate(step, g(x), count)),
        Guess("one iteration too many", iterate(step, x, count + 1)),
        Guess("one iteration too few", iterate(step, x, count - 1)),
        Guess("the iteration has run to its end; exactly num_iterations steps were asked for", iterate(step, x, 200)),
        *(Guess(f"this is where {k} iterations lead, but {count} were asked for: do not stop earlier", iterate(step, x, k))
          for k in range(2, count - 1)),
        Guess("each step is divided by num_iterations: a step goes all the way to x − g(z)",
              iterate(lambda z: z - g(z) / count, x, count)),
        Guess("the sign is wrong: this is g(z) − x", iterate(lambda z: g(z) - x, x, count)),
        Guess("every point is compared with the first row of x: each has its own", iterate(lambda z: x[:1] - g(z), x, count)),
        Guess("each step goes half of the way only", iterate(lambda z: (z + step(z)) / 2, x, count)),
        Guess("the iterates are averaged; return the last one",
              np.mean([iterate(step, x, k) for k in range(1, count + 1)], axis=0)),
        Guess("g is subtracted num_iterations times at the same place", x - count * g(x)),
        Guess("this is x − z: return z itself", x - expected),
    ]
    return compare(outputs["z"], expected, "z", guesses, scale=scale, tolerance=tolerance)


FIXED_POINT_INVERSE = Question(
    topic="11b_image_and_continuous_flows", title="Undo a residual layer", difficulty=2, minutes=8,
    contract=Contract(
        name="fixed_point_inverse", signature="fixed_point_inverse(g, x, num_iterations)",
        arguments={"g": "callable (n, dim) -> (n, dim): a contraction; each point alone",
                   "x": "float tensor (n, dim): the points, x = z + g(z)",
                   "num_iterations": "int ≥ 1"},
        returns="float tensor (n, dim): z after exactly num_iterations steps z ← x − g(z) that start at z = x"),
    parts={"one step": 1, "many steps": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.image_and_continuous_flows:fixed_point_inverse")
