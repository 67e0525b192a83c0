"""The log_det of a step of Glow, as known misconceptions would have it."""

import itertools

import numpy as np

from course_lib.questions.compare import Guess
from course_lib.questions.image_and_continuous_flows.glow_guesses import Step


def log_det_guesses(step: Step, v: np.ndarray, came: np.ndarray) -> list[Guess]:
    """Each term with its own faults, at most two faults together; and the right formula for the wrong values that came."""
    terms, pixels, (shift, s) = step.terms(v), v[0, 0].size, step.network(step.sees(v))
    one, sign, det = np.ones(len(v)), -1.0 if step.inverse else 1.0, float(np.linalg.det(step.weight))
    a, w, c = terms.values()
    faults = {
        "actnorm": [("must be counted once for each of the h·w pixels", a / pixels), ("is missing", 0 * a),
                    ("has the wrong sign", -a),
                    ("should add log_scale, not exp(log_scale)", sign * pixels * np.exp(step.log_scale).sum() * one),
                    ("sums log_scale over the channels, it does not average", a / len(step.bias))],
        "convolution": [("must be counted once for each of the h·w pixels", w / pixels), ("is missing", 0 * w),
                        (f"has the wrong sign{'; that of det weight does not count' * (det < 0)}", -w),
                        ("needs the logarithm of |det weight|", sign * pixels * det * one),
                        ("needs the logarithm of |det weight|", sign * pixels * abs(det) * one),
                        ("needs the logarithm of |det weight|", sign * det * one),
                        ("must be counted once for each pixel, not for each channel too", w * len(step.bias))],
        "coupling": [("is missing", 0 * c), ("has the wrong sign", -c),
                     ("sums s, it does not average", c * len(v) / s.size),
                     ("should add s, not exp(s)", sign * np.exp(s).sum((1, 2, 3))),
                     ("is summed over the batch; each image has its own", c.sum() * one),
                     ("is averaged over the batch; each image has its own", c.mean() * one),
                     ("holds the s of every pixel already: no factor h·w", pixels * c),
                     ("sums s over the pixels, it does not average over them", c / pixels),
                     ("should add s, not the shift: network returns (shift, s)", sign * shift.sum((1, 2, 3)))],
    }
    if not step.inverse:
        faults["coupling"] += [("needs the s that network gives after the convolution, not before it",
                                step.network(u[:, :v.shape[1] // 2])[1].sum((1, 2, 3))) for u in (v, step.actnorm(v))]
    where = "this is the log_det of the forward map: inverse=True computes the inverse, and its sign changes" if step.inverse \
        else "this is the log_det of the inverse: forward, the sign is the other one"
    total = a + w + c
    other = sum(Step(step.log_scale, step.bias, step.weight, step.network, not step.inverse).terms(v).values())
    guesses = [Guess(where, -total), Guess("this is the log_det of the other direction at the values that came in", other),
               Guess("there are h·w pixels, not h·h", c + (a + w) * v.shape[2] / v.shape[3]),
               Guess("there are h·w pixels, not w·w", c + (a + w) * v.shape[3] / v.shape[2]),
               Guess("this is per pixel: do not divide by h·w", total / pixels),
               Guess("this is per number: do not divide by c·h·w", total / v[0].size),
               Guess("it is summed over the batch; each image has its own", total.sum() * one),
               Guess("it is averaged over the batch; each image has its own", total.mean() * one)]
    names = list(faults)
    for name in names:
        guesses += [Guess(f"the {name}'s term {message}", total - terms[name] + value) for message, value in faults[name]]
    for left, right in itertools.combinations(names, 2):
        guesses += [Guess(f"the {left}'s term {m1}, and the {right}'s term {m2}", total - terms[left] - terms[right] + v1 + v2)
                    for m1, v1 in faults[left] for m2, v2 in faults[right]]
    if came.shape == v.shape and np.isfinite(came).all() and not step.inverse:
        own = step.network(came[:, :v.shape[1] // 2].astype(np.float64))[1].sum((1, 2, 3))
        guesses.append(Guess("its formula is right for the values that you return, but these are not right: look at them first",
                             a + w + own))
    return guesses
