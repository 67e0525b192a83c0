"""On a GPU: a running summary does not wait for the device either, and a killed run goes on bit for bit."""

import pytest
import torch

from course_lib.randomness import make_generator
from course_lib.samplers import MALA, RunningMoments, sample

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


def log_prob(x):
    return -(x**4).sum(-1) / 4


def test_a_summary_does_not_wait_for_the_device():
    x = torch.randn(256, 2, device="cuda")

    def forbid_waiting(done, total):  # called before the first step and after the last
        torch.cuda.set_sync_debug_mode("error" if done < total else "default")

    try:
        run = sample(MALA(0.1), log_prob, x, 120, warmup=10, thin=3, keep=RunningMoments(), progress=forbid_waiting,
                     generator=make_generator(1, "cuda"))
    finally:
        torch.cuda.set_sync_debug_mode("default")
    stored = sample(MALA(0.1), log_prob, x, 120, warmup=10, thin=3, generator=make_generator(1, "cuda")).positions.double()
    torch.testing.assert_close(run.summary.mean, stored.mean(0), rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(run.summary.variance, stored.var(0), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("keep", ["positions", RunningMoments()], ids=["positions", "moments"])
@pytest.mark.parametrize("seeded", [True, False])
def test_a_killed_run_goes_on(tmp_path, keep, seeded):
    x = torch.randn(50, 3, device="cuda", generator=make_generator(0, "cuda"))

    def run(dies_at=None, **saving):
        torch.cuda.manual_seed(3 if dies_at or not saving else 99)

        def report(done, total):
            if done == dies_at:
                raise KeyboardInterrupt

        return sample(MALA(0.1), log_prob, x, 40, keep=keep, progress=report, **saving,
                      generator=make_generator(4, "cuda") if seeded else None)

    whole = run()
    with pytest.raises(KeyboardInterrupt):
        run(dies_at=23, checkpoint=tmp_path / "run.npz", checkpoint_every=5)
    resumed = run(checkpoint=tmp_path / "run.npz")
    mine = resumed.positions if keep == "positions" else resumed.summary.squares
    assert mine.is_cuda and torch.equal(mine, whole.positions if keep == "positions" else whole.summary.squares)
    assert torch.equal(resumed.state.position, whole.state.position)
