"""The ChEES gradient is the derivative of ChEES, and on a Gaussian the length found is a quarter of a period."""

from math import pi

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import HMC, NUTS, warm_up
from course_lib.samplers.adaptation.trajectory_length import MAX_STEPS, chees_gradient, steps_for


def log_prob(x):  # symmetric about 0, not Gaussian
    return -(x**4).sum(-1) / 4 - (x[:, 0] - 0.5 * x[:, 1]) ** 2


def symmetric(seed):
    x = torch.randn(300, 2, dtype=torch.float64, generator=make_generator(seed))
    return torch.cat([x, -x])


DENSE = torch.tensor([[1.5, 0.4], [0.4, 0.5]], dtype=torch.float64)


@pytest.mark.parametrize("inverse_mass", [None, DENSE], ids=["identity", "dense"])
def test_gradient_is_the_derivative_of_chees(inverse_mass):
    """By central differences in log T. For a symmetric set of (x, v) the means are 0 for every T, as the estimate assumes
    of a large number of chains; short leapfrog steps are accepted with probability near 1."""
    x, v = symmetric(0), symmetric(1)
    shortening = 1 - 0.6 * torch.rand(300, dtype=torch.float64, generator=make_generator(2)).repeat(2)
    log_u = torch.full((600,), -torch.inf, dtype=torch.float64)

    def end(log_scale):
        kernel = HMC(0.002 * 2.718281828459045**log_scale, 400, inverse_mass)
        return kernel, kernel.transition(log_prob, kernel.init(log_prob, x), v, log_u, shortening)[1]

    def chees(info):
        return ((info.proposal.square().sum(-1) - x.square().sum(-1)) ** 2).mean() / 4

    kernel, info = end(0.0)
    assert info.acceptance_probability.min() > 0.999
    derivative = (chees(end(1e-4)[1]) - chees(end(-1e-4)[1])) / 2e-4
    assert abs(derivative) > 0.05
    torch.testing.assert_close(chees_gradient(x, info, kernel.factor), derivative, rtol=2e-3, atol=0)


def test_chains_that_diverged_do_not_count():
    x, v = symmetric(0), symmetric(1)
    kernel = HMC(0.05, 10)
    log_u = torch.zeros(600, dtype=torch.float64)
    _, info = kernel.transition(log_prob, kernel.init(log_prob, x), v, log_u)
    half = torch.arange(600) < 300
    lost = info._replace(proposal=info.proposal.clone(), momentum=info.momentum.clone(),
                         acceptance_probability=torch.where(half, info.acceptance_probability, 0.0))
    finite = chees_gradient(x, lost, None)
    for proposal, momentum in ((torch.nan, torch.inf), (1e200, -1e200)):  # not finite, or its square is not
        lost.proposal[~half], lost.momentum[~half] = proposal, momentum
        assert torch.isfinite(finite) and torch.equal(finite, chees_gradient(x, lost, None))
    none_left = lost._replace(acceptance_probability=torch.zeros(600, dtype=torch.float64))
    assert chees_gradient(x, none_left, None) == 0


@pytest.mark.parametrize("scale", [0.02, 3.0])
def test_length_on_a_gaussian_is_a_quarter_of_a_period(scale):
    """x' = x cos(T / s) + s v sin(T / s): ChEES is proportional to sin^2(T / s), greatest at T = pi s / 2. Within 15 %."""
    def gaussian(x):
        return -((x / scale) ** 2).sum(-1) / 2

    x = scale * torch.randn(200, 5, dtype=torch.float64, generator=make_generator(0))
    warm = warm_up(HMC(0.3 * scale, 3), gaussian, x, 300, trajectory="chees", target_acceptance=0.98, generator=make_generator(1))
    length = warm.kernel.step_size * warm.kernel.num_integration_steps
    assert length == pytest.approx(pi / 2 * scale, rel=0.15)
    assert warm.kernel.num_integration_steps > 2


def test_the_longest_scale_decides():
    """Without a mass matrix T follows the widest coordinate; with one, all are alike, and few steps are enough."""
    sd = torch.tensor([0.2, 1.0, 4.0], dtype=torch.float64)

    def gaussian(x):
        return -((x / sd) ** 2).sum(-1) / 2

    x = sd * torch.randn(100, 3, dtype=torch.float64, generator=make_generator(0))
    def found(mass_matrix):
        return warm_up(HMC(0.1, 5), gaussian, x, 400, mass_matrix=mass_matrix, trajectory="chees",
                       generator=make_generator(1)).kernel

    plain, scaled = found(None), found("diagonal")
    assert plain.step_size * plain.num_integration_steps == pytest.approx(2 * pi, rel=0.2)
    assert scaled.num_integration_steps <= 3 < 10 < plain.num_integration_steps


def test_divergences_and_float32_do_not_stop_the_search():
    """A banana far out in its narrow arms diverges at the first step sizes; in float32 the fourth power of 1e11 is infinite."""
    def banana(x):
        return -(x[:, 0] ** 2) / 2 - 2 * (x[:, 1] - x[:, 0] ** 2 / 2) ** 2

    x = torch.full((32, 2), 0.1, dtype=torch.float64)
    warm = warm_up(HMC(0.3, 8, jitter=0.4), banana, x, 80, trajectory="chees", generator=make_generator(1))
    assert warm.num_divergences.sum() > 0 and 0.1 < warm.kernel.step_size * warm.kernel.num_integration_steps < 50
    wide = 1e11 * torch.randn(32, 2, generator=make_generator(0))
    warm = warm_up(HMC(1e11, 3), lambda x: -((x / 1e11) ** 2).sum(-1) / 2, wide, 40, trajectory="chees",
                   generator=make_generator(1))
    assert 1e10 < warm.kernel.step_size * warm.kernel.num_integration_steps < 1e13


def test_number_of_steps_has_both_ends():
    assert [steps_for(length, 0.5) for length in (0.01, 0.8, 2.6, 1e9)] == [1, 2, 5, MAX_STEPS]


@pytest.mark.parametrize("kernel, chains, trajectory, part", [
    (NUTS(0.1), 8, "chees", "an HMC kernel to adapt its trajectory length, but got NUTS"),
    (HMC(0.1, 3), 1, "chees", "at least two chains"),
    (HMC(0.1, 3), 8, "cheese", 'trajectory to be None or "chees"'),
])
def test_what_chees_cannot_do_is_refused(kernel, chains, trajectory, part):
    with pytest.raises(InputError, match=part):
        warm_up(kernel, log_prob, torch.zeros(chains, 2), 30, trajectory=trajectory, generator=make_generator(0))
