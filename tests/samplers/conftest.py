"""The table of kernels: whatever the library exports must stand here, and passes every contract test."""

import pytest

from course_lib.samplers import MALA, RandomWalkMetropolis, UnadjustedLangevin

KERNELS = {  # step sizes for densities of unit scale
    "RandomWalkMetropolis": RandomWalkMetropolis(1.0),
    "UnadjustedLangevin": UnadjustedLangevin(0.2),
    "MALA": MALA(0.5),
}
METROPOLISED = ("RandomWalkMetropolis", "MALA")


@pytest.fixture
def kernel_table():
    return KERNELS


@pytest.fixture(params=KERNELS)
def kernel(request):
    return KERNELS[request.param]


@pytest.fixture(params=METROPOLISED)
def metropolised(request):
    return KERNELS[request.param]
