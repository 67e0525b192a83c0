"""Chains that persist between draws from a model in training: what they keep, what they renew, what they leave alone."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.models import MLPEnergy
from course_lib.objectives import PersistentChains, contrastive_loss
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RandomWalkMetropolis, UnadjustedLangevin, sample


def small_energy(dim, width=6):
    return MLPEnergy(dim=dim, width=width, depth=1, confinement=2.0, dtype=torch.float64, generator=make_generator(0))


def data(dim, n=40):
    return 1 + 0.5 * torch.randn(n, dim, dtype=torch.float64, generator=make_generator(1))


def column_energy(x):
    return (x**2).sum(-1, keepdim=True)


@pytest.mark.parametrize("call, part", [
    (lambda e: PersistentChains(data(2), MALA(0.1), 0), "num_steps to be"),
    (lambda e: PersistentChains(data(2)[0], MALA(0.1), 1), r"x\[None, :\]"),
    (lambda e: PersistentChains(data(2), MALA(0.1), 1, 1.5), "restart_probability to be between 0 and 1"),
    (lambda e: PersistentChains(data(2), MALA(0.1), 1, 0.5), "restart to be a function"),
    (lambda e: PersistentChains(data(2), MALA, 1).draw(e), "kernel to be a kernel with its settings"),
    (lambda e: PersistentChains(data(2), MALA(0.1), 1, 0.5, lambda n, g: data(2, 3)).draw(e), "restart to return 40"),
    (lambda e: PersistentChains(data(2), MALA(0.1), 1).draw(column_energy), r"energy to return .*\[:, 0\]"),
    (lambda e: PersistentChains(data(2), MALA(0.1), 1).draw(e, 7), "generator to be a torch.Generator on cpu"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(call, part):
    with pytest.raises(InputError, match=part):
        call(small_energy(2))


def test_chains_go_on_where_they_were(kernel=MALA(0.3)):
    energy = small_energy(2)
    chains, generator = PersistentChains(data(2), kernel, 5), make_generator(3)
    first, second = chains.draw(energy, generator), chains.draw(energy, generator)
    run = sample(kernel, lambda x: -energy(x), data(2), 10, thin=5, generator=make_generator(3))
    assert torch.equal(first, run.positions[0]) and torch.equal(second, run.positions[1])
    assert chains.acceptance_rate.shape == (40,)
    second += 100  # the caller's own copy
    assert chains.x.max() < 50


def test_every_draw_sees_the_energy_as_it_is_now():
    energy, kernel = small_energy(2), MALA(0.3)
    chains, generator = PersistentChains(data(2), kernel, 3), make_generator(3)
    before = chains.draw(energy, generator)
    with torch.no_grad():
        for p in energy.parameters():
            p *= -4
    after = chains.draw(energy, generator)
    fresh = make_generator(3)
    for _ in range(3):  # the noise that the first draw used up
        torch.randn(40, 2, dtype=torch.float64, generator=fresh), torch.rand(40, dtype=torch.float64, generator=fresh)
    assert torch.equal(after, sample(kernel, lambda x: -energy(x), before, 3, generator=fresh).state.position)


def test_sampling_leaves_the_model_as_it_was():
    energy = small_energy(2).train()
    energy.net[0].weight.requires_grad_(False)
    marks = [p.requires_grad for p in energy.parameters()]
    before = [p.clone() for p in energy.parameters()]
    chains = PersistentChains(data(2).requires_grad_(), UnadjustedLangevin(0.1), 4)
    x = chains.draw(energy, make_generator(0))
    assert not x.requires_grad and not chains.x.requires_grad and energy.training
    assert all(p.grad is None for p in energy.parameters()) and marks == [p.requires_grad for p in energy.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(before, energy.parameters()))
    energy.eval()
    chains.draw(energy, make_generator(0))
    assert not energy.training


def test_restarts_are_rare_and_then_persist():
    """Binomial counts, two-sided, 1e-6 false alarms each: 4000 chains, 5 % a draw; after two draws 1 - 0.95^2 have moved."""
    def restart(n, generator):
        return 1000 + torch.rand(n, 2, dtype=torch.float64, generator=generator)

    flat = RandomWalkMetropolis(1e-6)
    chains, generator = PersistentChains(torch.zeros(4000, 2, dtype=torch.float64), flat, 1, 0.05, restart), make_generator(0)
    for expected in (0.05, 1 - 0.95**2):
        x = chains.draw(lambda x: 0 * x[:, 0], generator)
        away = int((x[:, 0] > 999).sum())
        assert away == int((x > 999).all(-1).sum()) and stats.binomtest(away, 4000, expected).pvalue > 1e-6
    always = PersistentChains(torch.zeros(50, 2, dtype=torch.float64), flat, 1, 1.0, restart)
    assert (always.draw(lambda x: 0 * x[:, 0], generator) > 999).all()


def test_chains_that_leave_are_reported_and_not_kept():
    chains = PersistentChains(torch.full((3, 1), 5.0), UnadjustedLangevin(0.5), 40)
    with pytest.raises(InputError, match="NaN or infinity in 3 of 3; lower the step_size of the kernel, or use MALA"):
        chains.draw(lambda x: (x**4).sum(-1), make_generator(0))
    assert torch.equal(chains.x, torch.full((3, 1), 5.0))


def test_learning_finds_the_maximum_likelihood_estimate():
    """U = exp(s) (x - b)^2 / 2: the estimate is b = mean, exp(-s) = variance of the data, in closed form.

    Over 20 seeds the averaged iterates had standard deviations 0.0025 and 0.0033; the bar is eight of them.
    """
    x_data = torch.tensor([0.3, 1.1, 2.0, 2.4, 0.7, 1.9, 3.5, 1.2], dtype=torch.float64)[:, None]
    b, s = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))

    def energy(x):
        return s.exp() * ((x[:, 0] - b) ** 2) / 2

    generator = make_generator(4)
    chains = PersistentChains(torch.randn(1000, 1, dtype=torch.float64, generator=generator), MALA(0.5), 3)
    tail = []
    for iteration in range(400):
        loss = contrastive_loss(energy, x_data, chains.draw(energy, generator))
        gradients = torch.autograd.grad(loss, (b, s))
        with torch.no_grad():
            for parameter, gradient in zip((b, s), gradients):
                parameter -= 0.2 * gradient
        if iteration >= 200:
            tail.append((b.item(), math.exp(-s.item())))
    mean, variance = np.mean(tail, 0)
    assert mean == pytest.approx(x_data.mean().item(), abs=8 * 0.0025)
    assert variance == pytest.approx(x_data.var(correction=0).item(), abs=8 * 0.0033)
