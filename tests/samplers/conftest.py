"""The table of kernels: whatever the library exports must stand here, and passes every contract test."""

import pytest
import torch

from course_lib.samplers import (HMC, MALA, NUTS, SGLD, Gibbs, IndependenceMetropolis, Ising, ParallelTempering,
                                 RandomWalkMetropolis, UnadjustedLangevin, checkerboard_updates, minibatch_log_prob)
from course_lib.targets import Gaussian

KERNELS = {  # step sizes for densities of unit scale
    "RandomWalkMetropolis": RandomWalkMetropolis(1.0),
    "UnadjustedLangevin": UnadjustedLangevin(0.2),
    "MALA": MALA(0.5),
    "HMC": HMC(0.5, num_integration_steps=3),
    "NUTS": NUTS(0.5),
}
METROPOLISED = ("RandomWalkMetropolis", "MALA", "HMC")


@pytest.fixture
def kernel_table():
    return KERNELS


@pytest.fixture(params=KERNELS)
def kernel(request):
    return KERNELS[request.param]


@pytest.fixture(params=METROPOLISED)
def metropolised(request):
    return KERNELS[request.param]


def two_bumps(x):
    return torch.stack([-((x - 1.0) ** 2).sum(-1), -0.7 * ((x + 0.8) ** 2).sum(-1) - 0.3]).logsumexp(0)


ISING = Ising(2, 4, 0.3, field=0.1)
OBSERVATIONS = torch.linspace(-1.0, 2.0, 12, dtype=torch.float64)
MEAN_LOG_PROB = minibatch_log_prob(lambda x: -(x**2).sum(-1) / 8, lambda x, y: -((x.mean(-1, keepdim=True) - y) ** 2) / 2, 12)
POINTS = torch.tensor([[0.5, -0.2], [1.3, 0.4], [-0.9, -1.1], [0.1, 0.8]], dtype=torch.float64)
SPINS = torch.tensor([[1.0, -1.0] * 4, [1.0] * 8, [-1.0, -1.0, 1.0, 1.0] * 2], dtype=torch.float64)
OTHER_KERNELS = {  # those with a density, a state or a noise of their own: kernel, log_prob, start
    "IndependenceMetropolis": (IndependenceMetropolis(Gaussian([0.0, 0.2], [[2.0, 0.3], [0.3, 1.5]])), two_bumps, POINTS),
    "Gibbs": (Gibbs(checkerboard_updates(ISING)), ISING.log_prob, SPINS),
    "SGLD": (SGLD(OBSERVATIONS, lambda t: 0.02 / (1 + t) ** 0.6, 3), MEAN_LOG_PROB, POINTS),
    "ParallelTempering": (ParallelTempering(MALA(0.4), (1.0, 0.5, 0.25), 2), two_bumps, POINTS),
}


@pytest.fixture
def other_table():
    return OTHER_KERNELS


@pytest.fixture(params=OTHER_KERNELS)
def other_kernel(request):
    return OTHER_KERNELS[request.param]
