"""On a GPU: the same numbers, and they stay there."""

import pytest
import torch

from course_lib import diagnostics
from course_lib.randomness import make_generator

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


@pytest.mark.parametrize("name", ["rhat", "ess_bulk", "ess_tail", "ess_mean", "ess_sd", "mcse_mean", "mcse_sd",
                                  "autocorrelation"])
@pytest.mark.parametrize("rounded", [False, True])
def test_chains(name, rounded):
    x = torch.randn(301, 6, 5, dtype=torch.float64, generator=make_generator(0)).cumsum(0) * 0.1
    x = x.round() if rounded else x
    there = getattr(diagnostics, name)(x.cuda())
    assert there.is_cuda
    torch.testing.assert_close(there.cpu(), getattr(diagnostics, name)(x), rtol=1e-8, atol=1e-12)
    torch.testing.assert_close(diagnostics.mcse_quantile(x.cuda(), 0.1).cpu(), diagnostics.mcse_quantile(x, 0.1))
    torch.testing.assert_close(diagnostics.nested_rhat(x.cuda(), 3).cpu(), diagnostics.nested_rhat(x, 3))
    assert diagnostics.summary(x.cuda()).verdict == diagnostics.summary(x).verdict


def test_samples():
    x, y = (torch.randn(1500, 3, dtype=torch.float64, generator=make_generator(seed)) for seed in (0, 1))
    for function in (lambda a, b: diagnostics.squared_mmd(a, b, 1.3), diagnostics.squared_ksd,
                     lambda a, b: torch.tensor(diagnostics.median_bandwidth(a, b))):
        torch.testing.assert_close(function(x.cuda(), y.cuda()).cpu(), function(x, y), rtol=1e-8, atol=1e-12)
    there = diagnostics.sliced_wasserstein(x.cuda(), y.cuda(), generator=make_generator(0, "cuda"))
    assert there.is_cuda and 0 < there < 1
