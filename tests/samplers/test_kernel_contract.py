"""What every kernel owes the loop: State and Info, purity, independent chains, no memory of another density."""

import dataclasses
import importlib
import inspect
import pkgutil

import pytest
import torch

import course_lib.samplers as samplers
from course_lib.randomness import make_generator
from course_lib.samplers import sample
from course_lib.samplers.counter_uniform import draw_seed


def log_prob(x):  # two unequal bumps with a correlated background: no symmetry to hide behind
    bumps = torch.stack([-((x - 1.0) ** 2).sum(-1), -0.7 * ((x + 0.8) ** 2).sum(-1) - 0.3]).logsumexp(0)
    return bumps - 0.2 * x[:, 0] * x[:, 1]


def start(chains=6, dtype=torch.float64):
    return torch.randn(chains, 2, dtype=dtype, generator=make_generator(1))


def noises(kernel, x, seed):
    """The arguments of kernel.transition after log_prob and state, drawn in the order of `step`."""
    generator = make_generator(seed)
    noise = torch.randn(x.shape, dtype=x.dtype, generator=generator)
    if "seed" in inspect.signature(kernel.transition).parameters:
        return noise, draw_seed(x, generator)
    if "log_u" not in inspect.signature(kernel.transition).parameters:
        return (noise,)
    return noise, (1 - torch.rand(len(x), dtype=x.dtype, generator=generator)).log()


def kernel_classes():
    """Every class in the room that has init and step, whether exported or not."""
    modules = [importlib.import_module(module.name) for module in pkgutil.walk_packages(samplers.__path__, "course_lib.samplers.")]
    classes = {value for module in modules for value in vars(module).values() if inspect.isclass(value)}
    return {c for c in classes if c.__module__.startswith("course_lib.samplers") and hasattr(c, "init") and hasattr(c, "step")
            and c is not samplers.Kernel}


def test_every_kernel_is_exported_and_stands_in_a_table(kernel_table, other_table):
    """Those in other_table are tested in test_other_kernels.py."""
    names = {c.__name__ for c in kernel_classes()}
    assert names == set(kernel_table) | set(other_table) and not set(kernel_table) & set(other_table)
    assert names <= set(samplers.__all__)
    assert all(type(kernel).__name__ == name for name, kernel in kernel_table.items())
    assert all(type(kernel).__name__ == name for name, (kernel, _, _) in other_table.items())


def test_every_kernel_says_whether_it_leaves_its_density_invariant():
    assert {c.__name__ for c in kernel_classes() if c.leaves_invariant is not True} == {"UnadjustedLangevin", "SGLD"}
    assert all(c.leaves_invariant in (True, False) for c in kernel_classes())


def test_settings_are_frozen_and_kernels_compare_by_identity(kernel):
    with pytest.raises(AttributeError):
        kernel.step_size = 3.0
    assert kernel != dataclasses.replace(kernel)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shapes_and_dtypes(kernel, dtype):
    x = start(dtype=dtype)
    state = kernel.init(log_prob, x)
    assert torch.equal(state.position, x) and torch.equal(state.log_prob, log_prob(x))
    state, info = kernel.step(log_prob, state, make_generator(0))
    assert state.position.shape == (6, 2) and state.log_prob.shape == (6,)
    assert info.acceptance_probability.shape == info.is_accepted.shape == (6,) and info.is_accepted.dtype == torch.bool
    assert all(value.dtype == dtype and not value.requires_grad for value in state)


def test_cached_values_are_those_of_the_position(kernel):
    state = kernel.init(log_prob, start(40))
    for _ in range(20):
        state, _ = kernel.step(log_prob, state, make_generator(3))
    fresh = kernel.init(log_prob, state.position)
    for name, cached, anew in zip(state._fields, state, fresh):
        torch.testing.assert_close(cached, anew, rtol=1e-12, atol=1e-12, msg=name)


def test_transition_is_pure_and_step_is_transition_with_drawn_noise(kernel):
    x = start()
    state, noise = kernel.init(log_prob, x), noises(kernel, x, 5)
    before = [value.clone() for value in (*state, *noise)]
    torch.manual_seed(0)
    global_state = torch.get_rng_state()
    first, _ = kernel.transition(log_prob, state, *noise)
    second, _ = kernel.transition(log_prob, state, *noise)
    stepped, _ = kernel.step(log_prob, state, make_generator(5))
    for a, b, c in zip(first, second, stepped):
        assert torch.equal(a, b)
        torch.testing.assert_close(a, c, rtol=1e-13, atol=1e-13)
    assert all(torch.equal(a, b) for a, b in zip(before, (*state, *noise)))
    assert torch.equal(global_state, torch.get_rng_state())


def test_chains_do_not_see_each_other(kernel):
    x = start(50)
    order = torch.randperm(50, generator=make_generator(2))
    noise = noises(kernel, x, 7)
    plain, _ = kernel.transition(log_prob, kernel.init(log_prob, x), *noise)
    permuted, _ = kernel.transition(log_prob, kernel.init(log_prob, x[order]), *(value[order] for value in noise))
    alone, _ = kernel.transition(log_prob, kernel.init(log_prob, x[:1]), *(value[:1] for value in noise))
    for a, b, c in zip(plain, permuted, alone):
        torch.testing.assert_close(a[order], b, rtol=1e-13, atol=1e-13)
        torch.testing.assert_close(a[:1], c, rtol=1e-13, atol=1e-13)


def test_draws_depend_on_the_generator_alone(kernel):
    torch.manual_seed(1)
    first = sample(kernel, log_prob, start(), 20, generator=make_generator(9)).positions
    torch.manual_seed(2)
    second = sample(kernel, log_prob, start(), 20, generator=make_generator(9)).positions
    other = sample(kernel, log_prob, start(), 20, generator=make_generator(10)).positions
    assert torch.equal(first, second) and not torch.equal(first, other)


def test_without_generator_the_global_one_is_used(kernel):
    torch.manual_seed(4)
    first = sample(kernel, log_prob, start(), 5).positions
    torch.manual_seed(4)
    assert torch.equal(first, sample(kernel, log_prob, start(), 5).positions)


def test_another_density_needs_a_fresh_state(kernel):
    """`init` forgets the old density; the step from a stale state is another one, so the difference matters."""
    def colder(x):
        return 4 * log_prob(x)

    state = sample(kernel, log_prob, start(200), 10, generator=make_generator(0)).state
    fresh = kernel.init(colder, state.position)
    torch.testing.assert_close(fresh.log_prob, colder(state.position))
    noise = noises(kernel, state.position, 1)
    after_fresh, _ = kernel.transition(colder, fresh, *noise)
    after_stale, _ = kernel.transition(colder, state, *noise)
    assert not torch.equal(after_fresh.position, after_stale.position)
    resumed = sample(kernel, colder, state.position, 3, generator=make_generator(6)).positions
    again = kernel.init(colder, state.position.clone())
    generator = make_generator(6)
    for k in range(3):
        again, _ = kernel.step(colder, again, generator)
        assert torch.equal(resumed[k], again.position)


def test_no_gradient_reaches_weights_or_start(kernel):
    weight = torch.ones(2, dtype=torch.float64, requires_grad=True)
    x = start().requires_grad_()
    run = sample(kernel, lambda x: -(weight * x**2).sum(-1), x, 5, generator=make_generator(0))
    assert not run.positions.requires_grad and weight.grad is None and x.grad is None


def test_start_is_not_touched_and_not_shared(kernel):
    x = start()
    copy = x.clone()
    run = sample(kernel, log_prob, x, 5, generator=make_generator(0))
    assert torch.equal(x, copy)
    state = kernel.init(log_prob, x)
    x += 1
    assert torch.equal(state.position, copy)
    assert run.positions.data_ptr() != x.data_ptr()


def test_a_method_of_torch_distributions_is_a_density(kernel):
    normal = torch.distributions.MultivariateNormal(torch.zeros(2).double(), torch.eye(2).double())
    plain = sample(kernel, lambda x: -(x**2).sum(-1) / 2, start(), 30, generator=make_generator(0)).positions
    torch.testing.assert_close(sample(kernel, normal.log_prob, start(), 30, generator=make_generator(0)).positions, plain)


def test_works_inside_no_grad(kernel):
    inside = start()
    with torch.no_grad():
        first = sample(kernel, log_prob, inside, 5, generator=make_generator(0)).positions
    assert torch.equal(first, sample(kernel, log_prob, inside, 5, generator=make_generator(0)).positions)


def test_float32_and_float64_make_the_same_move(kernel):
    """One transition in both precisions: far from a tie in the test, they agree to float32 rounding."""
    x = start(100)
    noise = noises(kernel, x, 3)
    double, info = kernel.transition(log_prob, kernel.init(log_prob, x), *noise)
    single, _ = kernel.transition(log_prob, kernel.init(log_prob, x.float()),
                                  *(value.float() if value.is_floating_point() else value for value in noise))
    decided = torch.ones(100, dtype=bool)
    if len(noise) == 2 and noise[1].is_floating_point():
        decided = (info.acceptance_probability.log() - noise[1]).abs() > 1e-4
    assert decided.sum() > 90
    torch.testing.assert_close(single.position[decided].double(), double.position[decided], rtol=1e-4, atol=1e-5)
