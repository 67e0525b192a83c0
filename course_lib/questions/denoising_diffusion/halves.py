"""A step that is linear in its noise, taken apart: what it does without the noise, and what the noise adds."""

from typing import NamedTuple

import numpy as np

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Outputs, Verdict


DRAWN_ANEW = Verdict(False, "the same arguments gave another result: use the noise that is passed in, draw none.")


def drawn_anew(came: np.ndarray, again: np.ndarray) -> bool:
    """Did the same arguments give other numbers?"""
    finite = came.shape == again.shape and np.isfinite(came).all() and np.isfinite(again).all()
    return bool(finite) and not close(came, again, 1 + float(np.abs(came).max(initial=0)))


class Halves(NamedTuple):
    """`quiet`: half the sum of the steps with ε and −ε. `noisy`: half their difference."""

    quiet: np.ndarray
    noisy: np.ndarray


def take_apart(outputs: Outputs, shape: tuple[int, ...], what: str) -> Halves | Verdict:
    """The halves; or the verdict on a result of the wrong shape, not finite, or different at the second call."""
    plus, minus, again = (outputs[name].astype(np.float64) for name in ("plus", "minus", "again"))
    if plus.shape != shape:
        return compare(plus, np.zeros(shape), what)
    if not plus.shape == minus.shape == again.shape:
        return Verdict(False, f"{what} changes its shape from call to call.")
    if not (np.isfinite(plus).all() and np.isfinite(minus).all()):
        return Verdict(False, f"{what} is NaN or infinite: look for a division by zero or the root of a negative number.")
    if drawn_anew(plus, again):
        return DRAWN_ANEW
    return Halves((plus + minus) / 2, (plus - minus) / 2)


def judge_noise(came: np.ndarray, noise: np.ndarray, sd: float, wrong: list[tuple[str, float]], scale: float) -> Verdict:
    """Is the noise term ±sd·ε? −ε has the law of ε. `wrong`: what other factors mean."""
    if float((came * noise).sum()) < 0:
        came = -came
    guesses = [Guess("the noise is missing", 0 * noise)] + [Guess(message, factor * noise) for message, factor in wrong]
    guesses += [Guess("the noise enters unscaled", noise),
                Guess("only the first row of the noise is used: each point needs its own", sd * (0 * noise + noise[0])),
                Guess("the noise is averaged over the points: each needs its own", sd * (0 * noise + noise.mean(0)))]
    return compare(came, sd * noise, "the noise term", guesses, scale=scale, tolerance=1e-5)
