"""The questions of 12: their cases, what they ask of an answer, and no false alarm."""

import math

import numpy as np
import pytest
import torch

from course_lib.questions import load_topic
from course_lib.questions.boundary import decode, encode
from course_lib.questions.check import try_answer
from course_lib.questions.trial import run_trial
from tests.answers.references import references

TOPIC = "12_denoising_diffusion"
QUESTIONS = load_topic(TOPIC)
TOTAL = 25
each = pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)


def reference(name):
    namespace: dict = {"math": math, "torch": torch}
    exec(references(TOPIC)[name], namespace)
    return namespace[name]


@each
def test_the_reference_passes_on_200_seeds_and_in_float64(question):
    answer = reference(question.name)

    def in_float64(*arguments):
        """The same formula, computed in double precision: float32 tensors are converted on the way in."""
        return answer(*(a.double() if isinstance(a, torch.Tensor) and a.is_floating_point() else a for a in arguments))

    for seed in range(200):
        marks = try_answer(question, answer, seed)
        assert marks.points == marks.max_points, (seed, marks)
    for seed in range(200, 240):
        assert try_answer(question, in_float64, seed).points == question.max_points, seed


@each
def test_every_part_has_four_cases_of_differing_shapes_in_both_dtypes(question):
    for seed in range(20):
        cases = question.cases(torch.Generator().manual_seed(seed))
        for part in question.parts:
            own = [case.inputs for case in cases if case.part == part]
            assert len(own) >= 4
            arrays = [[v for v in inputs.values() if isinstance(v, np.ndarray)] for inputs in own]
            assert len({tuple(a.shape for a in group) for group in arrays}) >= 2
            assert {a.dtype.name for group in arrays for a in group} >= {"float32", "float64"}
            generic = arrays[:4]  # special shapes, such as one point, come after the generic ones
            assert all(n >= 3 for group in generic for a in group for n in a.shape)


@each
def test_same_seed_same_cases_other_seed_other_cases(question):
    def text(seed):
        with np.printoptions(threshold=10**6, precision=17):
            return repr(question.cases(torch.Generator().manual_seed(seed)))

    assert text(1) == text(1) != text(2)


@each
def test_cases_cross_the_boundary_as_plain_data(question):
    for case in question.cases(torch.Generator().manual_seed(3)):
        assert repr(decode(encode(dict(case.inputs)))) == repr(dict(case.inputs))


@each
def test_no_time_or_size_hides_a_mistake(question):
    """The first four cases of a part: β differ, t is not an end unless others are there too, and ᾱ is away from its own root."""
    for seed in range(20):
        cases = question.cases(torch.Generator().manual_seed(seed))
        for part in question.parts:
            for inputs in [case.inputs for case in cases if case.part == part][:4]:
                if "betas" in inputs:
                    assert len(set(inputs["betas"].tolist())) == len(inputs["betas"]) >= 8
                times = inputs.get("times", inputs.get("t"))
                if times is not None and part != "last step":
                    inner = [t for t in np.ravel(times) if 1 < t]
                    assert inner and min(inner) >= 2


@pytest.mark.parametrize("answer", [
    lambda *a: a[0], lambda *a: a[1], lambda *a: a[2], lambda *a: a[-1], lambda *a: torch.zeros(()), lambda *a: 0.0,
    lambda *a: (a[1], 0.0), lambda *a: (a[0], 0.0), lambda *a: (a[0], a[1], -a[1]), lambda *a: torch.zeros_like(a[0]),
    lambda *a: (a[0], a[0], a[0]), lambda *a: torch.zeros(len(a[0])), lambda *a: a[0].sum(1), lambda *a: torch.randn(a[0].shape),
    lambda *a: a[0](a[1], a[2], a[3]), lambda *a: a[0](a[1], a[2]).mean(1), lambda *a: ((a[0] - a[1]) ** 2).sum(1),
    lambda *a: a[0] - a[1], lambda *a: a[2].mean(0).expand_as(a[0]),
])
def test_no_default_answer_earns_a_point(answer):
    for question in QUESTIONS:
        for seed in range(3):
            assert try_answer(question, answer, seed).points == 0, question.name


@each
def test_small_mistakes_are_beyond_the_tolerance(question):
    """Results off by 0.2 % lose points on every seed."""
    answer = reference(question.name)

    def slightly(*arguments):
        result = answer(*arguments)
        return tuple(1.002 * r for r in result) if isinstance(result, tuple) else 1.002 * result

    for seed in range(20):
        assert try_answer(question, slightly, seed).points < question.max_points


@each
def test_a_changed_argument_costs_a_point_and_is_named(question):
    """The reference, which then changes one tensor, or leaves it requiring a gradient; to change it back costs nothing."""
    answer = reference(question.name)
    tensors = [(place, name) for place, (name, text) in enumerate(question.contract.arguments.items()) if "tensor (" in text
               and not text.startswith("callable")]
    assert len(tensors) >= 3

    def with_harm(place, harm):
        def harmful(*arguments):
            result = answer(*arguments)
            harm(arguments[place])
            return result

        return try_answer(question, harmful, 5)

    for place, name in tensors:
        marks = with_harm(place, lambda a: a.add_(1))
        assert marks.points == question.max_points - 1 and f"but {name} was changed in place" in marks.messages[-1], marks
        assert with_harm(place, lambda a: a.add_(1).sub_(1).mul_(1) if not a.is_floating_point() else a.neg_().neg_()).points \
            == question.max_points
        if "int64" not in question.contract.arguments[name]:
            marks = with_harm(place, lambda a: a.requires_grad_())
            assert marks.points == question.max_points - 1 and f"{name} is left requiring" in marks.messages[-1], marks


def test_a_wrong_result_is_told_of_a_changed_argument_too():
    def labels_lost(model, x, t, labels, null_label, weight):
        labels.fill_(null_label)
        return model(x, t, labels) + weight * (model(x, t, labels) - model(x, t, labels))

    question = next(q for q in QUESTIONS if q.name == "guided_noise")
    marks = try_answer(question, labels_lost, 6)
    assert marks.points == 0 and all("Besides, labels was changed in place" in message for message in marks.messages[1:])
    assert "Besides, labels was changed in place" in "".join(marks.messages)


@each
def test_a_squeezed_result_of_one_row_or_column_loses_points(question):
    answer = reference(question.name)

    def squeezed(*arguments):
        result = answer(*arguments)
        return tuple(r.squeeze() for r in result) if isinstance(result, tuple) else result.squeeze()

    for seed in range(5):
        marks = try_answer(question, squeezed, seed)
        assert marks.points < question.max_points and "should have the shape" in "".join(marks.messages), marks


def test_points_names_and_sentences():
    assert sum(q.max_points for q in QUESTIONS) == TOTAL
    for question in QUESTIONS:
        assert question.topic == TOPIC and 1 <= question.difficulty <= 5 and question.minutes > 0
        assert question.contract.signature == f"{question.name}({', '.join(question.contract.arguments)})"
        sentence = run_trial(question.probe, lambda: None, question.cases(torch.Generator().manual_seed(0))[0].inputs)
        assert "cannot be called as asked for" in sentence
