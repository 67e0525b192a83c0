"""Question 2: for which polynomials U is Z = ∫ exp(−U(x)) dx over the real line finite?"""

from typing import Callable, Sequence

import numpy as np
import torch

from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import sign, uniform

Polynomial = list[float]


def polynomial(degree: int, leading: float, generator: torch.Generator, zeros: int = 0) -> Polynomial:
    """Random lower coefficients, some of them large enough to mislead a look at moderate x, and trailing zeros."""
    lower = [round(sign(generator) * uniform(0.2, 3, generator), 2) for _ in range(degree)]
    if degree >= 3 and uniform(0, 1, generator) < 0.5:
        lower[degree - 2] = round(-leading * uniform(150, 300, generator), 1)
    return lower + [leading] + [0.0] * zeros


def cases(generator: torch.Generator) -> list[Case]:
    """Four cases a part; each holds polynomials of both kinds, so no constant answer passes any."""
    drawn = []
    for part in ("even and odd", "degenerate"):
        for _ in range(4):
            def size() -> float:
                return round(uniform(0.1, 2, generator), 2)

            if part == "even and odd":
                chosen = [polynomial(d, s * size(), generator) for d in (1, 2, 3, 4, 5, 6) for s in (1, -1)]
            else:
                chosen = [[size()], [-size()], [0.0, 0.0], [0.0], [size(), 0.0, 0.0], [-size(), 0.0]]
                chosen += [polynomial(d, s * size(), generator, zeros)
                           for d, zeros in ((2, 1), (2, 2), (4, 1), (3, 1), (1, 1), (3, 2)) for s in (1, -1)]
                chosen += [[0.0, 0.0, size()], [0.0, 0.0, 0.0, size(), 0.0], [0.0, 0.0, size(), 0.0, 0.0]]
            order = torch.randperm(len(chosen), generator=generator).tolist()
            drawn.append(Case(part, {"polynomials": [chosen[i] for i in order]}))
    return drawn


def leading_term(c: Sequence[float]) -> tuple[int, float]:
    """Degree and coefficient of the highest power that is there; (0, 0.0) for the zero polynomial."""
    present = [k for k, coefficient in enumerate(c) if coefficient != 0]
    return (present[-1], c[present[-1]]) if present else (0, 0.0)


def is_finite(c: Sequence[float]) -> bool:
    """Z < ∞ exactly if U grows on both sides: even degree of at least 2, positive leading coefficient."""
    degree, leading = leading_term(c)
    return degree >= 2 and degree % 2 == 0 and leading > 0


def near_is_high(c: Sequence[float]) -> bool:
    """U(±10) > U(0), U(10)/10: a look at moderate x."""
    return all(np.polynomial.polynomial.polyval(x, c) > 0 for x in (-10.0, 10.0))


RULES: list[tuple[str, Callable[[Sequence[float]], bool]]] = [
    ("the answer is always True", lambda c: True),
    ("the answer is always False", lambda c: False),
    ("the sign convention is exp(+U); here p ∝ exp(−U), so U must grow", lambda c: is_finite([-a for a in c])),
    ("every answer is the opposite of the right one", lambda c: not is_finite(c)),
    ("only the sign of the leading coefficient is looked at, but an odd power falls on one side",
     lambda c: leading_term(c)[1] > 0),
    ("only the degree is looked at, but with a negative leading coefficient U falls on both sides",
     lambda c: leading_term(c)[0] % 2 == 0 and leading_term(c)[0] >= 2),
    ("only the degree is looked at, and a constant passes as even", lambda c: leading_term(c)[0] % 2 == 0),
    ("a constant passes as an even power, but exp(−constant) has no finite integral over the whole line",
     lambda c: leading_term(c)[0] % 2 == 0 and leading_term(c)[1] > 0),
    ("odd degrees are taken for the good ones: count the degree from 0, the first coefficient is the constant",
     lambda c: leading_term(c)[0] % 2 == 1 and leading_term(c)[1] > 0),
    ("only degree 2 passes, but any even power that grows will do", lambda c: is_finite(c) and leading_term(c)[0] == 2),
    ("trailing zeros are taken for the leading coefficient: skip them",
     lambda c: len(c) > 2 and len(c) % 2 == 1 and c[-1] > 0),
    ("trailing zeros count as degree: skip them", lambda c: len(c) > 2 and len(c) % 2 == 1 and leading_term(c)[1] > 0),
    ("the coefficients are read from the highest degree, but the first one is the constant",
     lambda c: is_finite(list(c)[::-1])),
    ("the coefficients are read from the highest degree, but the first one is the constant",
     lambda c: len(c) > 2 and len(c) % 2 == 1 and c[0] > 0),
    ("all coefficients are asked to be positive, but only the leading one decides", lambda c: is_finite(c) and min(c) >= 0),
    ("the sum of the coefficients does not decide, the leading one does",
     lambda c: leading_term(c)[0] % 2 == 0 and sum(c) > 0),
    ("U is looked at for moderate x only; what counts is x → ±∞", near_is_high),
    ("U is looked at for x → +∞ only; it must also grow for x → −∞",
     lambda c: leading_term(c)[1] > 0 and leading_term(c)[0] >= 1),
    ("U is looked at for x → −∞ only; it must also grow for x → +∞",
     lambda c: leading_term(c)[1] * (-1) ** leading_term(c)[0] > 0 and leading_term(c)[0] >= 1),
]


def written(c: Sequence[float]) -> str:
    """A polynomial as a reader writes it."""
    terms = [f"{a:+g}" + ("" if k == 0 else "·x" if k == 1 else f"·x^{k}") for k, a in enumerate(c) if a != 0]
    return (" ".join(terms) or "0").removeprefix("+")


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Show the first polynomial that is answered wrong, and the rule that would give just these answers."""
    polynomials, came = inputs["polynomials"], outputs["finite"]
    expected = [is_finite(c) for c in polynomials]
    if came.shape != (len(polynomials),):
        return Verdict(False, "its answers cannot be counted.")
    answers = [bool(a) for a in came]
    if answers == expected:
        return Verdict(True)
    i = min((i for i in range(len(answers)) if answers[i] != expected[i]), key=lambda i: len(polynomials[i]))
    shown = (f"coefficients={polynomials[i]}, so U(x) = {written(polynomials[i])}: Z is "
             f"{'finite' if expected[i] else 'infinite'}, but the answer was {answers[i]}")
    for message, rule in RULES:
        if answers == [rule(c) for c in polynomials]:
            return Verdict(False, f"{message}. For instance {shown}.")
    wrong = sum(a != e for a, e in zip(answers, expected))
    return Verdict(False, f"{wrong} of {len(answers)} polynomials are answered wrong; for instance {shown}.")


NORMALIZABLE = Question(
    topic="03_energy_based_models", title="Which energies define a density?", difficulty=2, minutes=8,
    contract=Contract(
        name="normalizable", signature="normalizable(coefficients)",
        arguments={"coefficients": "list of at least one float: U(x) = Σ_k coefficients[k]·x^k, lowest degree first; "
                                   "trailing zeros are possible"},
        returns="bool: is Z = ∫ exp(−U(x)) dx over the whole real line finite?"),
    parts={"even and odd": 1, "degenerate": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.energy_based_models:normalizable")
