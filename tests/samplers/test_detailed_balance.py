"""p(x) q(x, y) a(x, y) = p(y) q(y, x) a(y, x) on random pairs, exactly; and the larger of the two a is 1.

Together they leave no choice: a(x, y) = min(1, p(y) q(y, x) / (p(x) q(x, y))). The proposal density q is written here
a second time, by torch.distributions and a hand-made gradient.
"""

from math import sqrt

import pytest
import torch
from torch.distributions import Normal

from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RandomWalkMetropolis

DIM, PAIRS = 3, 500


def log_prob(x):  # p = exp(-|x|^4 / 4 + b . x)
    return -((x**2).sum(-1) ** 2) / 4 + x @ torch.tensor([0.5, -1.0, 0.2], dtype=x.dtype)


def gradient(x):  # by hand
    return -(x**2).sum(-1, keepdim=True) * x + torch.tensor([0.5, -1.0, 0.2], dtype=x.dtype)


def pairs():
    generator = make_generator(11)
    x = torch.randn(PAIRS, DIM, dtype=torch.float64, generator=generator)
    return x, x + 0.7 * torch.randn(PAIRS, DIM, dtype=torch.float64, generator=generator)


def acceptance(kernel, x, y, noise):
    """a(x, y) from the kernel's own transition with the noise that leads from x to y."""
    _, info = kernel.transition(log_prob, kernel.init(log_prob, x), noise, torch.zeros(PAIRS, dtype=x.dtype))
    torch.testing.assert_close(info.proposal, y, rtol=1e-12, atol=1e-12)
    return info.acceptance_probability


def random_walk(x, y, step_size):
    return Normal(x, step_size).log_prob(y).sum(-1), (y - x) / step_size


def langevin(x, y, step_size):
    mean = x + step_size * gradient(x)
    return Normal(mean, sqrt(2 * step_size)).log_prob(y).sum(-1), (y - mean) / sqrt(2 * step_size)


@pytest.mark.parametrize("step_size", [0.05, 0.4])
@pytest.mark.parametrize("kernel_class, proposal", [(RandomWalkMetropolis, random_walk), (MALA, langevin)])
def test_detailed_balance(kernel_class, proposal, step_size):
    kernel = kernel_class(step_size)
    x, y = pairs()
    log_q_xy, noise_xy = proposal(x, y, step_size)
    log_q_yx, noise_yx = proposal(y, x, step_size)
    a_xy, a_yx = acceptance(kernel, x, y, noise_xy), acceptance(kernel, y, x, noise_yx)
    seen = (a_xy > 1e-250) & (a_yx > 1e-250)
    assert seen.sum() > PAIRS * 0.9
    there = log_prob(x) + log_q_xy + a_xy.log()
    back = log_prob(y) + log_q_yx + a_yx.log()
    torch.testing.assert_close(there[seen], back[seen], rtol=0, atol=1e-9)
    torch.testing.assert_close(torch.maximum(a_xy, a_yx), torch.ones_like(a_xy), rtol=0, atol=1e-12)
    assert (torch.minimum(a_xy, a_yx) < 0.9).sum() > 100


@pytest.mark.parametrize("kernel", [RandomWalkMetropolis(0.8), MALA(0.2)], ids=["random walk", "mala"])
def test_a_proposal_is_taken_exactly_when_u_is_below_the_ratio(kernel):
    x, _ = pairs()
    noise = torch.randn(PAIRS, DIM, dtype=torch.float64, generator=make_generator(0))
    state = kernel.init(log_prob, x)
    _, info = kernel.transition(log_prob, state, noise, torch.zeros(PAIRS, dtype=torch.float64))
    uphill = info.acceptance_probability == 1
    log_a = info.acceptance_probability.log().clamp(min=-600)  # below, exp underflows and the log says nothing
    below, taken = kernel.transition(log_prob, state, noise, log_a - 1e-9)
    above, refused = kernel.transition(log_prob, state, noise, log_a + 1e-9)
    seen = log_a > -600
    assert taken.is_accepted[seen].all() and torch.equal(below.position[seen], info.proposal[seen])
    assert seen.sum() > 400 and 50 < int((~uphill).sum()) < PAIRS
    assert not refused.is_accepted[~uphill].any() and torch.equal(above.position[~uphill], x[~uphill])


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), -float("inf")])
def test_a_proposal_whose_density_is_not_a_number_is_rejected(broken, metropolised):
    """To the right of zero the density is broken: no chain may go there, and every probability stays a number."""
    def log_prob(x):
        return torch.where(x[:, 0] > 0, broken + 0 * x[:, 0], -(x**2).sum(-1))

    state = metropolised.init(log_prob, torch.full((200, 2), -0.5, dtype=torch.float64))
    state, info = metropolised.step(log_prob, state, make_generator(0))
    right = info.proposal[:, 0] > 0
    assert 20 < int(right.sum()) < 180 and info.is_accepted[~right].any()
    assert not info.is_accepted[right].any() and (info.acceptance_probability[right] == 0).all()
    assert (state.position[:, 0] <= 0).all() and all(torch.isfinite(value).all() for value in state)


def test_u_of_exactly_zero_does_not_accept_an_impossible_proposal(monkeypatch):
    """torch.rand returns 0 once in 2^24 float32 draws; a density 1e-800 times smaller must still be refused."""
    def narrow(x):
        return -1e6 * (x**2).sum(-1)

    kernel = RandomWalkMetropolis(1.0)
    state = kernel.init(narrow, torch.zeros(50, 2))
    monkeypatch.setattr(torch, "rand", lambda *shape, dtype=None, device=None, generator=None: torch.zeros(*shape, dtype=dtype))
    _, info = kernel.step(narrow, state, make_generator(0))
    assert not info.is_accepted.any()


def test_mala_in_float32_keeps_its_digits_in_high_dimension():
    """Far out in 2000 dimensions the squares are large and the ratio small: float32 must still find it."""
    x = 3 * torch.randn(20, 2000, dtype=torch.float64, generator=make_generator(0))
    noise = torch.randn(20, 2000, dtype=torch.float64, generator=make_generator(1))
    log_u = torch.zeros(20, dtype=torch.float64)

    def gaussian(x):
        return -(x**2).sum(-1) / 18

    kernel = MALA(0.5)
    _, double = kernel.transition(gaussian, kernel.init(gaussian, x), noise, log_u)
    _, single = kernel.transition(gaussian, kernel.init(gaussian, x.float()), noise.float(), log_u.float())
    assert double.acceptance_probability.std() > 0.05
    torch.testing.assert_close(single.acceptance_probability.double(), double.acceptance_probability, rtol=0, atol=2e-3)
