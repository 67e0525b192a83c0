"""Dual averaging is the formula of its paper, and ends at the acceptance asked for."""

from math import exp, log, sqrt

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import HMC, MALA, NUTS, RandomWalkMetropolis, sample, warm_up
from course_lib.samplers.adaptation.dual_averaging import DualAveraging, reasonable_step_size


def test_recursion_is_the_sum_of_the_paper():
    """Equations 5 and 6 of arXiv:1111.4246, with the sum written out instead of carried along."""
    acceptance = torch.rand(40, generator=make_generator(0), dtype=torch.float64).tolist()
    step, log_average = DualAveraging.start(0.3), None
    for t, a in enumerate(acceptance, start=1):
        step = step.update(a, 0.7)
        total = sum(0.7 - b for b in acceptance[:t])
        log_step = log(3.0) - sqrt(t) / 0.05 / (t + 10) * total
        log_average = log_step if t == 1 else t**-0.75 * log_step + (1 - t**-0.75) * log_average
        assert step.step_size == pytest.approx(exp(log_step), rel=1e-10)
        assert step.average == pytest.approx(exp(log_average), rel=1e-10)


def test_step_size_stays_a_number_whatever_comes():
    low = high = DualAveraging.start(1.0)
    for _ in range(20_000):
        low, high = low.update(0.0, 0.99), high.update(1.0, 0.01)
    assert 0 < low.step_size < 1e-100 and 1e100 < high.step_size < float("inf")


@pytest.mark.parametrize("scale", [1e-3, 1.0, 500.0])
@pytest.mark.parametrize("kernel, target, num_steps", [
    (RandomWalkMetropolis(1.0), 0.3, 200), (MALA(1.0), 0.574, 200), (HMC(1.0, 5, jitter=0.3), 0.8, 200),
    (HMC(1.0, 3, jitter=0.3), 0.65, 1200),  # steep there, next to the stability limit: the average takes its time
    (NUTS(1.0, max_tree_depth=6), 0.8, 200),
], ids=["random walk", "mala", "hmc", "shorter hmc", "nuts"])
def test_acceptance_asked_for_is_reached_at_every_scale(kernel, target, num_steps, scale):
    """Within 0.05 after the warm-up has ended. 100 chains, 50 steps: the mean is known to about 0.005, ten times less."""
    sd = scale * torch.tensor([1.0, 2.0, 0.5, 1.0], dtype=torch.float64)

    def log_prob(x):
        return -((x / sd) ** 2).sum(-1) / 2

    x = sd * torch.randn(100, 4, dtype=torch.float64, generator=make_generator(0))
    warm = warm_up(kernel, log_prob, x, num_steps, target_acceptance=target, generator=make_generator(1))
    state, generator, seen = warm.kernel.init(log_prob, warm.state.position), make_generator(2), []
    for _ in range(50):
        state, info = warm.kernel.step(log_prob, state, generator)
        seen.append(info.acceptance_probability.mean())
    assert abs(torch.stack(seen).mean().item() - target) < 0.05


@pytest.mark.parametrize("first", [1e-8, 0.4, 1e8])
def test_first_guess_crosses_the_target(first):
    def log_prob(x):
        return -(x**2).sum(-1) / 2

    kernel = HMC(first, 7)
    state = kernel.init(log_prob, torch.randn(200, 3, dtype=torch.float64, generator=make_generator(0)))
    assert 0.5 < reasonable_step_size(kernel, log_prob, state, 0.8, make_generator(1)) < 4


def test_a_density_without_a_scale_is_refused():
    with pytest.raises(InputError, match="acceptance probability to fall below 0.8 .* finite scale"):
        warm_up(HMC(1.0, 2), lambda x: 0 * x.sum(-1), torch.zeros(4, 2), 30, generator=make_generator(0))


def test_a_wrong_gradient_is_refused():
    """The value jumps down around every start while its gradient is zero: no step is ever accepted."""
    def log_prob(x):
        return torch.where(x.abs().sum(-1) < 1e-200, 0.0, -torch.inf) + 0 * x.sum(-1)

    with pytest.raises(InputError, match="to rise above 0.574 .* check the gradient"):
        warm_up(MALA(1.0), log_prob, torch.zeros(4, 2, dtype=torch.float64), 30, generator=make_generator(0))


def test_acceptance_is_what_the_chains_did():
    def log_prob(x):
        return -(x**2).sum(-1) / 2

    warm = warm_up(MALA(0.5), log_prob, torch.zeros(40, 2), 50, generator=make_generator(0))
    assert warm.step_sizes.shape == warm.acceptance.shape == (50,)
    step = DualAveraging.start(warm.step_sizes[0].item())
    for k in range(49):
        step = step.update(warm.acceptance[k].item(), 0.574)
        assert step.step_size == pytest.approx(warm.step_sizes[k + 1].item(), rel=1e-12)
    assert warm.kernel.step_size == pytest.approx(step.update(warm.acceptance[49].item(), 0.574).average, rel=1e-12)
    rate = sample(warm.kernel, log_prob, warm.state.position, 100, generator=make_generator(1)).acceptance_rate.mean()
    assert abs(rate - 0.574) < 0.15
