"""On a GPU: every layer and every recipe is the same map as on the CPU, and a training step does not wait for it."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import ActNorm
from course_lib.randomness import make_generator
from tests.models.flows import contract

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]
DOUBLE = torch.float64
CLOSE = {"rtol": 1e-8, "atol": 1e-8}


def normal(*shape, seed=1):
    return torch.randn(*shape, dtype=DOUBLE, generator=make_generator(seed))


def assert_same(here, there, points):
    """Both directions at the same points, here on the CPU, there on the GPU."""
    there.load_state_dict(here.state_dict())
    for ours, theirs in ((here(points), there(points.cuda())), (here.inverse(points), there.inverse(points.cuda()))):
        for a, b in zip(ours, theirs):
            assert b.is_cuda
            torch.testing.assert_close(a, b.cpu(), **CLOSE)


@pytest.mark.parametrize("name", contract.LAYERS)
def test_every_layer_is_the_same_map(name):
    make, dim, _ = contract.LAYERS[name]
    points = normal(20, dim)
    here = contract.settle(make(generator=make_generator(0), dtype=DOUBLE), points)
    assert_same(here, make(generator=make_generator(0, "cuda"), dtype=DOUBLE, device="cuda"), points)


@pytest.mark.parametrize("name", contract.RECIPES)
def test_every_recipe_is_the_same_map(name):
    points, settings = normal(20, 5), {"x": 3 * normal(50, 5), "dtype": DOUBLE}
    here = contract.RECIPES[name](5, 4, contract.HIDDEN, generator=make_generator(0), **settings)
    there = contract.RECIPES[name](5, 4, contract.HIDDEN, generator=make_generator(0, "cuda"), device="cuda", **settings)
    contract.settle(here, points, scale=0.3)
    assert_same(here, there, points)
    torch.testing.assert_close(here.log_prob(points), there.log_prob(points.cuda()).cpu(), **CLOSE)
    draws = there.sample(7, make_generator(1, "cuda"))
    assert draws.is_cuda and draws.dtype == DOUBLE and draws.shape == (7, 5)


@pytest.mark.parametrize("name", contract.RECIPES)
def test_training_does_not_wait_for_the_device(name):
    flow = contract.RECIPES[name](2, 4, generator=make_generator(0, "cuda"), device="cuda")
    x, adam = torch.randn(256, 2, device="cuda"), torch.optim.Adam(flow.parameters(), 1e-3)

    def step():
        adam.zero_grad()
        (-flow.log_prob(x).mean()).backward()
        adam.step()

    step()
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(3):
            step()
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_act_norm_waits_once_only():
    layer, x = ActNorm(3, device="cuda"), torch.randn(50, 3, device="cuda")
    layer.inverse(x)
    torch.cuda.set_sync_debug_mode("error")
    try:
        layer.inverse(x), layer(x)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_points_or_generators_on_the_wrong_side_are_refused():
    flow = contract.RECIPES["maf"](2, 2, generator=make_generator(0, "cuda"), device="cuda")
    with pytest.raises(InputError, match="x in float32 on cuda:0, like the weights"):
        flow.log_prob(torch.zeros(3, 2))
    with pytest.raises(InputError, match="generator on cuda"):
        contract.RECIPES["maf"](2, 2, generator=make_generator(0), device="cuda")
