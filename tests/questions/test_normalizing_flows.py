"""The questions of 11a: their cases, no false alarm, and nothing for nothing."""

import math

import numpy as np
import pytest
import torch

from course_lib.questions import load_topic
from course_lib.questions.check import try_answer
from course_lib.questions.normalizing_flows import reverse_kl
from course_lib.questions.trial import run_trial
from tests.answers.references import references

TOPIC = "11a_normalizing_flows"
QUESTIONS = load_topic(TOPIC)
BY_NAME = {question.name: question for question in QUESTIONS}
TOTAL = 21
NUM_SEEDS = 12  # 200 seeds with the reference and again in float64: no false alarm


def reference(name):
    namespace: dict = {"math": math, "torch": torch}
    exec(references(TOPIC)[name], namespace)
    return namespace[name]


def drawn(name, seed, part=None):
    cases = BY_NAME[name].cases(torch.Generator().manual_seed(seed))
    return [case.inputs for case in cases if part in (None, case.part)]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_the_reference_passes_on_many_seeds_and_in_float64(question):
    answer = reference(question.name)

    def in_float64(*arguments):
        """The same formula, computed in double precision: float32 tensors are converted on the way in."""
        return answer(*(a.double() if isinstance(a, torch.Tensor) else a for a in arguments))

    for seed in range(NUM_SEEDS):
        for one in (answer, in_float64):
            marks = try_answer(question, one, seed)
            assert marks.points == marks.max_points, (seed, marks)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_every_part_has_four_cases_of_differing_shapes_in_both_dtypes(question):
    names = ("x", "values", "z")
    dtypes = {"float64"} if question.name == "two_modes_map" else {"float32", "float64"}
    for seed in range(20):
        for part in question.parts:
            own = [next(inputs[name] for name in names if name in inputs) for inputs in drawn(question.name, seed, part)]
            assert len(own) >= 4
            assert {a.dtype.name for a in own} == dtypes
            assert sum(len(a) < 4 for a in own) <= (question.name == "two_modes_map")
            assert all(len(a) != a.shape[1] and (a.shape[1] >= 2 or part == "one dimension") for a in own if a.ndim == 2)
        everything = [next(inputs[name] for name in names if name in inputs).shape for inputs in drawn(question.name, seed)]
        assert len(set(everything)) >= 2


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_same_seed_same_cases_other_seed_other_cases(question):
    def text(seed):
        with np.printoptions(threshold=10**6, precision=17):
            return repr(question.cases(torch.Generator().manual_seed(seed)))

    assert text(1) == text(1) != text(2)


@pytest.mark.parametrize("answer", [
    lambda *a: a[0], lambda *a: a[-1], lambda *a: a[1], lambda *a: torch.zeros(()), lambda *a: 0.0, lambda *a: True,
    lambda *a: (a[0], torch.zeros(len(a[0]))), lambda *a: (torch.zeros_like(a[0]), torch.zeros(len(a[0]))),
    lambda *a: (a[0], torch.zeros_like(a[0])), lambda *a: torch.zeros(len(a[-1])), lambda *a: a[1](a[-1]),
    lambda *a: (a[0], a[0].sum(dim=1)), lambda *a: (a[1](a[0])[0], a[1](a[0])[1].sum(dim=1)), lambda *a: a[1](a[-1]).mean(),
    lambda *a: (torch.ones_like(a[0]), torch.ones_like(a[0])),
])
def test_no_default_answer_earns_a_point(answer):
    for question in QUESTIONS:
        for seed in range(5):
            assert try_answer(question, answer, seed).points == 0, question.name


def test_small_mistakes_are_beyond_the_tolerance():
    """Results off by 0.2 % and 0.002 (for the map to two modes by 1e-4) must fail on every seed."""
    def slightly(name):
        size, answer = (1e-4 if name == "two_modes_map" else 2e-3), reference(name)

        def change(value):
            return value * (1 + size) + size

        def off(*arguments):
            result = answer(*arguments)
            return tuple(change(v) for v in result) if isinstance(result, tuple) else change(result)
        return off

    for question in QUESTIONS:
        for seed in range(5):
            marks = try_answer(question, slightly(question.name), seed)
            # a constant does not change a gradient, and 0.2 % of it may be within the scale of its terms
            assert marks.points <= (1 if question.name == "reverse_kl" else 0), (question.name, seed)


@pytest.mark.parametrize("name", [name for name in BY_NAME if name != "flow_log_prob"])
def test_arguments_must_be_left_as_they_are(name):
    """Right numbers, but the tensor is changed or left requiring a gradient: no part is earned, and a sentence says so."""
    def tensor(arguments):
        return next(a for a in arguments[::1 if name != "change_of_variables" else -1] if isinstance(a, torch.Tensor))

    def changed(*arguments):
        result = reference(name)(*(a.clone() if isinstance(a, torch.Tensor) else a for a in arguments))
        tensor(arguments).add_(1)
        return result

    def marked(*arguments):
        result = reference(name)(*(a.clone() if isinstance(a, torch.Tensor) else a for a in arguments))
        tensor(arguments).requires_grad_()
        return result

    for answer, fragment in ((changed, "was changed in place"), (marked, "is left requiring a gradient")):
        marks = try_answer(BY_NAME[name], answer, 0)
        assert marks.points == 0 and fragment in "".join(marks.messages), marks


def test_every_seed_has_what_catches_a_fixed_number_of_passes_and_a_clamped_loss():
    for seed in range(20):
        for part in ("inverse", "forward"):
            assert {3, 5, 7} <= {case["values"].shape[1] for case in drawn("masked_autoregressive", seed, part)}
        for part in ("value", "gradient"):
            cases = drawn("reverse_kl", seed, part)
            each = [reverse_kl.terms(case) for case in cases]
            losses = [(t["base"] - t["log_det"] - t["target"]).value.mean() for t in each]
            assert min(losses) < -2.9 and max(losses) > 2.9
            assert all(t["target"].value.max() > 0.9 for t, loss in zip(each, losses) if loss < 0)


def test_points_names_and_sentences():
    assert sum(q.max_points for q in QUESTIONS) == TOTAL
    for question in QUESTIONS:
        assert question.topic == TOPIC and 1 <= question.difficulty <= 5 and question.minutes > 0
        assert question.contract.signature == f"{question.name}({', '.join(question.contract.arguments)})"
        sentence = run_trial(question.probe, lambda: None, question.cases(torch.Generator().manual_seed(0))[0].inputs)
        assert "cannot be called as asked for" in sentence
