"""On a GPU: the same law of motion, and nothing between two reports that waits for the device."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models import MLPEnergy
from course_lib.randomness import make_generator
from course_lib.samplers import HMC, NUTS, UnadjustedLangevin, sample, warm_up
from course_lib.samplers.counter_uniform import draw_seed

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


def test_no_step_waits_for_the_device(kernel):
    if isinstance(kernel, NUTS):
        pytest.skip("NUTS asks once a doubling whether any chain goes on")
    energy = MLPEnergy(device="cuda", generator=make_generator(0, "cuda"))
    x = torch.randn(256, 2, device="cuda")
    torch.cuda.synchronize()

    def forbid_waiting(done, total):  # called before the first step and after the last
        torch.cuda.set_sync_debug_mode("error" if done < total else "default")

    try:
        run = sample(kernel, lambda x: -energy(x), x, 120, warmup=10, thin=3, progress=forbid_waiting,
                     generator=make_generator(1, "cuda"))
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert run.positions.shape == (40, 256, 2) and run.positions.is_cuda and torch.isfinite(run.positions).all()


def test_one_step_on_gpu_is_one_step_on_cpu(kernel):
    def log_prob(x):
        return -(x**4).sum(-1) / 4

    x = torch.randn(500, 3, dtype=torch.float64, generator=make_generator(0))
    noise = torch.randn(500, 3, dtype=torch.float64, generator=make_generator(1))
    log_u = torch.rand(500, dtype=torch.float64, generator=make_generator(2)).log()
    seed = draw_seed(x, make_generator(3))
    arguments = (noise,) if isinstance(kernel, UnadjustedLangevin) else (noise, seed if isinstance(kernel, NUTS) else log_u)
    there, _ = kernel.transition(log_prob, kernel.init(log_prob, x.cuda()), *(a.cuda() for a in arguments))
    here, _ = kernel.transition(log_prob, kernel.init(log_prob, x), *arguments)
    torch.testing.assert_close(there.position.cpu(), here.position, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("mass", ["diagonal", "dense"])
def test_hmc_with_mass_and_jitter_does_not_wait_either(mass):
    def log_prob(x):
        return -(x**2).sum(-1) / 2

    x, generator = torch.randn(256, 4, device="cuda"), make_generator(1, "cuda")
    warm = warm_up(HMC(0.5, 4, jitter=0.3), log_prob, x, 40, mass_matrix=mass, generator=generator)
    assert warm.kernel.inverse_mass_matrix.is_cuda
    state = warm.kernel.init(log_prob, warm.state.position)
    state, _ = warm.kernel.step(log_prob, state, generator)
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(10):
            state, _ = warm.kernel.step(log_prob, state, generator)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert torch.isfinite(state.position).all()


def test_a_cpu_generator_for_gpu_chains_is_refused(kernel):
    with pytest.raises(InputError, match="generator to be a torch.Generator on cuda:0"):
        sample(kernel, lambda x: -(x**2).sum(-1), torch.zeros(2, 2, device="cuda"), 3, generator=make_generator(0))
