"""The sentences of `compare`: each mistake that any formula can have is recognised on random arrays."""

import math
import re

import numpy as np
import pytest

from course_lib.questions.compare import FACTORS, Guess, compare

RNG = np.random.default_rng(7)
VECTOR, MATRIX, SQUARE = RNG.normal(size=5) + 0.3, RNG.normal(size=(3, 4)) + 0.3, RNG.normal(size=(3, 3))


@pytest.mark.parametrize("expected", [np.array(1.7), VECTOR, MATRIX])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_right_array_passes(expected, dtype):
    assert compare(expected.astype(dtype), expected, "it") == (True, "")


@pytest.mark.parametrize("came, expected, fragment", [
    (-VECTOR, VECTOR, "opposite sign"), (2 * MATRIX, MATRIX, "is 2 times"), (-VECTOR / 2, VECTOR, "minus 1/2 times"),
    (math.sqrt(2) * MATRIX, MATRIX, "√2 times"), (7 * VECTOR, VECTOR, "is n times"), (VECTOR / 7, VECTOR, "1/n times"),
    (1.234 * VECTOR, VECTOR, "1.234 times"), (VECTOR + 0.5, VECTOR, "same constant, 0.5"), (VECTOR + 7, VECTOR, "too large by n"),
    (VECTOR - math.log(7), VECTOR, "too small by log n"), (MATRIX.T, MATRIX, "transposed"), (SQUARE.T, SQUARE, "transposed"),
    (VECTOR[::-1], VECTOR, "opposite order"), (np.abs(VECTOR) * [1, -1, 1, -1, 1], np.abs(VECTOR), "some signs"),
    (VECTOR[[1, 0, 2, 3, 4]], VECTOR, "wrong places"), (0 * VECTOR, VECTOR, "all zeros"),
    (VECTOR[:, None], VECTOR, "axis of length 1"), (VECTOR.mean(), VECTOR, "too much was summed"),
    (np.ones((5, 5)), VECTOR, "broadcast"), (np.ones((2, 5)), VECTOR, "left over"), (np.ones(3), MATRIX, "an axis was lost"),
    (np.ones(4), VECTOR, "which axis"), (np.where(VECTOR > 0, np.nan, VECTOR), VECTOR, "NaN in"),
    (np.full(5, np.inf), VECTOR, "infinite in 5 of 5"), (np.array(np.nan), np.array(1.0), "is NaN:"),
    (VECTOR + [0, 1, 0, 0, 0], VECTOR, "at entry 1.* 4 of 5 entries are right"),
    (np.array(3.0), np.array(1.0), "about 1, but is 3. Note: look here.$"), (np.array(-3e38), np.array(1.0), "beyond 1e30"),
    (VECTOR / math.log(2), VECTOR, "1/ln 2 times"),
])
def test_mistakes_are_named(came, expected, fragment):
    verdict = compare(np.asarray(came), expected, "the result", factors={"n": 7.0}, hint="look here")
    assert not verdict.passed
    assert verdict.message.startswith("the result ") and re.search(fragment, verdict.message), verdict.message


@pytest.mark.parametrize("came, factors, fragment", [
    (-2e-6 * VECTOR, {}, "times"), (VECTOR * (1 + 4e-5), {}, "times"), (VECTOR * (1 + 4e-5), {"num_terms": 1.0}, "num_terms"),
    (VECTOR + 5e-5, {"num_terms": 1.0}, "num_terms"),
])
def test_a_factor_that_says_nothing_is_not_named(came, factors, fragment):
    verdict = compare(came, VECTOR, "it", factors=factors, scale=0.1)
    assert not verdict.passed and fragment not in verdict.message, verdict.message


def test_a_guess_comes_before_the_general_patterns():
    guesses = [Guess("first", VECTOR + 1), Guess("the sum was taken", 5 * VECTOR)]
    assert "the sum was taken" in compare(5 * VECTOR, VECTOR, "it", guesses).message
    assert "sign is flipped as well" in compare(-5 * VECTOR, VECTOR, "it", guesses).message
    assert "first" in compare((VECTOR + 1).astype("float32"), VECTOR, "it", guesses).message


def test_a_guess_that_equals_the_truth_accuses_nobody():
    verdict = compare(VECTOR + 0.1 * VECTOR**2, VECTOR, "it", [Guess("no mistake", VECTOR)])
    assert not verdict.passed and "no mistake" not in verdict.message


def test_an_error_of_one_in_a_thousand_fails_and_float32_passes():
    for factor in FACTORS.values():
        assert not compare(factor * VECTOR, VECTOR, "it").passed
    assert not compare(1.001 * VECTOR, VECTOR, "it").passed
    assert compare(VECTOR.astype(np.float32).astype(np.float64), VECTOR, "it").passed


def test_nothing_passes_for_nan_or_for_another_shape():
    assert not compare(np.full(5, np.nan), VECTOR, "it", [Guess("nan", np.full(5, np.nan))]).passed
    assert not compare(np.zeros(0), VECTOR, "it").passed
    assert not compare(VECTOR[None], VECTOR, "it").passed
