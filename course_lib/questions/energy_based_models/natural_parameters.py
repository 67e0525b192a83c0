"""Question 3: maximum likelihood by matching moments, p_θ(x) ∝ exp(−(θ_1 x + θ_2 x²))."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal, sign, uniform


def cases(generator: torch.Generator) -> list[Case]:
    """Few points, so that 1/n and 1/(n − 1) differ; mean and spread away from 0 and 1."""
    drawn = []
    for part in ("mean", "variance"):
        for n, dtype in zip(distinct(5, 9, 4, generator), ("float32", "float64", "float64", "float32")):
            shape = normal((n,), generator)
            spread = uniform(1.4, 2.2, generator) if uniform(0, 1, generator) < 0.5 else uniform(0.3, 0.7, generator)
            centre = sign(generator) * uniform(0.7, 2.5, generator)
            x = centre + spread * (shape - shape.mean()) / shape.std()
            drawn.append(Case(part, {"part": part, "x": x.astype(dtype)}))
    return drawn


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Part "variance" looks at θ_2; part "mean" at θ_1, or at the mean −θ_1/(2 θ_2) that the answer implies."""
    x, came = inputs["x"].astype(np.float64), outputs["theta"]
    n, m, v = x.size, x.mean(), x.var()
    expected = np.array([-m / v, 1 / (2 * v)])
    scale = float(np.abs(expected).max())
    if came.shape == (2,) and inputs["part"] == "mean" and came[1] != 0:
        if close(-came[:1] / (2 * came[1:].astype(np.float64)), np.array([m]), abs(m), 1e-4):
            return Verdict(True)
    unbiased, raw, sd = x.var(ddof=1), (x**2).mean(), np.sqrt(v)
    guesses = [
        Guess("the variance divides by n − 1, but the likelihood's own maximum divides by n",
              np.array([-m / unbiased, 1 / (2 * unbiased)])),
        Guess("θ_1 has the wrong sign: completing the square gives θ_1 = −m/s²", np.array([m / v, 1 / (2 * v)])),
        Guess("both signs are those of exp(+θ·t(x)); here p ∝ exp(−θ·t(x))", np.array([m / v, -1 / (2 * v)])),
        Guess("θ_2 has the wrong sign: exp(−θ_2 x²) needs θ_2 > 0", np.array([-m / v, -1 / (2 * v)])),
        Guess("θ_2 is 1/(2 s²), a factor 1/2 is missing", np.array([-m / v, 1 / v])),
        Guess("the factor 1/2 is missing in both: it belongs to θ_2 only, where θ_1 = −m/s²", np.array([-2 * m / v, 1 / v])),
        Guess("θ_1 is −m/s²: the 1/2 belongs to θ_2 only", np.array([-m / (2 * v), 1 / (2 * v)])),
        Guess("the standard deviation stands where its square belongs", np.array([-m / sd, 1 / (2 * sd)])),
        Guess("these are mean and variance, but the natural parameters were asked", np.array([m, v])),
        Guess("these are mean and standard deviation, but the natural parameters were asked", np.array([m, sd])),
        Guess("these are the moments E[x] and E[x²]; the parameters that reproduce them were asked", np.array([m, raw])),
        Guess("the order is (θ_1, θ_2): the factor of x first, that of x² second", expected[::-1]),
        Guess("E[x²] is taken for the variance: subtract the squared mean", np.array([-m / raw, 1 / (2 * raw)])),
        Guess("the variance multiplies, but it must divide", np.array([-m * v, v / 2])),
        Guess("the variance is divided twice", np.array([-m / v**2, 1 / (2 * v**2)])),
        Guess("the second parameter is the variance itself, not 1/(2 s²)", np.array([-m / v, v])),
        Guess("the first parameter is the mean itself, not −m/s²", np.array([m, 1 / (2 * v)])),
        Guess("the squares are summed, not averaged: divide by n", np.array([-m / (n * v), 1 / (2 * n * v)])),
    ]
    verdict = compare(came, expected, "θ", guesses, scale=scale, tolerance=1e-4)
    if verdict.passed or came.shape != (2,):
        return verdict
    index = 0 if inputs["part"] == "mean" else 1
    right = close(came[index:index + 1], expected[index:index + 1], abs(expected[index]), 1e-4)
    return Verdict(True) if right else verdict


NATURAL_PARAMETERS = Question(
    topic="03_energy_based_models", title="Maximum likelihood matches moments", difficulty=2, minutes=10,
    contract=Contract(
        name="natural_parameters", signature="natural_parameters(x)",
        arguments={"x": "float tensor (n,): the data, n ≥ 2, not all equal"},
        returns="float tensor (2,): the maximum-likelihood (θ_1, θ_2) of p_θ(x) ∝ exp(−(θ_1 x + θ_2 x²))"),
    parts={"mean": 1, "variance": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.energy_based_models:natural_parameters")
