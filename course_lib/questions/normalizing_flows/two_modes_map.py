"""Question 6: the increasing map from N(0, 1) to ½ N(−m, s²) + ½ N(m, s²), and how steep it must be between the modes."""

import math

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, sign, uniform, uniform_array
from course_lib.questions.normalizing_flows.arguments import left_alone
from course_lib.questions.normalizing_flows.two_modes import ROOT_TWO_PI, half_mass, log_p, normal_cdf, quantile, quantile_to_z

FARTHEST, TINY = 4.3, 5e-10
ORDER = "(x, log_slope) is the order of the two results"


def cases(generator: torch.Generator) -> list[Case]:
    """From one hump to six standard deviations, s about 0.01, 1 and 30; z far out, at 0, and so small that x lies in the gap."""
    drawn = []
    for part in ("map", "log_slope"):
        for s_range, ratio_range in (((0.4, 1.5), (5.0, 5.9)), ((20.0, 40.0), (5.95, 6.0)), ((0.008, 0.02), (4.0, 5.0)),
                                     ((0.4, 1.5), (1.5, 2.5)), ((0.4, 1.5), (0.5, 0.9))):
            s, n = uniform(*s_range, generator), distinct(4, 7, 1, generator)[0]
            m = s * uniform(*ratio_range, generator)
            far = uniform_array(FARTHEST - 0.03, FARTHEST, (2,), generator) * [-1, 1]
            gap = quantile_to_z(uniform_array(-0.9, 0.9, (n - 1,), generator) * m, m, s)
            z = np.concatenate([uniform_array(-4.0, 4.0, (n - 2,), generator), far, gap, [0.0, sign(generator) * TINY]])
            order = torch.randperm(len(z), generator=generator).numpy()
            drawn.append(Case(part, {"part": part, "z": z[order], "m": m, "s": s}))
        drawn += [Case(part, {"part": part, **deep(n, generator)}) for n in (8, 1)]
    return drawn


def deep(n: int, generator: torch.Generator) -> dict:
    """A batch whose x all lie deep in the gap, where F hardly changes: |F(x) − Φ(z)| is small long before x is right."""
    s = uniform(0.4, 1.5, generator)
    m = s * uniform(5.9, 6.0, generator)
    x = uniform_array(0.02, 0.06, (n,), generator) * m * [sign(generator) for _ in range(n)]
    return {"z": quantile_to_z(x, m, s), "m": m, "s": s}


def judge_map(inputs: Inputs, came: np.ndarray) -> Verdict:
    """x = F⁻¹(Φ(z))."""
    z, m, s = inputs["z"].astype(np.float64), inputs["m"], inputs["s"]
    expected = quantile(z, m, s)
    if close(came, expected, m + s, 1e-6):
        return Verdict(True)  # before the guesses, which take long
    variance = "the spread is wrong: s is the standard deviation of each mode, s² its variance"
    guesses = [
        Guess("this is m·sign(z) + s·z: each half of N(0, 1) is moved as a whole, which tears the line apart at 0 and leaves "
              "half a normal law on each side", m * np.sign(z) + s * z),
        Guess("this is s·z ± m with m added everywhere: one mode only", m + s * z),
        Guess("this is s·z: the maps to the two modes are averaged, and the modes meet in the middle", s * z),
        Guess("this is the straight line to a normal law of the same mean and variance", math.sqrt(m * m + s * s) * z),
        Guess("the map decreases: p(z) goes from left to right", -expected),
        Guess("this is |x|: the two halves are not mirrored", np.abs(expected)),
        Guess(variance, quantile(z, m, s * s)), Guess(variance, quantile(z, m, math.sqrt(s))),
        Guess("the modes lie at ±m/2, they should lie at ±m", quantile(z, m / 2, s)),
        Guess("the modes lie at ±2m, they should lie at ±m", quantile(z, 2 * m, s)),
        Guess(f"this is log dx/dz: {ORDER}", -(z**2) / 2 - math.log(ROOT_TWO_PI) - log_p(expected, m, s)),
        Guess("nothing has changed: this is z", z), Guess("this is Φ(z): invert F there", normal_cdf(z)),
        Guess("this is F(z): the map is F⁻¹(Φ(z))", 0.5 + np.sign(z) * half_mass(np.abs(z), m, s)),
        Guess("this is the map from the mixture to N(0, 1): Φ⁻¹(F(z)) instead of F⁻¹(Φ(z))", quantile_to_z(z, m, s)),
    ]
    return compare(came, expected, "x", guesses, scale=m + s, tolerance=1e-6, hint=map_hint(came, expected, m, s),
                   nonfinite="a Newton step divides by the density, which is tiny between the modes: bisect there")


def map_hint(came: np.ndarray, expected: np.ndarray, m: float, s: float) -> str:
    """What to say when no guess fits: by how far the entries are off, and where the wrong ones lie."""
    if came.shape != expected.shape or not np.isfinite(came).all() or np.allclose(np.sort(came), np.sort(expected)):
        return ""
    error = np.abs(came - expected)
    wrong, inside, ends = error > 1e-6 * (m + s), np.abs(expected) < m, f"−(m + {FARTHEST} s) to m + {FARTHEST} s"
    if not came[wrong].any():
        return "x is 0 where z is close to 0 but is not 0: between the modes F is almost flat, so such a z leads far"
    if wrong.sum() > 1 and np.ptp(np.abs(came[wrong])) < 1e-9 * np.abs(came[wrong]).max():
        return (f"the wrong x all have the size {np.abs(came[wrong]).max():.4g}: is this an end of the interval that you search? "
                f"It must reach from {ends}. Or are z or Φ(z) clipped")
    if error.max() < 1e-2 * (m + s):
        return (f"all x are nearly right, the worst is off by {error.max():.1g}, but (m + s)/10⁶ is {1e-6 * (m + s):.1g}: "
                "search on in float64, a hundred halvings say, and stop at the size of the interval, not of F − Φ")
    if inside[wrong].all():
        return ("only points between the modes are wrong, where F is almost flat: a Newton step is too long there, and F − Φ "
                "is small long before x is right; bisect until the interval is small")
    if not inside[wrong].any():
        return (f"only points beyond the modes are wrong: does the interval that you search reach from {ends}, and are z and "
                "Φ(z) left unclipped")
    if error[~inside].max(initial=0) < 1e-3 * (m + s):
        return ("beyond the modes x is nearly right, between them, where F is almost flat, it is not: work in float64 "
                "throughout, and go on halving")
    return ""


def judge_log_slope(inputs: Inputs, came: np.ndarray, came_x: np.ndarray) -> Verdict:
    """log φ(z) − log p(x)."""
    z, m, s = inputs["z"].astype(np.float64), inputs["m"], inputs["s"]
    x, log_phi = quantile(z, m, s), -(z**2) / 2 - math.log(ROOT_TWO_PI)
    expected = log_phi - log_p(x, m, s)
    scale = max(1.0, float(np.abs(expected).max()))
    if close(came, expected, scale, 1e-5):
        return Verdict(True)
    guesses = [
        Guess(f"this is x: {ORDER}", x),
        Guess("the sign is flipped: dx/dz = φ(z)/p(x), steep where p is small", -expected),
        Guess("this is log φ(z): subtract log p(x)", log_phi),
        Guess("this is −log p(x): log φ(z) is missing", -log_p(x, m, s)),
        Guess("this is the slope, its logarithm was asked for", np.exp(expected)),
        Guess("p is taken at z, but it belongs to x = F⁻¹(Φ(z))", log_phi - log_p(z, m, s)),
        Guess("φ is taken at x and p at z: it is the other way round", -(x**2) / 2 - math.log(ROOT_TWO_PI) - log_p(z, m, s)),
        Guess("φ is taken at x, but it belongs to z", -(x**2) / 2 - math.log(ROOT_TWO_PI) - log_p(x, m, s)),
        Guess("it is the slope of z ↦ s·z, without the gap between the modes", np.full_like(z, math.log(s))),
        Guess("the two densities are added, not averaged: a factor 1/2 each", expected - math.log(2)),
        Guess("the 1/s of the two densities is missing", expected - math.log(s)),
        Guess("the 1/√(2π) is in one of the two densities only", expected + math.log(ROOT_TWO_PI)),
        Guess("the 1/√(2π) is in one of the two densities only", expected - math.log(ROOT_TWO_PI)),
        Guess("only the nearer mode's density is used, but in the middle both count, each with its factor 1/2",
              log_phi + ((np.abs(x) - m) / s) ** 2 / 2 + math.log(2 * s * ROOT_TWO_PI)),
        Guess("it is the slope of the straight line to a normal law of the same variance",
              np.full_like(z, math.log(m * m + s * s) / 2)),
    ]
    if came_x.shape == x.shape and not close(came_x, x, m + s, 1e-6):
        guesses.append(Guess("it fits your x, but some of these x are wrong, as in the part map", log_phi - log_p(came_x, m, s)))
    for h in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
        slope = (quantile(z + h, m, s) - quantile(z - h, m, s)) / (2 * h)
        guesses.append(Guess(f"a finite difference over {h:g} steps across the gap, which is far thinner: use φ(z)/p(x)",
                             np.log(slope)))
    top = math.log(s) + (m / s) ** 2 / 2
    hint = f"at z = 0 it is log s + m²/2s² = {top:.4g} here, and the larger |z|, the smaller it is"
    return compare(came, expected, "log_slope", guesses, scale=scale, tolerance=1e-5, factors={"s": s}, hint=hint,
                   nonfinite="take the logarithm of the density without the density: logaddexp")


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Part "map" looks at x, part "log_slope" at the logarithm of dx/dz."""
    verdict = (judge_map(inputs, outputs["x"]) if inputs["part"] == "map"
               else judge_log_slope(inputs, outputs["log_slope"], outputs["x"].astype(np.float64)))
    return left_alone(inputs, outputs, "z") if verdict.passed else verdict


TWO_MODES_MAP = Question(
    topic="11a_normalizing_flows", title="The map to two modes", difficulty=4, minutes=25,
    contract=Contract(
        name="two_modes_map", signature="two_modes_map(z, m, s)",
        arguments={"z": "float64 tensor (n,), |z| ≤ 4.3, 0 and numbers very close to 0 included",
                   "m": "float > 0, half the distance of the modes, at most 6 s",
                   "s": "float > 0: standard deviation of each mode"},
        returns="tuple (x (n,), log_slope (n,)), float64: x = F⁻¹(Φ(z)) and log dx/dz in nats"),
    parts={"map": 2, "log_slope": 2}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.normalizing_flows:two_modes_map")
