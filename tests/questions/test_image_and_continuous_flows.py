"""The questions of 11b: their cases, their exact results against autograd and closed forms, and no false alarm.

Judging compares with an exact result: the only chance is in the inputs.
"""

import inspect
import math

import numpy as np
import pytest
import torch

from course_lib.questions.check import try_answer
from course_lib.questions.draws import normal
from course_lib.questions.image_and_continuous_flows import QUESTIONS, exact
from course_lib.questions.image_and_continuous_flows.glow_guesses import Step
from course_lib.questions.image_and_continuous_flows.glow_step import draw_weight
from course_lib.questions.image_and_continuous_flows.masked_guesses import EARLIER, correlate, solve, substitute
from course_lib.questions.image_and_continuous_flows.residual_log_det import powers, series
from course_lib.questions.probes import fields, image_and_continuous_flows
from course_lib.questions.trial import run_trial
from tests.answers.references import references

TOPIC = "11b_image_and_continuous_flows"
TOTAL = 20


def reference(name):
    namespace: dict = {"math": math, "torch": torch}
    exec(references(TOPIC)[name], namespace)
    return namespace[name]


def draws(seed):
    return torch.Generator().manual_seed(seed)


def in_float64(answer):
    """The same formula in double precision: float32 tensors are converted on the way in."""
    return lambda *a: answer(*(v.double() if isinstance(v, torch.Tensor) and v.is_floating_point() else v for v in a))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_the_reference_passes_on_200_seeds_and_in_float64(question):
    answer = reference(question.name)
    for seed in range(200):
        marks = try_answer(question, answer, seed)
        assert marks.points == marks.max_points, (seed, marks)
    for seed in range(200, 250):
        marks = try_answer(question, in_float64(answer), seed)
        assert marks.points == marks.max_points, (seed, marks)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_every_part_has_four_cases_of_differing_shapes_in_both_dtypes(question):
    for seed in range(20):
        cases = question.cases(draws(seed))
        for part in question.parts:
            own = [case.inputs for case in cases if case.part == part]
            assert len(own) >= 4
            arrays = [[v for v in inputs.values() if isinstance(v, np.ndarray)] for inputs in own[:4]]  # special ones follow
            assert len({tuple(a.shape for a in group) for group in arrays}) >= 2
            assert {a.dtype.name for group in arrays for a in group} == {"float32", "float64"}
            assert all(n >= 3 for group in arrays for a in group for n in a.shape)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_same_seed_same_cases_other_seed_other_cases(question):
    def text(seed):
        with np.printoptions(threshold=10**6, precision=17):
            return repr(question.cases(draws(seed)))

    assert text(1) == text(1) != text(2)


@pytest.mark.parametrize("answer", [
    lambda *a: a[0], lambda *a: a[-1], lambda *a: a[1], lambda *a: a[2], lambda *a: torch.zeros(()), lambda *a: 0.0,
    lambda *a: None, lambda *a: (a[0], torch.zeros(len(a[0]))), lambda *a: (torch.zeros(len(a[2])), a[2]),
    lambda *a: torch.zeros(len(a[1])), lambda *a: torch.zeros_like(a[1]), lambda *a: torch.randn(len(a[1])),
    lambda *a: a[1].sum(-1), lambda *a: (torch.zeros(len(a[2])), torch.zeros_like(a[2])), lambda *a: (a[1](a[2]), a[2]),
    lambda *a: (torch.zeros_like(a[0]), torch.ones(len(a[0]))), lambda *a: a[0](a[1]), lambda *a: a[1] + a[0](a[1]),
])
def test_no_default_answer_earns_a_point(answer):
    for question in QUESTIONS:
        for seed in range(5):
            assert try_answer(question, answer, seed).points == 0, question.name


def test_small_mistakes_are_beyond_the_tolerance():
    """Results off by 0.2 % must lose every point on every seed."""
    for question in QUESTIONS:
        answer = reference(question.name)

        def slightly(*arguments):
            result = answer(*arguments)
            return tuple(1.002 * r for r in result) if isinstance(result, tuple) else 1.002 * result

        for seed in range(10):
            assert try_answer(question, slightly, seed).points == 0, question.name


@pytest.mark.parametrize("question, points", list(zip(QUESTIONS, (2, 2, 2, 1, 1, 3))))
def test_arguments_that_do_not_stay_as_they_are_cost_a_part(question, points):
    """A right answer that then changes a tensor in place, or leaves it requiring a gradient, is told so and loses a share."""
    answer = reference(question.name)

    def spoil(change, *arguments):
        result = answer(*(a.clone() if isinstance(a, torch.Tensor) else a for a in arguments))
        for a in arguments:
            if isinstance(a, torch.Tensor):
                change(a)
        return result

    for change, sentence in ((lambda a: a.add_(1), "changed in place"),
                             (lambda a: a.requires_grad_(), "left requiring a gradient")):
        marks = try_answer(question, lambda *a: spoil(change, *a), 0)
        assert marks.points == points and any(sentence in message for message in marks.messages), marks
        assert not any("is not right" in message for message in marks.messages)


def test_a_narrow_image_needs_as_many_rounds_as_it_has_pixels():
    """The last case of "inverse": one round less than h·w leaves more than the tolerance, on every seed."""
    for seed in range(30):
        case = [c for c in QUESTIONS[4].cases(draws(seed)) if c.inputs["values"].shape == (3, 12, 2)][0]
        x, kernel, log_d = (torch.as_tensor(case.inputs[name]) for name in ("values", "kernel", "log_diagonal"))
        rounds = x / log_d.exp()
        for _ in range(22):
            rounds = (x - torch.as_tensor(correlate(rounds.numpy(), kernel.numpy() * EARLIER))) / log_d.exp()
        z, log_det = reference("masked_convolution")(x, kernel, log_d, True)
        assert QUESTIONS[4].judge(case.inputs, outputs_of(case, z, log_det)).passed
        assert not QUESTIONS[4].judge(case.inputs, outputs_of(case, rounds, log_det)).passed, seed


def outputs_of(case, values, log_det):
    """What the probe brings back from an answer that leaves its arguments alone."""
    left = {f"{name}_after": case.inputs[name] for name in ("values", "kernel", "log_diagonal")}
    return {"values": values.numpy(), "log_det": log_det.numpy(), **left, "has_grad": np.zeros(3, dtype=bool)}


@pytest.mark.parametrize("seed", range(3))
def test_densities_and_coupling_networks_in_numpy_are_those_in_torch(seed):
    g = draws(seed)
    spec, y = exact.draw_density(4, g, "float64"), torch.randn(6, 4, dtype=torch.float64, generator=g)
    components = torch.distributions.MultivariateNormal(torch.as_tensor(spec["means"]), spec["width"]**2 * torch.eye(4).double())
    weights = torch.distributions.Categorical(logits=torch.as_tensor(spec["log_weights"]))
    mixture = torch.distributions.MixtureSameFamily(weights, components)
    assert np.allclose(exact.density(spec, y.numpy()), mixture.log_prob(y), atol=1e-12)
    assert torch.allclose(fields.build_density(spec, "log_prob")(y), mixture.log_prob(y), atol=1e-12)
    spec, kept = exact.draw_coupling(2, 3, g, "float64"), torch.randn(4, 2, 5, 3, dtype=torch.float64, generator=g)
    for ours, theirs in zip(exact.coupling(spec, kept.numpy()), fields.build_coupling(spec)(kept)):
        assert np.allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_jacobians_by_hand_agree_with_autograd(seed):
    g = draws(seed)
    z = torch.randn(5, 3, dtype=torch.float64, generator=g)

    def jacobian(function):
        return torch.stack([torch.func.jacrev(lambda u: function(u[None])[0])(point) for point in z])

    spec = exact.draw_map(3, g, "float64")
    contraction = fields.build_map(spec)
    assert np.allclose(exact.contraction(spec, z.numpy()), contraction(z), atol=1e-12)
    assert np.allclose(exact.contraction_jacobian(spec, z.numpy()), jacobian(contraction), atol=1e-12)
    assert torch.linalg.matrix_norm(jacobian(contraction), 2).max() < 0.9
    for kind in ("linear", "curved"):
        spec = exact.draw_velocity(kind, 3, 4, g, "float64")
        field = fields.build_velocity(spec)
        v, by_hand = exact.velocity(spec, z.numpy(), 0.3)
        assert np.allclose(v, field(z, 0.3), atol=1e-12) and np.allclose(by_hand, jacobian(lambda u: field(u, 0.3)), atol=1e-12)
        column = torch.full((5, 1), 0.3, dtype=torch.float64)
        assert torch.allclose(field(z, column), field(z, 0.3)) and torch.allclose(field(z, column[:, 0]), field(z, 0.3))


def test_a_step_of_glow_is_undone_and_its_log_det_is_that_of_autograd():
    for seed in range(4):
        g = draws(seed)
        spec = exact.draw_coupling(2, 3, g, "float64")
        z, weight = normal((2, 5, 3, 4), g), draw_weight(5, seed % 2 == 0, g)
        assert (np.linalg.det(weight) < 0) == (seed % 2 == 0) and np.linalg.cond(weight) < 3
        parts = [normal((5,), g), normal((5,), g), weight, lambda kept: exact.coupling(spec, kept)]
        forward, backward = Step(*parts, False), Step(*parts, True)
        x, _ = forward.run(z)
        assert np.allclose(backward.run(x)[0], z, atol=1e-10)
        tensors = [torch.as_tensor(p) for p in parts[:3]]
        for step, start, inverse in ((forward, z, False), (backward, x, True)):
            answer, network = reference("glow_step"), fields.build_coupling(spec)
            one = lambda v: answer(v.reshape(1, 5, 3, 4), *tensors, network, inverse)[0].flatten()
            jacobian = torch.func.jacrev(one)(torch.as_tensor(start[0]).flatten())
            assert np.isclose(sum(step.terms(start).values())[0], torch.linalg.slogdet(jacobian).logabsdet, atol=1e-9)


def test_substitution_solves_the_masked_convolution():
    for seed in range(3):
        g = draws(seed)
        x, earlier, d = normal((3, 4, 6), g), normal((3, 3), g, scale=0.4) * EARLIER, np.exp(normal((4, 6), g, scale=0.3))
        z = substitute(x, earlier, d)
        assert np.allclose(z * d + correlate(z, earlier), x, atol=1e-10)
        assert np.allclose(z, solve(lambda u: u * d + correlate(u, earlier), x), atol=1e-10)
        torch_z, log_det = reference("masked_convolution")(*(torch.as_tensor(a) for a in (x, earlier, np.log(d))), True)
        matrix = np.eye(24).reshape(24, 4, 6)
        matrix = (matrix * d + correlate(matrix, earlier)).reshape(24, 24)
        assert np.allclose(torch_z, z, atol=1e-10) and np.allclose(log_det, -np.linalg.slogdet(matrix)[1])


def test_the_series_with_scaled_unit_vectors_is_the_log_determinant():
    """The mean over v = √dim e_i of vᵀ Jᵏ v is the trace: no chance is left, and many terms give log|det(I + J)|."""
    spec, z = exact.draw_map(4, draws(0), "float64"), normal((3, 4), draws(1))
    probes = np.broadcast_to(2 * np.eye(4)[:, None], (4, 3, 4))
    jacobian = exact.contraction_jacobian(spec, z)
    expected = np.linalg.slogdet(np.eye(4) + jacobian)[1]
    assert np.allclose(series(powers(jacobian, probes, 300)[1:].mean(1)), expected, atol=1e-10)
    assert np.allclose(reference("residual_log_det")(fields.build_map(spec), torch.as_tensor(z), torch.tensor(probes), 150),
                       expected, atol=1e-8)


def test_many_fixed_point_steps_solve_the_equation():
    spec, x = exact.draw_map(4, draws(2), "float64"), torch.as_tensor(normal((6, 4), draws(3)))
    g = fields.build_map(spec)
    z = reference("fixed_point_inverse")(g, x, 400)
    assert torch.allclose(z + g(z), x, atol=1e-12)


def test_the_bound_is_exact_for_a_density_that_is_flat_in_every_cell_and_below_otherwise():
    levels, noise = torch.arange(5.0)[:, None].double(), (torch.arange(200.0).double()[:, None, None] + 0.5) / 200
    noise, log_q = noise.expand(200, 5, 1), torch.zeros(200, 5).double()
    p = torch.tensor([0.1, 0.3, 0.05, 0.35, 0.2], dtype=torch.float64)
    answer = reference("dequantised_bound")
    flat = answer(lambda y: torch.log(5 * p[(5 * y[:, 0]).long()]), levels, noise, log_q, 5)
    assert torch.allclose(flat.exp(), p, atol=1e-12)
    base = torch.distributions.Normal(torch.tensor(0.5).double(), 0.15)
    edges = base.cdf(torch.arange(6.0).double() / 5)
    bound = answer(lambda y: base.log_prob(y[:, 0]), levels, noise, log_q, 5)
    assert (bound < torch.log(edges.diff())).all()


def test_the_log_density_of_a_linear_field_converges_to_the_exact_one():
    """v = A x with A symmetric: x_1 = exp(A) x, log p = log ρ(x_1) + tr A. The error of Euler's steps falls like 1/N."""
    a = torch.tensor([[0.5, 0.3], [0.3, -0.4]], dtype=torch.float64)
    x = torch.tensor([[1.0, -0.5]], dtype=torch.float64)
    log_base = lambda z: -(z**2).sum(1) / 2 - math.log(2 * math.pi)
    expected = log_base(x @ torch.matrix_exp(a)) + a.trace()
    probes = [torch.tensor([[1.0, 1.0]]).double(), torch.tensor([[1.0, -1.0]]).double()]  # their mean of eᵀAe is tr A
    answer, errors = reference("continuous_log_prob"), []
    for num_steps in (50, 100):
        mean = sum(answer(lambda u, t: u @ a.T, log_base, x, e, num_steps)[0] for e in probes) / 2
        errors.append(float(mean - expected))
    assert abs(errors[1]) < 0.02 and 1.9 < errors[0] / errors[1] < 2.1


def test_points_names_and_sentences():
    assert sum(q.max_points for q in QUESTIONS) == TOTAL
    for question in QUESTIONS:
        assert question.topic == TOPIC and 1 <= question.difficulty <= 5 and question.minutes > 0
        assert question.contract.signature == f"{question.name}({', '.join(question.contract.arguments)})"
        sentence = run_trial(question.probe, lambda: None, question.cases(draws(0))[0].inputs)
        assert "cannot be called as asked for" in sentence


def test_a_batch_of_another_shape_is_told_in_a_sentence():
    g = draws(5)
    x = torch.zeros(4, 3)
    cases = [(fields.build_map(exact.draw_map(3, g, "float32")), (x[0],), "g takes a float tensor of shape (n, 3)"),
             (fields.build_velocity(exact.draw_velocity("curved", 3, 5, g, "float32")), (x[:, :2], 0.0), "velocity(x, t) takes"),
             (fields.build_velocity(exact.draw_velocity("linear", 3, 3, g, "float32")), (x, torch.zeros(3)), "one number t"),
             (fields.build_density(exact.draw_density(3, g, "float32"), "log_base"), (x.long(),), "but got a torch.int64 tensor"),
             (fields.build_coupling(exact.draw_coupling(2, 3, g, "float32")), (torch.zeros(2, 3, 4, 5),), "network(kept) takes")]
    for function, arguments, sentence in cases:
        with pytest.raises(ValueError) as error:
            function(*arguments)
        assert sentence in str(error.value)
