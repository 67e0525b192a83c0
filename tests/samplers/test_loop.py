"""`sample` is the plain loop, cut and thinned; what does not fit is refused in one sentence before the first step."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RandomWalkMetropolis, UnadjustedLangevin, sample


def log_prob(x):
    return -(x**2).sum(-1) / 2


X = torch.randn(5, 3, generator=make_generator(0))


def plain_loop(kernel, num_steps, seed):
    generator, state, positions, accepted = make_generator(seed), kernel.init(log_prob, X), [], []
    for _ in range(num_steps):
        state, info = kernel.step(log_prob, state, generator)
        positions.append(state.position)
        accepted.append(info.is_accepted)
    return torch.stack(positions), torch.stack(accepted).float()


@pytest.mark.parametrize("num_steps, warmup, thin", [(10, 0, 1), (12, 7, 3), (11, 5, 4), (1, 0, 1), (6, 1, 6)])
def test_warmup_and_thinning_are_a_slice_of_the_plain_loop(kernel, num_steps, warmup, thin):
    positions, accepted = plain_loop(kernel, warmup + num_steps, seed=4)
    run = sample(kernel, log_prob, X, num_steps, warmup=warmup, thin=thin, generator=make_generator(4))
    assert torch.equal(run.positions, positions[warmup:][thin - 1::thin])
    assert run.positions.shape == (num_steps // thin, 5, 3)
    torch.testing.assert_close(run.acceptance_rate, accepted[warmup:].mean(0))
    assert torch.equal(run.state.position, positions[-1])


def test_acceptance_rate_is_one_number_a_chain():
    """A chain in the flat tail of a narrow density moves less: the rates differ, and only theirs."""
    def uneven(x):
        return -(x[:, 0] ** 2) / 2 * torch.where(x[:, 1] > 0, 400.0, 1.0)

    x = torch.tensor([[0.0, 1e6], [0.0, -1e6]])
    rate = sample(RandomWalkMetropolis(1.0), uneven, x, 400, generator=make_generator(0)).acceptance_rate
    assert rate[0] < 0.2 < 0.5 < rate[1]


def test_two_halves_are_one_run(kernel):
    whole = sample(kernel, log_prob, X, 40, generator=make_generator(8)).positions
    generator = make_generator(8)
    first = sample(kernel, log_prob, X, 15, generator=generator)
    second = sample(kernel, log_prob, first.state.position, 25, generator=generator)
    assert torch.equal(whole, torch.cat([first.positions, second.positions]))


def test_draws_flatten_draws_and_chains():
    run = sample(MALA(0.1), log_prob, X, 4, generator=make_generator(0))
    assert run.draws.shape == (20, 3) and torch.equal(run.draws[5:10], run.positions[1])


def test_a_chain_that_diverges_is_named_and_leaves_the_others_alone():
    def quartic(x):
        return -(x**4).sum(-1)

    x = torch.tensor([[0.1, 0.2], [30.0, 0.0], [-0.3, 0.1]])
    run = sample(UnadjustedLangevin(0.05), quartic, x, 60, generator=make_generator(1))
    assert run.diverged.tolist() == [False, True, False]
    assert torch.isfinite(run.positions[:, [0, 2]]).all()
    assert not sample(MALA(0.05), quartic, x, 60, generator=make_generator(1)).diverged.any()


def test_progress_goes_from_nothing_to_all(capsys):
    calls = []
    sample(MALA(0.1), log_prob, X, 250, warmup=50, progress=lambda done, total: calls.append((done, total)))
    assert calls[0] == (0, 300) and calls[-1] == (300, 300) and 50 <= len(calls) <= 152
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})
    assert capsys.readouterr().out == ""
    sample(MALA(0.1), log_prob, X, 7, progress=True)
    assert capsys.readouterr().out.endswith("\r7 of 7 steps\n")


def nan_left(x):
    return torch.where(x[:, 0] < 0, torch.nan, 0.0)


GOOD = {"kernel": MALA(0.1), "log_prob": log_prob, "x": X, "num_steps": 5}
BAD_CALLS = {
    "class": ({"kernel": MALA}, "kernel to be a kernel with its settings"),
    "no kernel": ({"kernel": 0.1}, "MALA(step_size=0.1)"),
    "one point": ({"x": torch.zeros(3)}, "x[None, :]"),
    "images": ({"x": torch.zeros(3, 8, 8)}, "x.flatten(1)"),
    "no chains": ({"x": torch.zeros(0, 3)}, "pass at least one point"),
    "half": ({"x": X.half()}, "x.float()"),
    "whole numbers": ({"x": torch.zeros(3, 2, dtype=torch.int64)}, "x.float()"),
    "numpy": ({"x": X.numpy()}, "torch.as_tensor"),
    "nan start": ({"x": torch.full((4, 3), torch.nan)}, "NaN or infinity in 4 of 4 chains"),
    "no steps": ({"num_steps": 0}, "num_steps to be a whole number of at least 1"),
    "half a step": ({"num_steps": 2.5}, "the float 2.5"),
    "warmup": ({"warmup": -1}, "warmup to be a whole number of at least 0"),
    "thin": ({"thin": 0}, "thin to be a whole number of at least 1"),
    "thin too long": ({"thin": 6}, "thin to be at most num_steps = 5"),
    "seed for a generator": ({"generator": 3}, "make_generator(seed, device='cpu')"),
    "value for a function": ({"log_prob": log_prob(X)}, "pass the function itself"),
    "one value a coordinate": ({"log_prob": lambda x: -(x**2) / 2}, ".sum(-1)"),
    "one value in all": ({"log_prob": lambda x: -(x**2).sum() / 2}, "shape (5,)"),
    "a column": ({"log_prob": lambda x: log_prob(x)[:, None]}, "[:, 0]"),
    "nan": ({"log_prob": lambda x: log_prob(x) * torch.nan}, "NaN at 5 of 5 points"),
    "infinite": ({"log_prob": lambda x: log_prob(x) + torch.inf}, "+inf at some point"),
    "outside": ({"log_prob": lambda x: torch.where(x[:, 0] < 9, -torch.inf, 0 * x[:, 0])}, "-inf at 5 of 5 starting points"),
}


@pytest.mark.parametrize("changes, part", BAD_CALLS.values(), ids=BAD_CALLS)
def test_what_does_not_fit_is_refused_in_one_sentence(changes, part):
    with pytest.raises(InputError) as caught:
        sample(**{**GOOD, **changes})
    message = str(caught.value)
    assert part in message and message.startswith("Expected ") and "\n" not in message and message.endswith(".")


@pytest.mark.parametrize("kernel", [MALA(0.1), UnadjustedLangevin(0.1)], ids=["mala", "unadjusted langevin"])
@pytest.mark.parametrize("log_prob, part", [
    (lambda x: log_prob(x.detach()), "carries no gradient"),
    (lambda x: torch.as_tensor(-(x.detach().numpy() ** 2).sum(-1)), "carries no gradient"),
    (torch.no_grad()(log_prob), "carries no gradient"),
    (lambda x: torch.zeros(len(x), requires_grad=True) + 0, "does not depend on x"),
    (lambda x: -x.abs().sqrt().sum(-1) * 0, "the gradient of log_prob to be finite"),
], ids=["detach", "numpy", "no_grad", "constant", "infinite"])
def test_langevin_needs_a_gradient(kernel, log_prob, part):
    with pytest.raises(InputError, match=part):
        sample(kernel, log_prob, torch.zeros(4, 2), 3)


def test_random_walk_needs_no_gradient():
    run = sample(RandomWalkMetropolis(1.0), lambda x: log_prob(x.detach()), X, 5, generator=make_generator(0))
    assert torch.isfinite(run.positions).all()


@pytest.mark.parametrize("step_size", [0, -0.1, float("nan"), float("inf"), "0.1", None, torch.tensor(0.1), True])
@pytest.mark.parametrize("kernel_class", [RandomWalkMetropolis, UnadjustedLangevin, MALA])
def test_step_size_is_a_positive_number(kernel_class, step_size):
    with pytest.raises(InputError, match="Expected step_size to be a finite number above 0, but got .*step_size=0.1"):
        kernel_class(step_size)


def test_generator_on_another_device_is_refused(monkeypatch):
    """Without a GPU the meta device stands in for the other one."""
    with pytest.raises(InputError, match="generator to be a torch.Generator on meta, where x is"):
        sample(MALA(0.1), log_prob, torch.zeros(2, 2, device="meta"), 3, generator=make_generator(0))
