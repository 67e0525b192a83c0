"""Question 3: log|det(I + J)| of a residual layer, by a power series and random probes."""

import math

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal
from course_lib.questions.image_and_continuous_flows.exact import (contraction, contraction_jacobian, double, draw_map, repeated,
                                                                     unchanged)


def cases(generator: torch.Generator) -> list[Case]:
    """One term, or three to seven; the numbers of points, coordinates, probes and terms differ."""
    drawn = []
    for part in ("one term", "series"):
        for dtype in ("float32", "float64", "float64", "float32"):
            n, dim, count, num_terms = distinct(3, 7, 4, generator)
            drawn.append(draw_case(part, n, dim, count, 1 if part == "one term" else num_terms, dtype, generator))
    drawn.append(draw_case("series", 4, 3, 1, 2, "float64", generator))  # beside the generic cases: one probe, one point
    drawn.append(draw_case("series", 1, 5, 3, 4, "float64", generator))
    return drawn


def draw_case(part: str, n: int, dim: int, count: int, num_terms: int, dtype: str, generator: torch.Generator) -> Case:
    return Case(part, {"part": part, "map": draw_map(dim, generator, dtype),
                       "z": normal((n, dim), generator, dtype, scale=0.6), "probes": normal((count, n, dim), generator, dtype),
                       "num_terms": num_terms})


def powers(jacobian: np.ndarray, probes: np.ndarray, count: int) -> np.ndarray:
    """vᵀ Jᵏ v for k = 0 … count: (count + 1, num_probes, n)."""
    w, found = probes, []
    for _ in range(count + 1):
        found.append((w * probes).sum(-1))
        w = np.einsum("nij,pnj->pni", jacobian, w)
    return np.stack(found)


def alternating(jacobian: np.ndarray, probes: np.ndarray, count: int) -> np.ndarray:
    """vᵀ J v, vᵀ Jᵀ J v, vᵀ J Jᵀ J v, …: (count, num_probes, n)."""
    w, found = probes, []
    for k in range(count):
        w = np.einsum("nij,pnj->pni", jacobian if k % 2 == 0 else jacobian.transpose(0, 2, 1), w)
        found.append((w * probes).sum(-1))
    return np.stack(found)


def series(t: np.ndarray) -> np.ndarray:
    """Σ_k (−1)^{k+1}/k t_k over the first axis, t[0] being k = 1."""
    k = np.arange(1, len(t) + 1).reshape(-1, *[1] * (t.ndim - 1))
    return ((-1.0) ** (k + 1) / k * t).sum(0)


def series_guesses(t: np.ndarray, last: int) -> list[Guess]:
    """The right traces t (k = 0 … last + 1, num_probes, n), put together wrongly."""
    mean = t.mean(1)
    k = np.arange(last + 2)[:, None]
    sign, terms = (-1.0) ** (k + 1), mean[1:last + 1]
    return [
        Guess("the signs must alternate: log(1 + a) = a − a²/2 + a³/3 − …", (terms / k[1:-1]).sum(0)),
        Guess("the first term is +vᵀJv; here the signs alternate the other way round"
              + "; or is this an absolute value? log|det| may be negative" * bool((series(terms) < 0).all()), -series(terms)),
        Guess("the factor 1/k is missing", (sign[1:-1] * terms).sum(0)),
        Guess("the signs do not alternate and the factor 1/k is missing", terms.sum(0)),
        Guess("the factor is 1/k, not 1/k!", (sign[1:-1] * terms / [[math.factorial(j)] for j in range(1, last + 1)]).sum(0)),
        Guess("the factor is 1/k, not 1/(k + 1)", (sign[1:-1] * terms / (k[1:-1] + 1)).sum(0)),
        Guess("the factor is 1/k, not 1/k²", (sign[1:-1] * terms / k[1:-1]**2).sum(0)),
        Guess("only the terms of odd k are there: those of even k are subtracted", (terms / k[1:-1])[::2].sum(0)),
        Guess("only the first term is there: k runs to num_terms", terms[0]),
        Guess("one term too few" if last > 1 else "it is all zeros: not even the first term is there",
              series(terms[:-1]) if last > 1 else 0 * terms[0]),
        Guess("one term too many", series(mean[1:])),
        Guess("the powers start at k = 0: J must act once before the first term", series(mean[:last])),
        Guess("the powers start at k = 2: J acts once too often before the first term", series(mean[2:])),
        Guess("the first term is missing", series(terms) - terms[0]),
        Guess("only the last term is returned: add the terms up", sign[last] * mean[last] / last),
        Guess("all terms use J v: each product with J must start from the one before", series(terms[:1] + 0 * terms)),
        Guess("this is (vᵀJv)ᵏ, but vᵀ Jᵏ v is needed: multiply the vector by J again",
              series((t[1] ** k[1:-1, None]).mean(1))),
        Guess("this is (vᵀJv)ᵏ, but vᵀ Jᵏ v is needed: multiply the vector by J again", series(terms[0] ** k[1:-1])),
        Guess("the probes are summed, not averaged", series(terms) * t.shape[1]),
        Guess("only the first probe is used", series(t[1:last + 1, 0])),
        Guess("only the last probe is used", series(t[1:last + 1, -1])),
        Guess("it is summed over the points; each has its own", series(terms).sum() + 0 * terms[0]),
        Guess("it is averaged over the points; each has its own", series(terms).mean() + 0 * terms[0]),
        Guess("num_terms multiplies one term, but each k has its own power of J", last * terms[0]),
    ]


def vector_guesses(jacobian: np.ndarray, probes: np.ndarray, last: int) -> list[Guess]:
    """The right vectors w = J w or Jᵀ w, put together wrongly with v."""
    guesses = []
    for matrix in (jacobian, jacobian.transpose(0, 2, 1)):
        w, squares, sums, others = probes, [], [], []
        for _ in range(last):
            w = np.einsum("nij,pnj->pni", matrix, w)
            squares.append((w * w).sum(-1))
            sums.append(w.sum(-1))
            others.append((w * np.roll(probes, 1, 0)).sum(-1))
        for message, found in (
                ("this is w·w: the product with J makes w from v, but on the other side v stays as it is", squares),
                ("v stands on one side of Jᵏ and ones on the other; vᵀ Jᵏ v has v on both sides: w·v, not the sum of w", sums),
                ("w comes from one probe and is multiplied by another: vᵀ Jᵏ v has the same v on both sides", others)):
            guesses += [Guess(message, series(np.stack(found)).mean(0))]
    return guesses


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Σ_{k=1}^{K} (−1)^{k+1}/k times the mean over the probes of vᵀ Jᵏ v."""
    (z, v), last = double(inputs, "z", "probes"), inputs["num_terms"]
    if verdict := repeated(outputs, "log_det"):
        return verdict
    jacobian, dim = contraction_jacobian(inputs["map"], z), z.shape[1]
    t, eye = powers(jacobian, v, last + 1), np.eye(dim)
    expected = series(t[1:last + 1].mean(1))
    scale = float(np.abs(t[1:last + 1]).max()) + 1
    if close(outputs["log_det"], expected, scale):
        return unchanged(inputs, outputs, "z", "probes") if inputs["part"] == "one term" else Verdict(True)
    basis = np.broadcast_to(eye[:, None], (dim, len(z), dim))
    guesses = series_guesses(t, last) + vector_guesses(jacobian, v, last) + [
        Guess("the Jacobian is taken at x = z + g(z), but it belongs to z",
              series(powers(contraction_jacobian(inputs["map"], z + contraction(inputs["map"], z)), v, last)[1:].mean(1))),
        Guess("all points get the probe of the first: each has its own",
              series(powers(jacobian, v[:, :1] + 0 * v, last)[1:].mean(1))),
        Guess("this is the exact value; the estimate with the given probes was asked for",
              np.linalg.slogdet(eye + jacobian)[1]),
        Guess("this is the exact trace of the powers; the estimate with the given probes was asked for",
              series(powers(jacobian, basis, last)[1:].sum(1))),
        Guess("J is the Jacobian of g, not of z + g(z)", series(powers(jacobian + eye, v, last)[1:].mean(1))),
        Guess("the probes are averaged before they are used: average vᵀ Jᵏ v",
              series(powers(jacobian, v.mean(0, keepdims=True), last)[1:].mean(1))),
        Guess("it is divided by dim, but a sum over the coordinates is meant", expected / dim),
        Guess("it is divided by vᵀv, but the mean over the probes of vᵀ Jᵏ v is meant",
              series((t[1:last + 1] / t[0]).mean(1))),
        Guess("it is divided by vᵀv, but the mean over the probes of vᵀ Jᵏ v is meant",
              dim * series((t[1:last + 1] / t[0]).mean(1))),
        Guess("this is Σ (∂ Σ_i g_i / ∂z_j) v_j, which has mean 0; vᵀ J v needs v on both sides",
              np.einsum("nij,pnj->pn", jacobian, v).mean(0)),
        Guess("J and Jᵀ are mixed: this is not vᵀ Jᵏ v", series(alternating(jacobian, v, last).mean(1))),
        Guess("the point itself is used in place of the probes", series(powers(jacobian, z[None], last)[1:].mean(1))),
    ]
    return compare(outputs["log_det"], expected, "log_det", guesses, scale=scale,
                   factors={"the number of probes": float(len(v)), "num_terms": float(last), "dim": float(dim)})


RESIDUAL_LOG_DET = Question(
    topic="11b_image_and_continuous_flows", title="The log-determinant of a residual layer", difficulty=4, minutes=25,
    contract=Contract(
        name="residual_log_det", signature="residual_log_det(g, z, probes, num_terms)",
        arguments={"g": "callable (n, dim) -> (n, dim): a contraction, differentiable; each point alone",
                   "z": "float tensor (n, dim): the points",
                   "probes": "float tensor (num_probes, n, dim): random vectors v of mean 0 and covariance I",
                   "num_terms": "int ≥ 1: how many terms of the series"},
        returns="float tensor (n,): Σ_{k=1}^{num_terms} (−1)^{k+1}/k times the mean over the probes of vᵀ Jᵏ v"),
    parts={"one term": 1, "series": 2}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.image_and_continuous_flows:residual_log_det")
