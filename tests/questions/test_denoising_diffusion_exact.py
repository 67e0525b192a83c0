"""The exact results of 12 against single steps, Bayes' rule on a grid, autograd and torch's own."""

import math

import numpy as np
import pytest
import torch

from course_lib.questions import load_topic
from course_lib.questions.denoising_diffusion import drawing, exact
from course_lib.questions.marking import judge_case
from course_lib.questions.probes.noise_models import NoiseModel

QUESTIONS = load_topic("12_denoising_diffusion")


def some_schedule(seed):
    return exact.schedule(drawing.draw_betas(torch.Generator().manual_seed(seed), "float64"))


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
