"""The questions of 12: their cases, their exact results against autograd, grids and torch's own, and no false alarm."""

import math

import numpy as np
import pytest
import torch

from course_lib.questions import load_topic
from course_lib.questions.boundary import decode, encode
from course_lib.questions.check import try_answer
from course_lib.questions.denoising_diffusion import drawing, exact
from course_lib.questions.marking import judge_case
from course_lib.questions.probes.noise_models import NoiseModel
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


def some_schedule(seed):
    return exact.schedule(drawing.draw_betas(torch.Generator().manual_seed(seed), "float64"))


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


def test_the_jump_is_what_single_steps_add_up_to():
    for seed in range(5):
        s = some_schedule(seed)
        signal, variance = 1.0, 0.0
        for t in range(1, len(s.beta)):
            signal, variance = math.sqrt(1 - s.beta[t]) * signal, (1 - s.beta[t]) * variance + s.beta[t]
            assert np.isclose(exact.noised(np.ones((1, 1)), s.alpha_bar[[t]], np.zeros((1, 1))), signal)
            assert np.isclose(exact.noised(np.zeros((1, 1)), s.alpha_bar[[t]], np.ones((1, 1))), math.sqrt(variance))


def test_the_posterior_is_that_of_bayes_rule_on_a_grid():
    z = np.linspace(-12, 12, 200_001)
    for seed in range(5):
        s, t, x_0, x_t = some_schedule(seed), 3 + seed, 0.7, -0.4
        q = exact.posterior(s, t)
        log_p = -(x_t - math.sqrt(1 - s.beta[t]) * z) ** 2 / (2 * s.beta[t]) \
            - (z - math.sqrt(s.alpha_bar[t - 1]) * x_0) ** 2 / (2 * (1 - s.alpha_bar[t - 1]))
        p = exact.softmax(log_p)
        mean = p @ z
        assert abs(mean - (q.of_data * x_0 + q.of_noisy * x_t)) < 1e-9 and abs(p @ (z - mean) ** 2 - q.variance) < 1e-9
        assert exact.posterior(s, 1) == pytest.approx((1.0, 0.0, 0.0), abs=1e-12)


def test_the_bound_term_is_the_kl_divergence_of_torch():
    rng = np.random.default_rng(0)
    for seed in range(5):
        s, t = some_schedule(seed), 2 + seed
        x_0, x_t, eps_hat = rng.normal(size=(3, 4, 5))
        q, sd = exact.posterior(s, t), torch.tensor(math.sqrt(exact.posterior(s, t).variance), dtype=torch.float64)
        mean = torch.tensor(q.of_data * x_0 + q.of_noisy * x_t)
        own = torch.tensor(exact.reverse_mean(s, t, x_t, eps_hat))
        kl = torch.distributions.kl_divergence(torch.distributions.Normal(mean, sd), torch.distributions.Normal(own, sd)).sum(1)
        assert np.allclose(exact.bound_term(s, t, x_0, x_t, eps_hat), kl, rtol=1e-10)


def test_the_reverse_mean_is_the_posterior_of_the_predicted_data_and_ddim_with_eta_1():
    rng = np.random.default_rng(1)
    for seed in range(5):
        s, t = some_schedule(seed), 2 + seed
        x_t, eps = rng.normal(size=(2, 4, 5))
        q, x_0 = exact.posterior(s, t), exact.predicted_data(x_t, eps, s.alpha_bar[t])
        mean = exact.reverse_mean(s, t, x_t, eps)
        assert np.allclose(mean, q.of_data * x_0 + q.of_noisy * x_t, atol=1e-12)
        before, sigma = s.alpha_bar[t - 1], exact.ddim_sigma(s.alpha_bar[t], s.alpha_bar[t - 1], 1.0)
        assert np.isclose(sigma**2, q.variance)
        assert np.allclose(mean, math.sqrt(before) * x_0 + math.sqrt(1 - before - sigma**2) * eps, atol=1e-12)


def test_conversions_agree_with_autograd_and_with_each_other():
    question = next(q for q in QUESTIONS if q.name == "convert_prediction")
    for case in question.cases(torch.Generator().manual_seed(4)):
        x_t, eps, bar = (torch.tensor(case.inputs[k]).double() for k in ("x_t", "eps", "alpha_bar"))
        x_0 = torch.as_tensor(exact.predicted_data(x_t.numpy(), eps.numpy(), bar.numpy()))
        assert np.allclose(exact.noised(x_0.numpy(), bar.numpy(), eps.numpy()), x_t)

        def log_q(x):
            return -((x - bar[:, None].sqrt() * x_0) ** 2 / (2 * (1 - bar[:, None]))).sum()

        v = (bar[:, None].sqrt() * x_t - x_0) / (1 - bar[:, None]).sqrt()  # x_0 = √ᾱ x_t − √(1 − ᾱ) v
        outputs = {"x_0": x_0.numpy(), "v": v.numpy(), "score": torch.func.grad(log_q)(x_t).numpy()}
        assert judge_case(question, case, outputs).passed


def test_the_memorising_denoiser_is_tweedies_formula():
    """E[x_0 | x_t] = (x_t + (1 − ᾱ) ∇ log q(x_t))/√ᾱ, the score by autograd."""
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        data, x = torch.randn(2, 6, 3, dtype=torch.float64, generator=generator)
        bar = 0.1 + 0.15 * seed

        def log_q(z):
            return torch.logsumexp(-((z[:, None] - math.sqrt(bar) * data) ** 2).sum(-1) / (2 * (1 - bar)), 1).sum()

        expected = (x + (1 - bar) * torch.func.grad(log_q)(x)) / math.sqrt(bar)
        assert np.allclose(exact.memorising(x.numpy(), bar, data.numpy())[0], expected, atol=1e-10)


def test_networks_by_hand_agree_with_torch():
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        x, t, labels = torch.randn(6, 3, dtype=torch.float64, generator=generator), torch.arange(6), torch.arange(6) % 4
        spec = drawing.draw_model(3, 5, generator, "float64", num_labels=4)
        assert np.allclose(exact.predict(spec, x.numpy(), t.numpy(), labels.numpy()), NoiseModel(spec)(x, t, labels).detach())
        spec = drawing.draw_model(3, 5, generator, "float64", with_time=False)
        assert np.allclose(exact.predict(spec, x.numpy(), t.numpy()), NoiseModel(spec)(x, 3 * t).detach())
        for wrong in ((x[0], t), (x, t[:, None]), (x, 3), (x[:, :2], t), (x, t[:1])):
            with pytest.raises(ValueError):
                NoiseModel(spec)(*wrong)


def test_points_names_and_sentences():
    assert sum(q.max_points for q in QUESTIONS) == TOTAL
    for question in QUESTIONS:
        assert question.topic == TOPIC and 1 <= question.difficulty <= 5 and question.minutes > 0
        assert question.contract.signature == f"{question.name}({', '.join(question.contract.arguments)})"
        sentence = run_trial(question.probe, lambda: None, question.cases(torch.Generator().manual_seed(0))[0].inputs)
        assert "cannot be called as asked for" in sentence
