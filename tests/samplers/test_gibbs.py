"""Gibbs on the Ising model: energies bond by bond, exact transition matrices of every scan, and convergence.

Everything up to the last section is exact. What compares draws with a law has a false-alarm rate of at most 1e-6 a test.
"""

import itertools

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import Gibbs, Ising, checkerboard_updates, sample, single_site_updates

MODELS = {
    "2x2 open": Ising(2, 2, 0.7, field=0.2, periodic=False),
    "2x3 open": Ising(2, 3, 0.5, field=-0.3, periodic=False),
    "2x3 antiferromagnet": Ising(2, 3, -0.8, field=0.1, periodic=False),
    "2x2 periodic": Ising(2, 2, 0.3, field=0.15),
    "2x4 periodic": Ising(2, 4, 0.35),
    "1x5 chain": Ising(1, 5, 0.9, field=0.1, periodic=False),
}


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]


def all_states(model):
    return torch.tensor(list(itertools.product([-1.0, 1.0], repeat=model.dim)), dtype=torch.float64)


def energy_bond_by_bond(model, x):
    spin, energy = x.reshape(model.height, model.width).tolist(), 0.0
    for i in range(model.height):
        for j in range(model.width):
            energy -= model.field * spin[i][j]
            for k, m in ((i + 1, j), (i, j + 1)):
                if model.periodic or (k < model.height and m < model.width):
                    energy -= spin[i][j] * spin[k % model.height][m % model.width]
    return energy


def exact_law(model):
    """p of all states, from energies summed bond by bond."""
    energy = torch.tensor([energy_bond_by_bond(model, x) for x in all_states(model)], dtype=torch.float64)
    return (-model.inverse_temperature * energy).softmax(0)


def matrix_of(update, states):
    """P(x, y) = p(y_B | x_rest) from the update's own conditional."""
    rest = torch.ones(states.shape[1], dtype=torch.bool)
    rest[update.sites] = False
    same = (states[:, None, rest] == states[None, :, rest]).all(-1)
    return same * update.log_conditional(states).exp()


def test_energy_is_the_sum_over_bonds(model):
    x = all_states(model)
    expected = torch.tensor([energy_bond_by_bond(model, row) for row in x], dtype=torch.float64)
    torch.testing.assert_close(model.energy(x), expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(model.energy(x.long()).double(), expected, rtol=0, atol=1e-5)  # whole numbers, too
    torch.testing.assert_close(model.log_prob(x), -model.inverse_temperature * expected, rtol=0, atol=1e-12)


def test_a_ground_state_has_all_bonds_satisfied():
    assert Ising(3, 5, 1.0).energy(torch.ones(1, 15)) == -30
    assert Ising(3, 5, 1.0, periodic=False).energy(-torch.ones(1, 15)) == -(2 * 5 + 3 * 4)


@pytest.mark.parametrize("updates", [checkerboard_updates, single_site_updates])
def test_every_scan_leaves_the_law_invariant_by_enumeration(model, updates):
    """pi P = pi to 1e-12 for each update, for a sweep, and for a random scan, which is reversible besides."""
    states, p = all_states(model), exact_law(model)
    matrices = [matrix_of(update, states) for update in updates(model)]
    sweep = torch.linalg.multi_dot(matrices)
    for matrix in (*matrices, sweep, sum(matrices) / len(matrices)):
        torch.testing.assert_close(matrix.sum(1), torch.ones_like(p), rtol=0, atol=1e-12)
        torch.testing.assert_close(p @ matrix, p, rtol=0, atol=1e-12)
    flow = p[:, None] * sum(matrices)
    torch.testing.assert_close(flow, flow.T, rtol=0, atol=1e-12)
    assert (sweep > 0).all()  # every state is reached from every other in one sweep: no other law is invariant


@pytest.mark.parametrize("updates", [checkerboard_updates, single_site_updates])
def test_a_spin_points_up_exactly_when_u_is_below_the_enumerated_conditional(model, updates):
    states, p = all_states(model), exact_law(model)
    number = {tuple(x): k for k, x in enumerate(states.tolist())}
    for update in updates(model):
        for column, site in enumerate(update.sites.tolist()):
            up, down = states.clone(), states.clone()
            up[:, site], down[:, site] = 1, -1
            p_up, p_down = (p[[number[tuple(x)] for x in value.tolist()]] for value in (up, down))
            conditional = p_up / (p_up + p_down)
            for shift, spin in ((-1e-9, 1), (1e-9, -1)):
                noise = torch.full((len(states), len(update.sites)), 0.5, dtype=torch.float64)
                noise[:, column] = conditional + shift
                y = update.move(states, noise)
                assert (y[:, site] == spin).all()
                rest = [i for i in range(model.dim) if i not in update.sites.tolist()]
                assert torch.equal(y[:, rest], states[:, rest])


def test_one_step_is_all_updates_in_turn_or_the_chosen_one():
    model = Ising(2, 4, 0.4, field=0.1)
    x = all_states(model)
    updates = checkerboard_updates(model)
    noises = [update.noise(x, make_generator(k)) for k, update in enumerate(updates)]
    kernel = Gibbs(list(updates))
    state, info = kernel.transition(model.log_prob, kernel.init(model.log_prob, x), noises)
    assert torch.equal(state.position, updates[1].move(updates[0].move(x, noises[0]), noises[1]))
    assert info.is_accepted.all() and (info.acceptance_probability == 1).all()
    choice = torch.arange(len(x)) % 2
    state, _ = Gibbs(updates, scan="random").transition(model.log_prob, state._replace(position=x), noises, choice)
    expected = torch.where(choice[:, None] == 0, updates[0].move(x, noises[0]), updates[1].move(x, noises[1]))
    assert torch.equal(state.position, expected)


def test_random_scan_picks_for_each_chain_and_every_update_alike():
    """Which colour changed, in chains whose spins are redrawn by a coin: at infinite temperature every update is one."""
    model = Ising(4, 4, 0.0)
    kernel, x = Gibbs(checkerboard_updates(model), scan="random"), torch.ones(8000, 16)
    state, _ = kernel.step(model.log_prob, kernel.init(model.log_prob, x), make_generator(0))
    colours = [(state.position[:, update.sites] == -1).any(1) for update in kernel.updates]
    assert not (colours[0] & colours[1]).any()
    changed = int((colours[0] | colours[1]).sum())  # all but 2^-8 of the chains
    assert stats.binomtest(changed, 8000, 1 - 2**-8).pvalue > 5e-7
    assert stats.binomtest(int(colours[0].sum()), changed, 0.5).pvalue > 5e-7


@pytest.mark.parametrize("updates, scan, num_steps", [
    (checkerboard_updates, "systematic", 80), (single_site_updates, "systematic", 80), (checkerboard_updates, "random", 200),
], ids=["checkerboard", "single sites", "random scan"])
def test_convergence_from_a_wrong_start(updates, scan, num_steps):
    """3 x 4 spins below the turning point, all chains from -1 with the field up: counts of (energy, magnetisation)."""
    model = Ising(3, 4, 0.5, field=0.05, periodic=False)
    states, p = all_states(model), exact_law(model)
    x = -torch.ones(4000, 12, dtype=torch.float64)
    run = sample(Gibbs(updates(model), scan), model.log_prob, x, num_steps, thin=num_steps, generator=make_generator(21))

    def cell(x):
        return [tuple(pair) for pair in np.round(np.stack([model.energy(x).numpy(), x.sum(1).numpy()], 1), 6).tolist()]

    expected, counts = {}, {}
    for name, probability in zip(cell(states), p.tolist()):
        expected[name] = expected.get(name, 0.0) + 4000 * probability
    for name in cell(run.positions[-1]):
        counts[name] = counts.get(name, 0) + 1
    assert set(counts) <= set(expected)
    large = [name for name in expected if expected[name] > 10]
    observed, law = [counts.get(name, 0) for name in large], [expected[name] for name in large]
    observed, law = observed + [4000 - sum(observed)], law + [4000 - sum(law)]
    assert len(large) > 15 and law[-1] > 10
    assert stats.chisquare(observed, law).pvalue > 1e-6


def test_updates_of_another_density_are_refused_before_the_first_step():
    """So a Gibbs kernel inside tempering, AIS or SMC is refused, rather than run at temperature 1 at all levels."""
    model = Ising(4, 4, 0.4, field=0.1)
    x = torch.where(torch.rand(20, 16, generator=make_generator(0)) < 0.5, -1.0, 1.0)
    kernel = Gibbs(checkerboard_updates(model))
    kernel.init(model.log_prob, x)
    kernel.init(lambda x: model.log_prob(x) + 12.3, x)  # a constant is no other density
    for other in (lambda x: 0.9 * model.log_prob(x), Ising(4, 4, 0.41, field=0.1).log_prob, Ising(4, 4, 0.4).log_prob,
                  Ising(4, 4, 0.4, field=0.1, periodic=False).log_prob):
        with pytest.raises(InputError, match=r"Expected updates\[0\] to be a conditional of log_prob"):
            sample(kernel, other, x, 3)


def test_the_check_draws_nothing_from_the_run():
    model = Ising(4, 4, 0.4)
    kernel, x = Gibbs(checkerboard_updates(model)), torch.ones(5, 16)
    torch.manual_seed(3)
    before = torch.get_rng_state()
    state = kernel.init(model.log_prob, x)
    assert torch.equal(before, torch.get_rng_state())
    by_hand, _ = kernel.step(model.log_prob, state, make_generator(1))
    assert torch.equal(by_hand.position, sample(kernel, model.log_prob, x, 1, generator=make_generator(1)).positions[0])


@pytest.mark.parametrize("make, part", [
    (lambda: Gibbs([]), "updates to be a list of updates"),
    (lambda: Gibbs(MODELS["2x2 open"]), "updates to be a list of updates"),
    (lambda: Gibbs([0.3]), "every update to have noise, move and log_conditional"),
    (lambda: Gibbs(checkerboard_updates(MODELS["2x2 open"]), scan="sweep"), "scan to be one of systematic, random"),
    (lambda: Ising(0, 3, 0.4), "height to be a whole number of at least 2"),
    (lambda: Ising(3, 1, 0.4), "width to be a whole number of at least 2"),
    (lambda: Ising(3, 2.5, 0.4), "width to be a whole number"),
    (lambda: Ising(3, 3, float("inf")), "inverse_temperature to be a finite number"),
    (lambda: Ising(3, 3, 0.4, field="up"), "field to be a finite number"),
    (lambda: checkerboard_updates(Ising(3, 4, 0.4)), "sites of which none is a neighbour of another"),
    (lambda: Ising(3, 4, 0.4).log_prob(torch.ones(2, 11)), r"x to have shape (chains, 12)"),
    (lambda: sample(Gibbs(checkerboard_updates(Ising(2, 2, 0.4))), Ising(2, 2, 0.4).log_prob, torch.zeros(3, 4), 2),
     "-inf at 3 of 3 starting points"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(make, part):
    with pytest.raises(InputError) as caught:
        make()
    assert part in str(caught.value) and "\n" not in str(caught.value)
