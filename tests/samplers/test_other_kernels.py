"""What kernels owe the loop that need a density, a state or a noise of their own (the table OTHER_KERNELS in conftest.py)."""

import pytest
import torch

from course_lib.randomness import make_generator
from course_lib.samplers import sample


def leaves(state):
    return [value for value in state if isinstance(value, torch.Tensor)]


def equal(a, b):
    return all(torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y for x, y in zip(a, b, strict=True))


def test_it_says_whether_it_leaves_its_density_invariant(other_kernel):
    kernel, _, _ = other_kernel
    assert type(kernel).leaves_invariant in (True, False)


def test_settings_are_frozen_and_kernels_compare_by_identity(other_kernel):
    kernel, _, _ = other_kernel
    field = next(iter(type(kernel).__dataclass_fields__))
    with pytest.raises(AttributeError):
        setattr(kernel, field, None)
    copy = object.__new__(type(kernel))
    for name in type(kernel).__dataclass_fields__:
        object.__setattr__(copy, name, getattr(kernel, name))
    assert kernel == kernel != copy


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shapes_and_dtypes(other_kernel, dtype):
    kernel, log_prob, x = other_kernel
    state = kernel.init(log_prob, x.to(dtype))
    assert torch.equal(state.position, x.to(dtype))
    for _ in range(3):
        state, info = kernel.step(log_prob, state, make_generator(0))
    assert state.position.shape == x.shape and torch.isfinite(state.position).all()
    assert info.acceptance_probability.shape == info.is_accepted.shape == x.shape[:1] and info.is_accepted.dtype == torch.bool
    assert info.acceptance_probability.dtype == dtype
    assert all(not value.requires_grad and (not value.is_floating_point() or value.dtype == dtype) for value in leaves(state))


def test_a_step_changes_nothing_that_it_was_given(other_kernel):
    kernel, log_prob, x = other_kernel
    state = kernel.init(log_prob, x)
    state, _ = kernel.step(log_prob, state, make_generator(0))
    before = [value.clone() for value in leaves(state)]
    global_state = torch.get_rng_state()
    first, _ = kernel.step(log_prob, state, make_generator(1))
    second, _ = kernel.step(log_prob, state, make_generator(1))
    assert equal(first, second) and equal(before, leaves(state))
    assert torch.equal(global_state, torch.get_rng_state())


def test_draws_depend_on_the_generator_alone(other_kernel):
    kernel, log_prob, x = other_kernel
    torch.manual_seed(1)
    first = sample(kernel, log_prob, x, 12, generator=make_generator(9)).positions
    torch.manual_seed(2)
    second = sample(kernel, log_prob, x, 12, generator=make_generator(9)).positions
    other = sample(kernel, log_prob, x, 12, generator=make_generator(10)).positions
    assert torch.equal(first, second) and not torch.equal(first, other)


def test_without_generator_the_global_one_is_used(other_kernel):
    kernel, log_prob, x = other_kernel
    torch.manual_seed(4)
    first = sample(kernel, log_prob, x, 5).positions
    torch.manual_seed(4)
    assert torch.equal(first, sample(kernel, log_prob, x, 5).positions)


def test_start_is_not_touched_and_not_shared_and_no_gradient_reaches_it(other_kernel):
    kernel, log_prob, x = other_kernel
    copy = x.clone()
    leaf = x.clone().requires_grad_()
    with torch.no_grad():
        inside = sample(kernel, log_prob, x, 4, generator=make_generator(0)).positions
    run = sample(kernel, log_prob, leaf, 4, generator=make_generator(0))
    assert torch.equal(x, copy) and torch.equal(inside, run.positions)
    assert not run.positions.requires_grad and leaf.grad is None
    state = kernel.init(log_prob, x)
    assert all(value.data_ptr() != x.data_ptr() for value in leaves(state))


def test_chains_move_apart(other_kernel):
    """Chains from one point share no noise: after a few steps no two sequences of positions are the same."""
    kernel, log_prob, x = other_kernel
    positions = sample(kernel, log_prob, x[:1].expand(8, -1), 60, generator=make_generator(3)).positions
    paths = positions.transpose(0, 1).flatten(1)
    assert len(paths.unique(dim=0)) == 8


class Killed(Exception):
    pass


def test_a_run_that_was_killed_goes_on_bit_for_bit(other_kernel, tmp_path):
    kernel, log_prob, x = other_kernel
    whole = sample(kernel, log_prob, x, 24, generator=make_generator(5))

    def kill(done, total):
        if done == 14:
            raise Killed

    options = dict(checkpoint=tmp_path / "run.npz", checkpoint_every=5)
    with pytest.raises(Killed):
        sample(kernel, log_prob, x, 24, progress=kill, generator=make_generator(5), **options)
    resumed = sample(kernel, log_prob, x, 24, generator=make_generator(5), **options)
    assert torch.equal(whole.positions, resumed.positions) and equal(whole.state, resumed.state)
