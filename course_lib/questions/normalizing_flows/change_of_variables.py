"""Question 1: log p(x) = log ρ(T⁻¹(x)) + log|det dT⁻¹/dx|, for a map that is only given as a function."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal
from course_lib.questions.normalizing_flows.arguments import left_alone
from course_lib.questions.normalizing_flows.exact import cast, draw_base, draw_inverse, inverse_map, log_base, log_normal


def cases(generator: torch.Generator) -> list[Case]:
    """Maps of both orientations: falling ones in one dimension, negative determinants in several."""
    drawn = []
    for part in ("one dimension", "several dimensions"):
        for sign, dtype in ((1.0, "float32"), (-1.0, "float64"), (1.0, "float64"), (-1.0, "float32")):
            (dim,) = [1] if part == "one dimension" else distinct(2, 4, 1, generator)
            n = distinct(5, 9, 1, generator)[0]
            drawn.append(Case(part, {
                "map": cast(draw_inverse(dim, sign, generator), dtype), "base": cast(draw_base(dim, generator), dtype),
                "x": normal((n, dim), generator, dtype, scale=1.2)}))
    return drawn


def no_determinant(jacobian: np.ndarray, z: np.ndarray, base: np.ndarray) -> list[Guess]:
    """What is made of the Jacobian (n, dim, dim) instead of log|det|."""
    n, dim = z.shape
    det = np.linalg.det(jacobian)
    trace, diagonal = np.trace(jacobian, axis1=1, axis2=2), np.diagonal(jacobian, axis1=1, axis2=2)
    log_det = np.log(np.abs(det))
    diagonal_only = "only the diagonal of the Jacobian is used, but off the diagonal it is not zero: take the determinant"
    of_sum = "the gradient of the sum of all outputs mixes them: for one point the Jacobian is a (dim, dim) matrix of its own"
    sums = [jacobian.sum(1), jacobian.sum(2)]
    return [
        Guess("the logarithm of the determinant is missing: add log|det|, not |det|", base + np.abs(det)),
        Guess("the logarithm and the absolute value are missing: add log|det|, not det", base + det),
        Guess("the density is multiplied by |det|, so its logarithm gets log|det| added: log ρ was multiplied",
              base * np.abs(det)),
        Guess("the trace of the Jacobian stands in the place of its determinant", base + np.log(np.abs(trace))),
        Guess("the trace of the Jacobian is added; volumes change by its determinant: add log|det|", base + trace),
        Guess(diagonal_only, base + np.log(np.abs(diagonal)).sum(1)),
        Guess("the entries of the Jacobian are all multiplied: take the determinant",
              base + np.log(np.abs(jacobian)).sum((1, 2))),
        *[Guess(of_sum, base + np.log(np.abs(g)).sum(1)) for g in sums],
        *[Guess(of_sum, base + np.log(np.abs(g.sum(1)))) for g in sums],
        *[Guess(of_sum, base + np.log(np.linalg.norm(g, axis=1))) for g in sums],
        Guess("the mean over the batch was differentiated: the Jacobian of each point is n times too small",
              base + log_det - dim * np.log(n)),
        Guess("the log-determinant is summed over the batch: every point has its own", base + log_det.sum()),
        Guess("the log-determinant is averaged over the batch: every point has its own", base + log_det.mean()),
        Guess("every point got the Jacobian of the first one", base + log_det[0]),
        Guess("the Jacobians are averaged over the batch: every point has its own",
              base + np.log(np.abs(np.linalg.det(jacobian.mean(0))))),
        Guess("the log-determinant is divided by dim", base + log_det / dim),
        Guess("twice the log-determinant is added: log det(JᵀJ) is that, and wants a factor 1/2"
              + ", or it is multiplied by dim" * (dim == 2), base + 2 * log_det),
        Guess("the log-determinant is multiplied by dim", base + log_det * dim),
        Guess("half the log-determinant is added", base + log_det / 2),
        Guess("the absolute value is taken of the logarithm: it belongs to the determinant, log|det|", base + np.abs(log_det)),
    ]


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """One number for each point."""
    x = inputs["x"].astype(np.float64)
    z, jacobian = inverse_map(inputs["map"], x)
    base, at_x = log_base(inputs["base"], z), log_base(inputs["base"], x)
    log_det = np.log(np.abs(np.linalg.det(jacobian)))
    expected = base + log_det
    moved = np.log(np.abs(np.linalg.det(inverse_map(inputs["map"], z)[1])))
    sign = "the sign of the log-determinant is wrong: the Jacobian of the INVERSE is added, that of T would be subtracted"
    det_sign, flips = np.sign(np.linalg.det(jacobian)), bool((np.linalg.det(jacobian) < 0).all())
    if flips:  # the cases with a positive determinant come first, and they are right by now
        sign = ("the sign of the determinant, negative here, multiplies its logarithm: torch.linalg.slogdet returns "
                "(sign, log|det|); add the second and leave the first")
    guesses = [
        Guess(sign, base - log_det),
        *[Guess("the sign of the determinant is used, ±1, and not its logarithm: log|det| is the second thing that "
                "torch.linalg.slogdet returns", base + factor * det_sign) for factor in (1, -1)],
        Guess("the log-determinant is missing: a density changes where the map stretches", base),
        Guess("log_base is taken at x, but ρ is the law of z = T⁻¹(x)", at_x + log_det),
        Guess("log_base is taken at x, but ρ is the law of z = T⁻¹(x); and the sign of the log-determinant is wrong",
              at_x - log_det),
        Guess("this is log ρ(x): the map is not used at all", at_x),
        Guess("this is the log-determinant alone: log ρ(T⁻¹(x)) is missing", log_det),
        Guess("the standard normal law is used, not the log_base that was given", log_normal(z) + log_det),
        Guess("this is the density, its logarithm was asked for", np.exp(expected)),
        Guess("the Jacobian is taken at z, but the inverse is differentiated where it is applied, at x", base + moved),
        *no_determinant(jacobian, z, base),
    ]
    nonfinite = "the determinant is negative here, the map turns the axis round: take its absolute value first" if flips else ""
    scale = max(1.0, float(np.abs(base).max()), float(np.abs(log_det).max()))
    verdict = compare(outputs["log_prob"], expected, "log p(x)", guesses, scale=scale, nonfinite=nonfinite,
                      factors={"n": float(len(x)), "dim": float(x.shape[1])})
    return left_alone(inputs, outputs, "x") if verdict.passed else verdict


CHANGE_OF_VARIABLES = Question(
    topic="11a_normalizing_flows", title="The change of variables", difficulty=2, minutes=12,
    contract=Contract(
        name="change_of_variables", signature="change_of_variables(log_base, inverse, x)",
        arguments={"log_base": "callable (n, dim) -> (n,): log ρ, normalised, in nats",
                   "inverse": "callable (n, dim) -> (n, dim): T⁻¹, smooth, acts on each point alone; may turn an axis round",
                   "x": "float tensor (n, dim): data points"},
        returns="float tensor (n,): log p(x) = log ρ(T⁻¹(x)) + log|det dT⁻¹/dx| of each point, in nats"),
    parts={"one dimension": 1, "several dimensions": 2}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.normalizing_flows:change_of_variables")
