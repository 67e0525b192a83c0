"""A warm-up ends: what comes back is a plain kernel with other settings, and sampling with it never adapts."""

from dataclasses import fields

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import HMC, MALA, NUTS, RandomWalkMetropolis, UnadjustedLangevin, sample, warm_up

ADAPTED = {
    "random walk": (RandomWalkMetropolis(1.0), {}),
    "mala": (MALA(0.5), {}),
    "hmc": (HMC(0.5, 4), {"mass_matrix": "diagonal"}),
    "chees": (HMC(0.5, 4, jitter=0.4), {"mass_matrix": "dense", "trajectory": "chees"}),
    "nuts": (NUTS(0.5, max_tree_depth=5), {"mass_matrix": "dense"}),
}
adapted = pytest.mark.parametrize("kernel, options", ADAPTED.values(), ids=ADAPTED)


def log_prob(x):
    return -((x[:, 0] - 2) ** 2) / 2 - 2 * (x[:, 1] + x[:, 0]) ** 2


def start(chains=20):
    return torch.randn(chains, 2, dtype=torch.float64, generator=make_generator(0))


def settings(kernel):
    return {f.name: getattr(kernel, f.name) for f in fields(kernel)}


@adapted
def test_the_kernel_that_comes_back_is_fixed(kernel, options):
    """Its draws are those of a kernel built by hand with the same settings, in a plain loop; nothing in it has changed after."""
    before = settings(kernel)
    warm = warm_up(kernel, log_prob, start(), 60, generator=make_generator(1), **options)
    assert type(warm.kernel) is type(kernel) and warm.kernel.step_size != kernel.step_size
    assert all(settings(kernel)[name] is value for name, value in before.items())
    found = settings(warm.kernel)
    by_hand = type(kernel)(**{f.name: found[f.name] for f in fields(kernel) if f.init})
    generator, positions = make_generator(2), []
    state = by_hand.init(log_prob, warm.state.position)
    for _ in range(30):
        state, _ = by_hand.step(log_prob, state, generator)
        positions.append(state.position)
    run = sample(warm.kernel, log_prob, warm.state.position, 30, generator=make_generator(2))
    assert torch.equal(run.positions, torch.stack(positions))
    assert all(settings(warm.kernel)[name] is value for name, value in found.items())
    with pytest.raises(AttributeError):
        warm.kernel.step_size = 1.0


@adapted
def test_same_generator_same_warm_up_and_state_of_the_density(kernel, options):
    first = warm_up(kernel, log_prob, start(), 40, generator=make_generator(3), **options)
    torch.manual_seed(5)
    again = warm_up(kernel, log_prob, start(), 40, generator=make_generator(3), **options)
    assert first.kernel.step_size == again.kernel.step_size and torch.equal(first.state.position, again.state.position)
    assert torch.equal(first.step_sizes, again.step_sizes)
    fresh = first.kernel.init(log_prob, first.state.position)
    for cached, anew in zip(first.state, fresh):
        torch.testing.assert_close(cached, anew, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("mass_matrix", ["diagonal", "dense"])
@pytest.mark.parametrize("kernel", [HMC(1.0, 10, jitter=0.3), NUTS(1.0, max_tree_depth=6)], ids=["hmc", "nuts"])
def test_float32_stays_float32(kernel, mass_matrix):
    warm = warm_up(kernel, log_prob, start().float(), 60, mass_matrix=mass_matrix, generator=make_generator(1))
    assert warm.kernel.inverse_mass_matrix.dtype == torch.float32
    assert sample(warm.kernel, log_prob, warm.state.position, 5, generator=make_generator(2)).positions.dtype == torch.float32


def test_divergences_are_counted():
    """Neal's funnel with a fixed number of long steps: a step size fit for the mouth diverges in the neck."""
    def funnel(z):
        return -(z[:, 0] ** 2) / 18 - (z[:, 1:] ** 2).sum(-1) / 2 * (-z[:, 0]).exp() - 4.5 * z[:, 0]

    x = torch.randn(50, 10, dtype=torch.float64, generator=make_generator(0))
    warm = warm_up(HMC(0.1, 20), funnel, x, 100, generator=make_generator(1))
    assert warm.num_divergences.shape == (50,) and warm.num_divergences.sum() > 0
    assert torch.isfinite(warm.state.position).all()
    assert warm_up(MALA(0.1), log_prob, start(), 10, generator=make_generator(0)).num_divergences.tolist() == [0] * 20


X = start()
BAD = {
    "class": (HMC, {}, "kernel to be a kernel with a step_size"),
    "no test": (UnadjustedLangevin(0.1), {}, "a Metropolis test, .* got UnadjustedLangevin; choose its step_size by its bias"),
    "mass of mala": (MALA(0.1), {"mass_matrix": "dense"}, "a kernel with a mass matrix to adapt it, but got MALA"),
    "mass": (NUTS(0.1), {"mass_matrix": "full"}, "mass_matrix to be None, .diagonal. or .dense."),
    "too short": (NUTS(0.1), {"mass_matrix": "dense", "num_steps": 19}, "num_steps to be a whole number of at least 20"),
    "no steps": (NUTS(0.1), {"num_steps": 0}, "num_steps to be a whole number of at least 1"),
    "target": (NUTS(0.1), {"target_acceptance": 1.0}, "target_acceptance to be a number between 0 and 1"),
    "seed": (NUTS(0.1), {"generator": 3}, "make_generator"),
    "nan": (NUTS(0.1), {"x": X * torch.nan}, "x to be finite"),
    "one point": (NUTS(0.1), {"x": X[0]}, "one row is one point"),
    "no gradient": (NUTS(0.1), {"log_prob": lambda x: log_prob(x.detach())}, "carries no gradient"),
}


@pytest.mark.parametrize("kernel, changes, part", BAD.values(), ids=BAD)
def test_what_does_not_fit_is_refused_in_one_sentence(kernel, changes, part):
    arguments = {"log_prob": log_prob, "x": X, "num_steps": 30, "generator": make_generator(0)} | changes
    with pytest.raises(InputError, match=part):
        warm_up(kernel, **arguments)


def test_a_kernel_of_ones_own_says_what_acceptance_it_wants():
    class Own(MALA):
        pass

    with pytest.raises(InputError, match="target_acceptance to be a number between 0 and 1, but got None"):
        warm_up(Own(0.1), log_prob, X, 30, generator=make_generator(0))
    warm = warm_up(Own(0.1), log_prob, X, 30, target_acceptance=0.6, generator=make_generator(0))
    assert type(warm.kernel) is Own
