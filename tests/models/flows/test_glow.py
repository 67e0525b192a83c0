"""Glow on images: moves of pixels, whole flows against autograd, mass by the scale. In float64."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows import Flow
from course_lib.models.flows.glow import Glow, GlowStep, squeeze, unsqueeze
from course_lib.randomness import make_generator

DOUBLE = {"dtype": torch.float64}


def shaken(layer, seed=1, size=0.2):
    generator = make_generator(seed)
    with torch.no_grad():
        for p in layer.parameters():
            p += size * torch.randn(p.shape, generator=generator, **DOUBLE)
    return layer.eval()


def test_squeeze_puts_blocks_into_channels():
    image = torch.arange(2 * 4 * 6, **DOUBLE).view(1, 2, 4, 6)
    y = squeeze(image)
    assert y.shape == (1, 8, 2, 3)
    for channel in range(2):
        for r in range(2):
            for s in range(2):
                assert torch.equal(y[0, 4 * channel + 2 * r + s], image[0, channel, r::2, s::2])
    assert torch.equal(unsqueeze(y), image)


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: squeeze(torch.zeros(1, 1, 7, 8)), "an even height and width.*7 x 8.*pad"),
    (lambda: squeeze(torch.zeros(1, 1, 8, 5)), "an even height and width.*8 x 5"),
    (lambda: squeeze(torch.zeros(1, 64)), "shape \\(n, channels, height, width\\).*unflatten"),
    (lambda: unsqueeze(torch.zeros(1, 6, 2, 2)), "channels in fours.*6 channels"),
    (lambda: Glow(height=8, width=6, num_scales=2), "halved 2 times.*8 x 6.*fewer scales"),
    (lambda: Glow(num_steps=0), "num_steps"),
    (lambda: Glow().inverse(torch.zeros(2, 63)), "\\(n, 64\\)"),
    (lambda: Glow()(torch.zeros(2, 1, 8, 8)), "flatten"),
])
def test_wrong_input_is_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()


@pytest.mark.parametrize("settings", [{"num_scales": 1}, {"num_scales": 2}, {"num_scales": 2, "channels": 3, "width": 4}])
def test_log_determinants_both_ways_and_the_way_back(settings):
    glow = shaken(Glow(**{"height": 4, "width": 8, "num_steps": 2, "hidden": 5, "generator": make_generator(0), **DOUBLE,
                          **settings}))
    x = torch.randn(3, glow.dim, generator=make_generator(2), **DOUBLE)
    for one_way, back in ((glow.inverse, glow.forward), (glow.forward, glow.inverse)):
        with torch.no_grad():
            y, log_det = one_way(x)
        for i in range(3):
            jacobian = torch.autograd.functional.jacobian(lambda p: one_way(p[None])[0][0], x[i])
            assert float(log_det[i]) == pytest.approx(float(torch.linalg.slogdet(jacobian)[1]), abs=1e-8)
        again, back_det = back(y)
        torch.testing.assert_close((again, back_det), (x, -log_det), rtol=1e-8, atol=1e-8)
    assert log_det.std() > 1e-3  # not the same for all images


def test_at_the_start_it_is_a_rotation():
    glow = Glow(generator=make_generator(0), **DOUBLE).eval()
    x = torch.randn(6, 64, generator=make_generator(1), **DOUBLE)
    z, log_det = glow.inverse(x)
    torch.testing.assert_close(z.norm(dim=1), x.norm(dim=1))
    torch.testing.assert_close(log_det, torch.zeros(6, **DOUBLE), rtol=0, atol=1e-12)
    assert (z - x).abs().max() > 0.5


def test_half_the_channels_leave_after_each_scale():
    """With the second scale's steps changed, the first 32 numbers of z stay: they had left before."""
    glow = Glow(num_steps=1, hidden=4, generator=make_generator(0), **DOUBLE).eval()
    x = torch.randn(2, 64, generator=make_generator(1), **DOUBLE)
    before = glow.inverse(x)[0]
    shaken(glow.scales[1], 5)
    after = glow.inverse(x)[0]
    assert torch.equal(before[:, :32], after[:, :32]) and (before[:, 32:] != after[:, 32:]).all()


def test_one_step_reads_its_neighbours():
    """A pixel changes what the coupling does to its neighbours within a 3x3 convolution twice: all within 2 of it."""
    step = shaken(GlowStep(4, 6, generator=make_generator(0), **DOUBLE))
    x = torch.randn(1, 4, 9, 9, generator=make_generator(1), **DOUBLE)
    moved = x.clone()
    moved[0, 0, 4, 4] += 1
    changed = ((step.inverse(moved)[0] - step.inverse(x)[0]).abs() > 1e-12).any(1)[0]
    expected = torch.zeros(9, 9, dtype=torch.bool)
    expected[2:7, 2:7] = True
    assert torch.equal(changed, expected)


def test_the_density_has_mass_one():
    """Four pixels, by importance sampling from a wider normal law, 200 000 draws: fails with 5 sigma, 6e-7."""
    flow = Flow([shaken(Glow(height=2, width=2, num_scales=1, num_steps=2, hidden=4, generator=make_generator(0), **DOUBLE))], 4)
    scale = 2.5
    x = scale * torch.randn(200_000, 4, generator=make_generator(3), **DOUBLE)
    log_proposal = -(x**2).sum(1) / (2 * scale**2) - 2 * math.log(2 * math.pi) - 4 * math.log(scale)
    with torch.no_grad():
        weight = (flow.log_prob(x) - log_proposal).exp()
    assert abs(float(weight.mean()) - 1) < 5 * float(weight.std()) / math.sqrt(len(x)) < 0.1


def test_samples_depend_on_the_generator_alone_and_a_copy_agrees():
    flow = Flow([Glow(generator=make_generator(0))], 64)
    flow.inverse(torch.randn(30, 64, generator=make_generator(1)))  # ActNorm sets itself
    copy = Flow([Glow(generator=make_generator(9))], 64)
    copy.load_state_dict(flow.state_dict())
    assert torch.equal(flow.sample(3, make_generator(4)), copy.sample(3, make_generator(4)))
    assert copy.layers[0].scales[0][0].norm.initialised
