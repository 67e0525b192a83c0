"""The questions of 03: their cases, their exact results against autograd and quadrature, and no false alarm."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import integrate

from course_lib.questions import load_topic, probes
from course_lib.questions.check import try_answer
from course_lib.questions.energy_based_models import exact
from course_lib.questions.energy_based_models.conditional_gradient import softmax
from course_lib.questions.energy_based_models.log_partition import log_sum_exp
from course_lib.questions.energy_based_models.normalizable import is_finite
from course_lib.questions.marking import judge_case
from course_lib.questions.probes.energies import Energy, build_energy
from course_lib.questions.trial import run_trial
from tests.answers.references import references

TOPIC = "03_energy_based_models"
QUESTIONS = load_topic(TOPIC)
TOTAL = 19


def reference(name):
    namespace: dict = {"math": math, "torch": torch}
    exec(references(TOPIC)[name], namespace)
    return namespace[name]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_the_reference_passes_on_200_seeds_and_in_float64(question):
    answer = reference(question.name)

    def in_float64(*arguments):
        """The same formula, computed in double precision: float32 tensors are converted on the way in."""
        return answer(*(a.double() if isinstance(a, torch.Tensor) and a.is_floating_point() else a for a in arguments))

    for seed in range(200):
        marks = try_answer(question, answer, seed)
        assert marks.points == marks.max_points, (seed, marks)
    if question.name in ("log_partition", "natural_parameters", "conditional_gradient"):
        for seed in range(200):
            assert try_answer(question, in_float64, seed).points == question.max_points, seed


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_every_part_has_four_cases_of_differing_shapes_in_both_dtypes(question):
    for seed in range(20):
        cases = question.cases(torch.Generator().manual_seed(seed))
        for part in question.parts:
            own = [case.inputs for case in cases if case.part == part]
            assert len(own) >= 4
            arrays = [[v for v in inputs.values() if isinstance(v, np.ndarray)] for inputs in own]
            if question.name != "normalizable":
                assert len({tuple(a.shape for a in group) for group in arrays}) >= 2
                assert {a.dtype.name for group in arrays for a in group} >= {"float32", "float64"}
                generic = arrays[:4]  # special shapes, such as one point, come after the generic ones
                assert all(n >= 3 or n == a.shape[-1] for group in generic for a in group for n in a.shape)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_same_seed_same_cases_other_seed_other_cases(question):
    def text(seed):
        with np.printoptions(threshold=10**6, precision=17):
            return repr(question.cases(torch.Generator().manual_seed(seed)))

    assert text(1) == text(1) != text(2)


@pytest.mark.parametrize("answer", [
    lambda *a: a[0], lambda *a: a[-1], lambda *a: a[1], lambda *a: torch.zeros(()), lambda *a: 0.0, lambda *a: True,
    lambda *a: False, lambda *a: (a[-3], a[-2]), lambda *a: torch.zeros_like(a[1]), lambda *a: torch.randn(a[1].shape),
    lambda *a: (torch.zeros_like(a[2]), a[4]), lambda *a: [0.0, 0.0], lambda *a: (a[4], a[4]),
])
def test_no_default_answer_earns_a_point(answer):
    for question in QUESTIONS:
        for seed in range(5):
            assert try_answer(question, answer, seed).points == 0, question.name


@pytest.mark.parametrize("kind", ["wells", "network"])
def test_energies_by_hand_agree_with_autograd(kind):
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        spec = exact.draw_energy(kind, 3, 4, generator, "float64")
        x = torch.randn(6, 3, dtype=torch.float64, generator=generator)
        theta = torch.as_tensor(spec["theta"])
        energy = build_energy(spec)
        by_theta = torch.func.jacrev(lambda t: energy(t, x))(theta)
        by_x = torch.func.grad(lambda z: energy(theta, z).sum())(x)
        assert np.allclose(exact.energy(spec, x.numpy()), Energy(spec)(x).detach(), atol=1e-12)
        assert np.allclose(exact.gradient_theta(spec, x.numpy()), by_theta, atol=1e-12)
        assert np.allclose(exact.gradient_x(spec, x.numpy()), by_x, atol=1e-12)


def test_log_sum_exp_and_softmax_agree_with_torch():
    a = torch.randn(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 300
    assert np.allclose(log_sum_exp(a.numpy()), torch.logsumexp(a, -1))
    assert np.allclose(log_sum_exp(a.numpy(), (0, 1)), torch.logsumexp(a.flatten(), 0))
    assert np.allclose(softmax(a.numpy()), torch.softmax(a, -1)) and np.allclose(softmax(a.numpy(), 0), torch.softmax(a, 0))


@pytest.mark.parametrize("c", [[0.0, 0.0, 1.0], [1.0, 2.0, -3.0, 0.5, 1.0], [0.0, 1.0], [2.0], [0.0, 0.0], [0.0, 0.0, -1.0],
                               [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 2.0, -1.0]])
def test_finite_z_agrees_with_quadrature_over_growing_boxes(c):
    def z(a):
        return integrate.quad(lambda x: math.exp(min(-np.polynomial.polynomial.polyval(x, c), 600)), -a, a, limit=500)[0]

    settled = abs(z(16.0) - z(8.0)) < 1e-6 * z(8.0)
    assert is_finite(c) == settled


def test_the_right_theta_is_the_maximum_of_the_likelihood():
    question = next(q for q in QUESTIONS if q.name == "natural_parameters")
    for case in question.cases(torch.Generator().manual_seed(5))[:3]:
        x = torch.as_tensor(case.inputs["x"], dtype=torch.float64)
        theta = reference("natural_parameters")(x)

        def loss(t):
            grid = torch.linspace(-30, 30, 20001, dtype=torch.float64)
            return (t[0] * x + t[1] * x**2).mean() + torch.logsumexp(-t[0] * grid - t[1] * grid**2, 0)

        assert torch.func.grad(loss)(theta).abs().max() < 1e-6


def test_conditional_gradient_is_that_of_cross_entropy():
    question = next(q for q in QUESTIONS if q.name == "conditional_gradient")
    for case in question.cases(torch.Generator().manual_seed(6)):
        w, x, y = (torch.as_tensor(case.inputs[k]) for k in ("weights", "x", "y"))
        w = w.double().requires_grad_()
        torch.nn.functional.cross_entropy(x.double() @ w.T, y).backward()
        assert judge_case(question, case, {"gradient": w.grad.numpy()}).passed


def test_small_mistakes_are_beyond_the_tolerance():
    """Results off by 0.2 % (1 % for the classifier, 0.2 nats for log Z) must fail on every seed."""
    def slightly(name, change):
        def answer(*arguments):
            return change(reference_of[name](*arguments))
        return answer

    reference_of = {q.name: reference(q.name) for q in QUESTIONS}
    changes = {"log_partition": lambda v: v + 0.2, "natural_parameters": lambda v: v * torch.tensor([1.002, 1.004]),
               "contrastive_loss": lambda v: v * 1.002, "conditional_gradient": lambda v: v * 1.01,
               "langevin_step": lambda v: v * 1.002, "persistent_step": lambda v: (v[0] * 1.002, v[1] * 1.002)}
    for question in QUESTIONS:
        if question.name in changes:
            for seed in range(20):
                assert try_answer(question, slightly(question.name, changes[question.name]), seed).points == 0


def test_probes_import_no_judge():
    for path in Path(probes.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in getattr(node, "names", [])] \
                if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] in ("typing", "numpy", "torch") or name == "course_lib.questions.boundary" \
                    or name.startswith("course_lib.questions.probes"), name


def test_points_names_and_sentences():
    assert sum(q.max_points for q in QUESTIONS) == TOTAL
    for question in QUESTIONS:
        assert question.topic == TOPIC and 1 <= question.difficulty <= 5 and question.minutes > 0
        assert question.contract.signature == f"{question.name}({', '.join(question.contract.arguments)})"
        sentence = run_trial(question.probe, lambda: None, question.cases(torch.Generator().manual_seed(0))[0].inputs)
        assert "cannot be called as asked for" in sentence
