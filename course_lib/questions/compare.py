"""Judge an array against the expected one, and say in a sentence what most likely went wrong.

The judge of a question adds `guesses`: arrays that known misconceptions would have produced. After these come
the mistakes that any formula can have: a sign, a factor, a constant, a transposition, an order.
"""

import math
from typing import Mapping, NamedTuple, Sequence

import numpy as np

from course_lib.questions.contract import Verdict

TOLERANCE = 3e-5  # of the scale: a float32 computation in any sensible order stays below, a mistake far above
FACTORS = {"2": 2.0, "1/2": 0.5, "√2": math.sqrt(2), "1/√2": math.sqrt(0.5), "2π": 2 * math.pi, "ln 10": math.log(10),
           "1/ln 10": 1 / math.log(10), "ln 2": math.log(2), "1/ln 2": 1 / math.log(2), "4": 4.0, "1/4": 0.25}
HUGE = 1e30  # what nan_to_num and the like make of an overflow


class Guess(NamedTuple):
    """A misconception: what to say, and the array it produces on this case."""

    message: str
    value: np.ndarray


def close(a: np.ndarray, b: np.ndarray, scale: float, tolerance: float = TOLERANCE) -> bool:
    """Same shape, all finite and |a − b| ≤ tolerance · scale everywhere."""
    if np.shape(a) != np.shape(b) or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return False
    return bool((np.abs(np.subtract(a, b, dtype=np.float64)) <= tolerance * scale).all())


def compare(came: np.ndarray, expected: np.ndarray, what: str, guesses: Sequence[Guess] = (), *,
            scale: float | None = None, tolerance: float = TOLERANCE,
            factors: Mapping[str, float] | None = None, nonfinite: str = "", hint: str = "") -> Verdict:
    """The verdict on `came`, named `what` in the sentence.

    scale: size of the terms that were added up (default: the largest |expected|); the tolerance is relative to it.
    factors: further numbers that may be missing or too much, by name. nonfinite: the likely cause of NaN or inf.
    hint: what to look at when no guess fits.
    """
    expected = np.asarray(expected, dtype=np.float64)
    came = np.asarray(came, dtype=np.float64)
    scale = max(float(np.abs(expected).max(initial=0.0)) if scale is None else float(scale), 1e-12)
    if close(came, expected, scale, tolerance):
        return Verdict(True)
    with np.errstate(all="ignore"):
        message = (guess_message(came, expected, guesses, scale, tolerance) or shape_message(came, expected)
                   or finite_message(came, nonfinite)
                   or (pattern_message(came, expected, scale, tolerance, factors or {})
                       or first_difference(came, expected, scale, tolerance)) + (f" Note: {hint}." if hint else ""))
    return Verdict(False, f"{what} {message}")


def guess_message(came: np.ndarray, expected: np.ndarray, guesses: Sequence[Guess], scale: float, tolerance: float) -> str:
    """The first misconception whose array came; then the first whose array came with the opposite sign."""
    values = [(guess.message, np.asarray(guess.value, dtype=np.float64)) for guess in guesses]
    wrong = [(message, value) for message, value in values if not close(value, expected, scale, 3 * tolerance)]
    for message, value in wrong:
        if close(came, value, max(scale, np.abs(value).max(initial=0.0)), tolerance):
            return f"is not right: {message}{'' if message.endswith('?') else '.'}"
    for message, value in wrong:
        if np.abs(value).max(initial=0.0) > 0 and close(came, -value, max(scale, np.abs(value).max()), tolerance):
            return f"is not right: {message}{'' if message.endswith('?') else '.'} Its sign is flipped as well."
    return ""


def shape_message(came: np.ndarray, expected: np.ndarray) -> str:
    """What a wrong shape suggests."""
    if came.shape == expected.shape:
        return ""
    if came.shape == expected.shape[::-1]:
        cause = "it is transposed"
    elif came.size == expected.size:
        cause = "the numbers may be right: reshape them, or drop the axis of length 1"
    elif came.size == 1:
        cause = "too much was summed or averaged: keep the axes that the contract names"
    elif came.ndim == 2 and expected.ndim == 1 and came.shape == expected.shape * 2:
        cause = "an (n, 1) array met an (n,) array and broadcast to (n, n)"
    elif came.ndim > expected.ndim:
        cause = "an axis is left over: sum or average over it"
    elif came.ndim < expected.ndim:
        cause = "an axis was lost in a sum or a mean"
    else:
        cause = "check which axis is summed over"
    return f"should have the shape {expected.shape}, but has {came.shape}: {cause}."


def finite_message(came: np.ndarray, nonfinite: str) -> str:
    """How many entries are NaN, infinite or beyond any sensible number."""
    bad = ~(np.abs(came) < HUGE)
    if not bad.any():
        return ""
    name = "NaN" if np.isnan(came).any() else "infinite" if np.isinf(came).any() else "beyond 1e30"
    count = "" if came.size == 1 else f" in {int(bad.sum())} of {came.size} entries"
    return f"is {name}{count}: {nonfinite or 'look for an overflow, a division by zero or the log of zero'}."


def pattern_message(came: np.ndarray, expected: np.ndarray, scale: float, tolerance: float,
                    factors: Mapping[str, float]) -> str:
    """Mistakes that any formula can have."""
    if not np.any(came):
        return "is all zeros."
    if close(came, -expected, scale, tolerance):
        return "has the right size and the opposite sign: check which term is subtracted from which."
    factors = {name: value for name, value in factors.items() if value != 1}  # a factor 1 is no mistake
    named = {**factors, **{f"1/{name}": 1 / value for name, value in factors.items() if value}, **FACTORS}
    ratio = float((came * expected).sum() / max(float((expected**2).sum()), 1e-300))
    if abs(ratio) > 1e-3 and f"{ratio:.4g}" != "1" and close(came, ratio * expected, scale * max(1.0, abs(ratio)), tolerance):
        for name, value in named.items():
            if math.isclose(abs(ratio), value, rel_tol=max(2e-4, 3 * tolerance)):
                return f"is {'minus ' if ratio < 0 else ''}{name} times what it should be."
        if expected.size > 1:
            return f"is {ratio:.4g} times what it should be, the same factor in every entry."
    shift = came - expected
    mean = float(shift.mean())
    if close(shift, np.full_like(shift, mean), scale, tolerance):
        for name, value in factors.items():
            for label, constant in ((name, value), (f"log {name}", math.log(value) if value > 0 else math.nan)):
                if math.isclose(abs(mean), abs(constant), rel_tol=1e-3, abs_tol=2 * tolerance * scale):
                    return f"is too {'large' if mean > 0 else 'small'} by {label}."
        if expected.size > 1:
            return f"is off by the same constant, {mean:.4g}, in every entry."
    if expected.ndim == 2 and close(came, expected.T, scale, tolerance):
        return "is transposed."
    if expected.ndim and close(came, expected[::-1], scale, tolerance):
        return "has its entries in the opposite order."
    if close(np.abs(came), np.abs(expected), scale, tolerance):
        return "has the right sizes, but some signs are wrong."
    if expected.size > 1 and close(np.sort(came, axis=None), np.sort(expected, axis=None), scale, tolerance):
        return "has the right numbers in the wrong places."
    return ""


def first_difference(came: np.ndarray, expected: np.ndarray, scale: float, tolerance: float) -> str:
    """Nothing known fits: show the first entry that differs."""
    if expected.ndim == 0:
        return f"should be about {float(expected):.5g}, but is {float(came):.5g}."
    wrong = np.abs(came - expected) > tolerance * scale
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    at = place[0] if len(place) == 1 else place
    right = f"; {int((~wrong).sum())} of {wrong.size} entries are right" if not wrong.all() else ""
    return f"should be about {expected[place]:.5g} at entry {at}, but is {came[place]:.5g}{right}."
