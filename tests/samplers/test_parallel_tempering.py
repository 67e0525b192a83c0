"""Parallel tempering: swaps exactly, round trips by a second count, no value of another temperature, and convergence.

The first part is exact. What compares draws with a law has a false-alarm rate of at most 1e-6 a test.
"""

import itertools
import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import (MALA, SGLD, Gibbs, IndependenceMetropolis, Ising, ParallelTempering, RandomWalkMetropolis,
                                 UnadjustedLangevin, checkerboard_updates, sample)
from course_lib.samplers.replica_swaps import TemperingState, even_odd_swap
from course_lib.targets import Gaussian

LADDER = (1.0, 0.6, 0.35, 0.2, 0.1)


def tempering_state(log_ratio, num_steps=0, positions=None):
    """A state with the given D (replicas, chains); positions are numbered unless given."""
    replicas, chains = log_ratio.shape
    if positions is None:
        positions = torch.arange(replicas * chains, dtype=log_ratio.dtype).reshape(replicas, chains, 1)
    walker = torch.arange(replicas)[:, None].repeat(1, chains)
    leg = torch.zeros_like(walker)
    leg[0] = 1
    return TemperingState(positions[0], positions, log_ratio, torch.tensor(num_steps), walker, leg, torch.zeros(chains).long(),
                          torch.zeros(replicas - 1, chains).to(log_ratio))


@pytest.mark.parametrize("parity", [0, 1])
def test_swaps_balance_exactly(parity):
    """p(x) a(x, x') = p(x') a(x', x), p the product over replicas of exp(b_r D_r), for each pair in turn; the larger a is 1."""
    log_ratio = 6 * torch.randn(5, 300, dtype=torch.float64, generator=make_generator(0))
    b = torch.tensor(LADDER, dtype=torch.float64)[:, None]
    _, there, _ = even_odd_swap(LADDER, tempering_state(log_ratio, parity), torch.zeros(4, 300).double())
    for pair in range(4):
        if pair % 2 != parity:
            assert (there[pair] == 0).all()
            continue
        swapped = log_ratio.clone()
        swapped[[pair, pair + 1]] = log_ratio[[pair + 1, pair]]
        _, back, _ = even_odd_swap(LADDER, tempering_state(swapped, parity), torch.zeros(4, 300).double())
        forward = (b * log_ratio).sum(0) + there[pair].log()
        torch.testing.assert_close(forward, (b * swapped).sum(0) + back[pair].log(), rtol=0, atol=1e-11)
        torch.testing.assert_close(torch.maximum(there[pair], back[pair]), torch.ones(300).double(), rtol=0, atol=1e-12)
        assert (torch.minimum(there[pair], back[pair]) < 0.9).sum() > 100


@pytest.mark.parametrize("parity", [0, 1])
def test_swaps_leave_the_product_law_invariant_by_enumeration(parity):
    """Four replicas on three points: P of one swap move on all 81 states, from the code's probabilities; pi P = pi to 1e-12."""
    log_p, ladder = torch.tensor([0.3, -1.1, 1.7], dtype=torch.float64), (1.0, 0.7, 0.3, 0.1)
    states = list(itertools.product(range(3), repeat=4))
    x = torch.tensor(states).T
    _, probability, _ = even_odd_swap(ladder, tempering_state(log_p[x], parity), torch.zeros(3, 81).double())
    matrix, pairs = torch.zeros(81, 81, dtype=torch.float64), range(parity, 3, 2)
    for k, state in enumerate(states):
        for choice in itertools.product([False, True], repeat=len(pairs)):
            y, weight = list(state), 1.0
            for pair, swap in zip(pairs, choice):
                weight *= probability[pair, k] if swap else 1 - probability[pair, k]
                if swap:
                    y[pair], y[pair + 1] = y[pair + 1], y[pair]
            matrix[k, states.index(tuple(y))] += weight
    law = (torch.tensor(ladder, dtype=torch.float64)[:, None] * log_p[x]).sum(0).softmax(0)
    torch.testing.assert_close(matrix.sum(1), torch.ones(81).double(), rtol=0, atol=1e-12)
    torch.testing.assert_close(law @ matrix, law, rtol=0, atol=1e-12)


def test_a_swap_is_made_exactly_when_u_is_below_the_ratio_and_moves_all_that_belongs_to_a_walker():
    log_ratio = 3 * torch.randn(5, 200, dtype=torch.float64, generator=make_generator(1))
    for parity in (0, 1):
        state = tempering_state(log_ratio, parity)
        _, probability, _ = even_odd_swap(LADDER, state, torch.zeros(4, 200).double())
        for shift, expected in ((-1e-9, True), (1e-9, False)):
            after, _, is_swapped = even_odd_swap(LADDER, state, probability.clamp(min=1e-250).log() + shift)
            downhill = (probability > 0) & (probability < 1)
            assert downhill.sum() > 100 and (is_swapped[downhill] == expected).all()
            for chain in range(200):  # the same, swap by swap
                order = list(range(5))
                for pair in range(4):
                    if is_swapped[pair, chain]:
                        order[pair], order[pair + 1] = order[pair + 1], order[pair]
                assert after.walker[:, chain].tolist() == order
                assert torch.equal(after.replicas[:, chain], state.replicas[order, chain])
                assert torch.equal(after.log_ratio[:, chain], state.log_ratio[order, chain])
            assert torch.equal(after.position, after.replicas[0]) and after.num_steps == parity + 1


YES, NO = -torch.inf, 1.0  # values of log u that force a decision, whatever the ratio


def test_round_trips_of_a_trajectory_made_by_hand():
    """Three replicas. The pairs in turn are 0-1, 1-2, 0-1, ...; the walkers at (cold, middle, hot) stand at the right."""
    trajectory = [
        (YES, "102", 0), (YES, "120", 0),  # walker 0 is at the hot end
        (NO, "120", 0), (YES, "102", 0),   # on its way back
        (YES, "012", 1),                   # and home: one round trip
        (NO, "012", 1), (YES, "102", 1),   # walker 1 sets out (it had been at the cold end, too), but
        (NO, "102", 1), (YES, "012", 1),   # walker 0 turns back in the middle: no trip
        (YES, "021", 1), (YES, "201", 1),  # walker 1 is at the hot end; walker 2 is at the cold end for the first time:
        (YES, "210", 1),                   # no trip, for it had not set out from there
        (YES, "120", 2), (YES, "102", 2),  # walker 1 is back
        (YES, "012", 3),                   # and walker 0 again
    ]
    state = tempering_state(torch.zeros(3, 2, dtype=torch.float64))
    for log_u, walkers, trips in trajectory:
        state, _, _ = even_odd_swap((1.0, 0.5, 0.2), state, torch.full((2, 2), log_u, dtype=torch.float64))
        assert "".join(map(str, state.walker[:, 0].tolist())) == walkers
        assert state.round_trips.tolist() == [trips, trips]


def test_round_trips_are_those_of_a_second_count():
    """Random swaps; each walker's path as a string of ends, C and H, in which a trip is 'C, then H, then C'."""
    generator, state = make_generator(3), tempering_state(torch.zeros(4, 20, dtype=torch.float64))
    paths = [["C"] + [""] * 3 for _ in range(20)]
    for chain in range(20):
        paths[chain][3] = "H"
    for _ in range(400):
        log_u = torch.where(torch.rand(3, 20, generator=generator) < 0.7, YES, NO).double()
        state, _, _ = even_odd_swap((1.0, 0.5, 0.2, 0.1), state, log_u)
        for chain in range(20):
            paths[chain][state.walker[0, chain]] += "C"
            paths[chain][state.walker[-1, chain]] += "H"
    trips = [sum(len(re.findall("CH+(?=C)", re.sub("C+", "C", path))) for path in walkers) for walkers in paths]
    assert state.round_trips.tolist() == trips and min(trips) > 3 and len(set(trips)) > 3


def test_if_every_swap_is_made_a_walker_is_home_after_twice_the_number_of_replicas():
    """The even-odd scheme moves walkers straight on: one round trip every second step, the most there can be."""
    state = tempering_state(torch.zeros(5, 3, dtype=torch.float64))
    for step in range(1, 101):
        state, _, _ = even_odd_swap(LADDER, state, torch.full((4, 3), YES, dtype=torch.float64))
        home = bool((state.walker == torch.arange(5)[:, None]).all())
        assert home == (step % 10 == 0)
        if step == 50:
            half = state.round_trips.clone()
    assert (state.round_trips - half).tolist() == [25, 25, 25]


# The kernel inside

MEANS, SDS, WEIGHTS = np.array([-5.0, 5.0]), np.array([0.6, 0.9]), np.array([0.3, 0.7])


def two_modes(x):
    """p proportional to sum_k w_k N(x_1; m_k, s_k^2), times N(x_2; 0, 1)."""
    w, m, s = (torch.from_numpy(value).to(x) for value in (WEIGHTS, MEANS, SDS))
    return (w.log() - s.log() - ((x[:, :1] - m) / s) ** 2 / 2).logsumexp(-1) - x[:, 1] ** 2 / 2


def cdf_at(b, reference_sd=None):
    """The first coordinate's law at inverse temperature b, by a sum over a fine grid."""
    grid = np.linspace(-60, 60, 240_001)
    value = two_modes(torch.stack([torch.from_numpy(grid), torch.zeros(len(grid)).double()], 1)).numpy() * b
    if reference_sd:
        value += (1 - b) * -(grid**2) / (2 * reference_sd**2)
    p = np.exp(value - value.max())
    p /= p.sum()
    return lambda x: np.interp(x, grid, np.cumsum(p) - p / 2)


def reference(x):
    return -(x**2).sum(-1) / (2 * 6.0**2)


SETTINGS = {
    "mala": (ParallelTempering(MALA(0.5), (1.0, 0.4, 0.16, 0.06, 0.025)), None),
    "random walk, 3 steps": (ParallelTempering(RandomWalkMetropolis(1.2), (1.0, 0.35, 0.12, 0.04), num_kernel_steps=3), None),
    "mala, reference": (ParallelTempering(MALA(0.5), (1.0, 0.4, 0.15, 0.05, 0.02), reference=reference,
                                          scales=(1.0, 1.5, 2.5, 4.0, 5.0)), 6.0),
}
CHAINS = 1500


@pytest.mark.parametrize("kernel, reference_sd", SETTINGS.values(), ids=SETTINGS)
def test_every_replica_converges_to_its_own_law(kernel, reference_sd):
    """All chains start in the small mode. The weight of the modes is exact at p, and the law at every temperature."""
    x = torch.tensor([[-5.0, 3.0]], dtype=torch.float64).expand(CHAINS, 2)
    run = sample(kernel, two_modes, x, 300, thin=300, generator=make_generator(12))
    assert torch.equal(run.positions[-1], run.state.replicas[0])
    cold = run.positions[-1].numpy()
    assert stats.binomtest(int((cold[:, 0] < 0).sum()), CHAINS, 0.3).pvalue > 2.5e-7
    assert stats.kstest(cold[:, 1], stats.norm.cdf).pvalue > 2.5e-7
    for b, replica in zip(kernel.inverse_temperatures, run.state.replicas):
        assert stats.kstest(replica[:, 0].numpy(), cdf_at(b, reference_sd)).pvalue > 5e-7 / 5
    assert (run.state.swap_acceptance > 0.2).all() and run.state.round_trips.double().mean() > 5


def test_the_same_kernel_alone_never_leaves_its_mode():
    x = torch.tensor([[-5.0, 3.0]], dtype=torch.float64).expand(CHAINS, 2)
    run = sample(MALA(0.5), two_modes, x, 1500, thin=1500, generator=make_generator(12))  # as many steps as five replicas make
    assert (run.positions[-1][:, 0] < 0).all()


def test_swap_acceptance_is_the_mean_over_the_steps_in_which_a_pair_was_in_turn():
    kernel = SETTINGS["mala"][0]
    state, generator, seen = kernel.init(two_modes, torch.zeros(50, 2).double()), make_generator(0), []
    assert state.swap_acceptance.tolist() == [0, 0, 0, 0]
    for _ in range(7):
        state, info = kernel.step(two_modes, state, generator)
        seen.append(info.swap_probability)
        assert info.acceptance_probability.shape == info.is_accepted.shape == (50,)
        assert info.kernel.is_accepted.shape == (250,) and torch.equal(info.kernel.is_accepted[:50], info.is_accepted)
    seen = torch.stack(seen)
    expected = [seen[pair % 2::2, pair].mean() for pair in range(4)]
    torch.testing.assert_close(state.swap_acceptance, torch.stack(expected))


@dataclass(frozen=True, eq=False)
class Witness:
    """A kernel that compares what it has cached with the density it is given, before and after every step."""

    kernel: MALA
    leaves_invariant: ClassVar[bool] = True

    def init(self, log_prob, x):
        return self.kernel.init(log_prob, x)

    def compare(self, log_prob, state):
        for cached, anew in zip(state, self.kernel.init(log_prob, state.position)):
            torch.testing.assert_close(cached, anew, rtol=1e-10, atol=1e-10)

    def step(self, log_prob, state, generator=None):
        self.compare(log_prob, state)
        state, info = self.kernel.step(log_prob, state, generator)
        self.compare(log_prob, state)
        return state, info


@pytest.mark.parametrize("reference", [None, reference])
def test_no_value_is_used_at_another_temperature(reference):
    """Log-density and gradient of every replica, before every step, are those at its own temperature; D is that of p itself."""
    kernel = ParallelTempering(Witness(MALA(0.3)), (1.0, 0.5, 0.2), 2, reference)
    state, generator = kernel.init(two_modes, torch.full((40, 2), 4.0, dtype=torch.float64)), make_generator(0)
    swaps = 0
    for _ in range(30):
        before = state
        state, info = kernel.step(two_modes, state, generator)
        swaps += int(info.is_swapped.sum())
        for r, log_ratio in enumerate(state.log_ratio):
            x = state.replicas[r]
            torch.testing.assert_close(log_ratio, two_modes(x) - (reference(x) if reference else 0), rtol=1e-12, atol=1e-12)
        assert before.num_steps + 1 == state.num_steps
    assert swaps > 300


def test_a_stale_cache_would_be_seen():
    """The kernel's state from before a swap, with positions exchanged and nothing made anew, fails the witness."""
    kernel = MALA(0.3)
    x = torch.tensor([[4.0, 1.0], [6.0, -2.0]], dtype=torch.float64)
    b = torch.tensor([1.0, 0.3], dtype=torch.float64)
    density = lambda x: b * two_modes(x)  # noqa: E731
    state = kernel.init(density, x)
    swapped = type(state)(*(value.flip(0) for value in state))
    with pytest.raises(AssertionError):
        Witness(kernel).compare(density, swapped)


def test_another_density_in_mid_chain_leaves_no_trace():
    """A step with a colder density from the old state is the step from a state that never saw the old one."""
    kernel = ParallelTempering(MALA(0.3), (1.0, 0.5, 0.2))
    colder = lambda x: 3 * two_modes(x)  # noqa: E731
    state = sample(kernel, two_modes, torch.zeros(30, 2).double(), 5, generator=make_generator(0)).state
    blank = state._replace(log_ratio=torch.full_like(state.log_ratio, torch.nan))
    first, _ = kernel.step(colder, state, make_generator(1))
    second, _ = kernel.step(colder, blank, make_generator(1))
    assert all(torch.equal(a, b) for a, b in zip(first, second))
    torch.testing.assert_close(first.log_ratio[1], colder(first.replicas[1]))


def test_all_replicas_in_one_batch_are_the_replicas_one_by_one():
    """No replica sees another's temperature or scale: the deterministic part of a Langevin proposal, one by one by hand."""
    seen = []

    @dataclass(frozen=True, eq=False)
    class Spy(MALA):
        def step(self, log_prob, state, generator=None):
            seen.append(state)
            return super().step(log_prob, state, generator)

    kernel = ParallelTempering(Spy(0.3), (1.0, 0.5, 0.2), reference=reference, scales=(1.0, 1.3, 2.0))
    state = kernel.init(two_modes, torch.randn(7, 2, dtype=torch.float64, generator=make_generator(5)))
    for _ in range(3):
        state, _ = kernel.step(two_modes, state, make_generator(6))
    kernel.step(two_modes, state, make_generator(7))
    batch = seen[-1].log_prob.reshape(3, 7), seen[-1].grad.reshape(3, 7, 2)
    for r, (b, scale) in enumerate(zip((1.0, 0.5, 0.2), (1.0, 1.3, 2.0))):
        x = state.replicas[r].clone().requires_grad_()
        value = b * two_modes(x) + (1 - b) * reference(x)
        (grad,) = torch.autograd.grad(value.sum(), x)
        torch.testing.assert_close(batch[0][r], value.detach(), rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(batch[1][r], scale * grad, rtol=1e-12, atol=1e-12)


def test_between_swaps_the_kernel_makes_the_steps_it_was_asked_for():
    """Explored by hand from the same generator: three steps of the kernel on the tempered densities, one after another."""
    kernel = ParallelTempering(MALA(0.3), (1.0, 0.25), num_kernel_steps=3)
    replicas = torch.randn(2, 5, 2, dtype=torch.float64, generator=make_generator(5))
    b, scale = torch.tensor([1.0] * 5 + [0.25] * 5).double(), torch.tensor([[1.0]] * 5 + [[2.0]] * 5).double()
    density = lambda z: b * two_modes(z * scale)  # noqa: E731
    by_hand = sample(MALA(0.3), density, replicas.flatten(0, 1) / scale, 3, generator=make_generator(6)).positions[-1] * scale
    torch.testing.assert_close(kernel.explore(two_modes, replicas, make_generator(6))[0].flatten(0, 1), by_hand)


def test_chains_do_not_swap_with_each_other():
    """Chains far apart in a second coordinate, which no step can bridge, keep their places."""
    place = 1e6 * torch.arange(20, dtype=torch.float64)
    log_prob = lambda x: -(x[:, 0] ** 2) / 2  # noqa: E731
    x = torch.stack([torch.zeros(20).double(), place], 1)
    run = sample(ParallelTempering(MALA(0.5), (1.0, 0.5, 0.2)), log_prob, x, 60, generator=make_generator(0))
    assert ((run.state.replicas[..., 1] - place).abs() < 1e3).all() and (run.state.round_trips > 0).all()


@pytest.mark.parametrize("kernel", [UnadjustedLangevin(0.1), SGLD(torch.ones(9, 1), 0.1, 3), MALA, 0.1, None, object()])
def test_a_kernel_that_does_not_keep_its_density_is_refused(kernel):
    with pytest.raises(InputError) as caught:
        ParallelTempering(kernel, (1.0, 0.5))
    assert str(caught.value).startswith("Expected a kernel that leaves every tempered density invariant, but got ")
    assert "\n" not in str(caught.value)


def test_a_gibbs_kernel_is_refused_for_it_knows_one_temperature_only():
    model = Ising(4, 4, 0.4)
    kernel = ParallelTempering(Gibbs(checkerboard_updates(model)), (1.0, 0.8, 0.5), scales=(1.0, 1.0, 1.0))
    with pytest.raises(InputError, match=r"updates\[0\] to be a conditional of log_prob"):
        sample(kernel, model.log_prob, torch.ones(6, 16), 3)


def test_independence_metropolis_inside():
    kernel = IndependenceMetropolis(Gaussian([0.0, 0.0], [[30.0, 0.0], [0.0, 2.0]]))
    x = torch.full((1000, 2), -5.0, dtype=torch.float64)
    last = sample(ParallelTempering(kernel, (1.0, 0.4, 0.15)), two_modes, x, 120, thin=120, generator=make_generator(2))
    assert stats.kstest(last.positions[-1, :, 0].numpy(), cdf_at(1.0)).pvalue > 1e-6


def test_a_kernel_that_needs_other_batches_is_refused():
    """Each row of the batch has a temperature; a kernel that evaluates other rows would mix them up."""
    with pytest.raises(InputError, match="to evaluate its 12 chains in one batch.*but got a batch of 24"):
        sample(ParallelTempering(ParallelTempering(MALA(0.4), (1.0, 0.3)), (1.0, 0.4, 0.15)), two_modes, torch.zeros(4, 2), 3)


@pytest.mark.parametrize("changes, part", [
    ({"inverse_temperatures": (1.0,)}, "inverse_temperatures to be a list of at least two"),
    ({"inverse_temperatures": 0.5}, "inverse_temperatures to be a list of at least two"),
    ({"inverse_temperatures": (1.0, 0.5, 0.0)}, "each inverse temperature to be a finite number above 0"),
    ({"inverse_temperatures": (0.9, 0.5)}, "inverse_temperatures that begin with 1 and fall"),
    ({"inverse_temperatures": (1.0, 0.5, 0.5)}, "inverse_temperatures that begin with 1 and fall"),
    ({"num_kernel_steps": 0}, "num_kernel_steps to be a whole number of at least 1"),
    ({"reference": 1.0}, "reference to be a log_prob or None"),
    ({"scales": (1.0,)}, "one scale for each of 2 inverse temperatures"),
    ({"scales": (1.0, -2.0)}, "each scale to be a finite number above 0"),
])
def test_what_does_not_fit_is_refused_in_one_sentence(changes, part):
    with pytest.raises(InputError) as caught:
        ParallelTempering(**{"kernel": MALA(0.1), "inverse_temperatures": (1.0, 0.5), **changes})
    assert part in str(caught.value) and "\n" not in str(caught.value)


def test_a_start_outside_the_support_is_refused():
    log_prob = lambda x: torch.where(x[:, 0] > 1, x[:, 0], -torch.inf)  # noqa: E731
    with pytest.raises(InputError, match="-inf at 3 of 3 starting points"):
        sample(ParallelTempering(MALA(0.1), (1.0, 0.5)), log_prob, torch.zeros(3, 2), 2)
