"""Reverse KL where everything is known: affine flows, and a flow that is exact."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import ElementwiseAffine, Flow, FlowLayer
from course_lib.objectives.reverse_kl import reverse_kl
from course_lib.randomness import make_generator
from course_lib.targets.two_modes import TwoModes

DOUBLE = {"dtype": torch.float64}


class ExactMap(FlowLayer):
    """The increasing map onto two modes, as a flow."""

    def forward(self, z):
        return TwoModes(2.0, 0.5, 2, **DOUBLE).exact_map(z)


def noise(n, seed=0):
    return torch.randn(n, 2, generator=make_generator(seed), **DOUBLE)


def test_every_term_is_minus_log_z_for_an_exact_flow():
    target = TwoModes(2.0, 0.5, 2, **DOUBLE)
    value = reverse_kl(ExactMap(), lambda x: target.log_prob(x) + 1.7, noise(500))
    assert torch.allclose(value, torch.full_like(value, -1.7), rtol=0, atol=1e-10)


def test_mean_is_the_kl_of_two_gaussians():
    flow = Flow([ElementwiseAffine(2, **DOUBLE)], 2)  # starts as the identity: N(0, I)
    log_target = lambda x: -((x - 1) ** 2).sum(-1) / 8  # N(1, 4 I), log Z = log 8 pi
    value = (reverse_kl(flow, log_target, noise(100_000)) + math.log(8 * math.pi)).detach()
    exact = 2 * (math.log(2) + (1 + 1) / 8 - 0.5)
    assert abs(float(value.mean()) - exact) < 5 * float(value.std()) / 100_000**0.5  # 5 sigma: wrong in one of 2 million


def test_gradient_is_that_of_the_closed_form():
    # q = N(b, e^{2a}) a coordinate, p = N(1, 4): KL = log 2 - a + (e^{2a} + (b - 1)^2) / 8 - 1/2.
    layer = ElementwiseAffine(2, **DOUBLE)
    z = noise(100_000, 1)
    z = torch.cat([z, -z])  # with its mirror image the noise has mean 0 exactly
    z = z / z.square().mean(0).sqrt()  # and variance 1
    reverse_kl(Flow([layer], 2), lambda x: -((x - 1) ** 2).sum(-1) / 8, z).mean().backward()
    gradients = sorted(float(g) for p in layer.parameters() for g in p.grad)
    assert gradients == pytest.approx([-0.75, -0.75, -0.25, -0.25], abs=1e-9)


def test_mistakes_are_said():
    flow = Flow([ElementwiseAffine(2, **DOUBLE)], 2)
    for wrong in (lambda x: x.square(), lambda x: torch.full((len(x),), float("nan"), **DOUBLE),
                  lambda x: torch.where(x[:, 0] > 0, 0.0, -float("inf"))):
        with pytest.raises(InputError):
            reverse_kl(flow, wrong, noise(100))
    with pytest.raises(InputError, match="z"):
        reverse_kl(flow, lambda x: -x.square().sum(-1), torch.zeros(3))
