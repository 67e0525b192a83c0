"""Running summaries are numpy's numbers of the stored draws; the memory of a run does not grow with its length."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RandomWalkMetropolis, RunningMoments, UnadjustedLangevin, sample


def log_prob(x):
    return -((x - 3) ** 2).sum(-1) / 2


def start(chains=5, dim=3, dtype=torch.float64):
    return 3 + torch.randn(chains, dim, dtype=dtype, generator=make_generator(0))


def moments_of(draws, num_batches=64):
    """The summary of given draws (num_draws, chains, dim)."""
    summary = RunningMoments(num_batches)
    state = summary.init(draws[0], len(draws))
    for position in draws:
        state = summary.update(state, position)
    return state


def close(a, b):
    np.testing.assert_allclose(a.numpy(), b, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("num_steps, warmup, thin", [(200, 0, 1), (203, 31, 7), (50, 9, 1), (90, 0, 45)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_they_are_numpys_numbers_of_the_stored_draws(num_steps, warmup, thin, dtype):
    setting = {"warmup": warmup, "thin": thin}
    x = start(dtype=dtype)
    stored = sample(MALA(0.3), log_prob, x, num_steps, **setting, generator=make_generator(1))
    run = sample(MALA(0.3), log_prob, x, num_steps, **setting, keep=RunningMoments(), generator=make_generator(1))
    draws, summary = stored.positions.double().numpy(), run.summary
    assert run.positions is None and summary.count == len(draws) == num_steps // thin
    assert summary.mean.dtype == torch.float64
    close(summary.mean, draws.mean(0))
    close(summary.variance, draws.var(0, ddof=1))
    close(summary.pooled_mean, draws.mean((0, 1)))
    close(summary.pooled_variance, draws.reshape(-1, 3).var(0, ddof=1))
    assert torch.equal(run.state.position, stored.state.position)
    assert torch.equal(run.acceptance_rate, stored.acceptance_rate)


@pytest.mark.parametrize("num_draws, chains, num_batches", [(120, 4, 64), (100, 3, 10), (40, 7, 4), (97, 1, 8), (3, 2, 64)])
def test_error_and_r_hat_are_those_of_the_batches_by_hand(num_draws, chains, num_batches):
    draws = torch.randn(num_draws, chains, 2, dtype=torch.float64, generator=make_generator(2)).cumsum(0)
    summary = moments_of(draws, num_batches)
    length = max(1, num_draws // int(np.ceil(num_batches / chains)))
    a, x = num_draws // length, draws.numpy()
    means = x[:a * length].reshape(a, length, chains, 2).mean(1).reshape(-1, 2)
    assert summary.batch_size == length and (len(means) >= num_batches or length == 1)
    error = np.sqrt(length * means.var(0, ddof=1) / (num_draws * chains))
    close(summary.standard_error, error)
    close(summary.effective_sample_size, x.reshape(-1, 2).var(0, ddof=1) / error**2)
    if chains > 1:
        between, within = num_draws * x.mean(0).var(0, ddof=1), x.var(0, ddof=1).mean(0)
        close(summary.r_hat, np.sqrt(((num_draws - 1) / num_draws * within + between / num_draws) / within))
    else:
        assert summary.r_hat.isnan().all()


def test_far_from_zero_no_digit_is_lost():
    """Mean 1e8 and spread 1: a sum of squares would lose all digits, Welford's recursion keeps eight."""
    noise = torch.randn(500, 4, 2, dtype=torch.float64, generator=make_generator(3))
    near, far = moments_of(noise), moments_of(noise + 1e8)
    for name in ("variance", "pooled_variance", "standard_error"):
        torch.testing.assert_close(getattr(far, name), getattr(near, name), rtol=1e-6, atol=0)


@pytest.mark.parametrize("chains", [1, 8, 200])
def test_the_standard_error_is_the_error(chains):
    """An AR(1) chain, coefficient 0.7: variance 1 / 0.51, long-run variance 1 / 0.3^2, both known.

    The error's square over its true value is near chi2 / dof, dof = batches - 1 >= 63, and batches of at least 62 steps
    are too small by under 1 - 2 * 0.7 / 0.51 / 62 = 4.5 %: outside these quantiles with probability 1e-6.
    """
    generator, num_draws = make_generator(4), 4000
    x = torch.randn(chains, 1, dtype=torch.float64, generator=generator) / 0.51**0.5
    draws = []
    for _ in range(num_draws):
        x = 0.7 * x + torch.randn(chains, 1, dtype=torch.float64, generator=generator)
        draws.append(x)
    summary = moments_of(torch.stack(draws))
    dof = num_draws // summary.batch_size * chains - 1
    assert dof >= 63
    true = 1 / 0.3**2 / (num_draws * chains)
    low, high = stats.chi2(dof).ppf([5e-7, 1 - 5e-7]) / dof
    assert 0.95 * low < float(summary.standard_error**2) / true < 1.02 * high
    assert abs(float(summary.pooled_mean)) < 4.9 * true**0.5  # two sides of 4.9: 1e-6


def test_chains_that_do_not_mix_are_told():
    """Two groups of chains, each within its own mode: R-hat is far above 1, and 64 chains are worth 64 draws, not 6400."""
    draws = 0.1 * torch.randn(100, 64, 1, generator=make_generator(5)) + torch.arange(64)[:, None] % 2
    summary = moments_of(draws)
    assert float(summary.r_hat) > 4 and 60 < float(summary.effective_sample_size) < 70


def test_too_few_draws_have_no_number():
    one = moments_of(torch.ones(1, 1, 2))
    for name in ("variance", "pooled_variance", "standard_error", "effective_sample_size", "r_hat"):
        assert getattr(one, name).isnan().all(), name
    assert one.pooled_mean.tolist() == [1.0, 1.0]


def test_a_chain_that_diverges_is_named_without_its_positions():
    def quartic(x):
        return -(x**4).sum(-1)

    x = torch.tensor([[0.1, 0.2], [30.0, 0.0], [-0.3, 0.1]])
    run = sample(UnadjustedLangevin(0.05), quartic, x, 60, keep=RunningMoments(), generator=make_generator(1))
    assert run.diverged.tolist() == [False, True, False]
    assert torch.isfinite(run.summary.variance[[0, 2]]).all()
    with pytest.raises(InputError, match="Expected a run that kept its positions.*run.summary"):
        run.draws


def test_a_summary_of_ones_own():
    class Highest:
        """The largest value each chain has seen in its first coordinate."""

        def init(self, x, num_draws):
            return torch.full_like(x[:, 0], -torch.inf)

        def update(self, state, position):
            return torch.maximum(state, position[:, 0])

    stored = sample(MALA(0.3), log_prob, start(), 40, thin=3, generator=make_generator(1))
    run = sample(MALA(0.3), log_prob, start(), 40, thin=3, keep=Highest(), generator=make_generator(1))
    assert torch.equal(run.summary, stored.positions[..., 0].amax(0))
    assert not run.diverged.any()


@pytest.mark.parametrize("keep", ["moments", None, RunningMoments, 3, lambda x: x])
def test_what_is_no_summary_is_refused(keep):
    with pytest.raises(InputError, match=r"Expected keep to be 'positions' or a running summary.*keep=RunningMoments\(\)"):
        sample(MALA(0.3), log_prob, start(), 5, keep=keep)


@pytest.mark.parametrize("num_batches", [1, 0, 2.5, "many"])
def test_num_batches_is_a_count(num_batches):
    with pytest.raises(InputError, match="num_batches to be a whole number of at least 2"):
        RunningMoments(num_batches)


MEMORY = """
import re
from pathlib import Path
import torch
from course_lib.randomness import make_generator
from course_lib.samplers import RandomWalkMetropolis, RunningMoments, sample
torch.set_num_threads(1)
x = torch.randn(10_000, 10, generator=make_generator(0))
run = lambda num_steps, keep: sample(RandomWalkMetropolis(0.7), lambda x: -(x**2).sum(-1) / 2, x, num_steps, keep=keep,
                                     generator=make_generator(1))
peak = lambda: int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
run(20, RunningMoments())
peaks = [peak()]
for num_steps, keep in ((100, RunningMoments()), (400, RunningMoments()), (100, "positions")):
    run(num_steps, keep)
    peaks.append(peak())
print(*peaks)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc; getrusage would count that of this process")
def test_memory_does_not_grow_with_the_number_of_steps():
    """10 000 chains in 10 dimensions: 0.4 MB a draw. 400 steps fit where 20 did, not in the 120 MB that 300 more draws would
    take; and the gauge does see the 40 MB of 100 draws that are stored. 10 000 steps are then no other matter."""
    out = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True).stdout
    first, hundred, four_hundred, stored = map(int, out.split())
    draw = 10_000 * 10 * 4
    assert hundred - first < 20 * draw and four_hundred - hundred < 20 * draw
    assert stored - four_hundred > 60 * draw
    assert four_hundred < 1e9
