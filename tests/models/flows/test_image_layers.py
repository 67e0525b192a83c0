"""The layers of a Glow step, each alone, in float64. Judge: autograd's slogdet of the whole image, both ways."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows.image_layers import ImageActNorm, ImageCoupling, InvertibleConv
from course_lib.randomness import make_generator

SHAPE = (4, 2, 3)  # channels, height, width: all different
DOUBLE = {"dtype": torch.float64}


def images(n=5, shape=SHAPE, seed=0):
    return torch.randn(n, *shape, generator=make_generator(seed), **DOUBLE)


def shaken(layer, seed=1, size=0.3):
    """Every weight moved, so that no layer is the identity or keeps volumes."""
    generator = make_generator(seed)
    with torch.no_grad():
        for p in layer.parameters():
            p += size * torch.randn(p.shape, generator=generator, **DOUBLE)
    return layer.eval()


def reflected():
    """A 1x1 convolution with a negative determinant, and no volume kept."""
    layer = shaken(InvertibleConv(4, generator=make_generator(0), **DOUBLE))
    if torch.linalg.det(layer.weight) > 0:
        with torch.no_grad():
            layer.weight[0] *= -1.5
    return layer


LAYERS = {
    "actnorm": lambda: shaken(ImageActNorm(4, **DOUBLE)),
    "conv": lambda: shaken(InvertibleConv(4, generator=make_generator(0), **DOUBLE)),
    "conv, negative determinant": reflected,
    "coupling": lambda: shaken(ImageCoupling(4, 6, generator=make_generator(0), **DOUBLE)),
    "coupling, odd channels": lambda: shaken(ImageCoupling(3, 6, generator=make_generator(0), **DOUBLE)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_log_determinants_both_ways_and_the_way_back(name):
    layer = LAYERS[name]()
    shape = (layer.channels, *SHAPE[1:])
    x = images(shape=shape)
    for one_way, back in ((layer.inverse, layer.forward), (layer.forward, layer.inverse)):
        with torch.no_grad():
            y, log_det = one_way(x)
        assert y.shape == x.shape and log_det.shape == (5,)
        for i in range(5):
            jacobian = torch.autograd.functional.jacobian(lambda p: one_way(p.view(1, *shape))[0].flatten(), x[i].flatten())
            exact = torch.linalg.slogdet(jacobian)[1]
            assert float(log_det[i]) == pytest.approx(float(exact), abs=1e-9) and abs(float(exact)) > 1e-2
        again, back_det = back(y)
        torch.testing.assert_close((again, back_det), (x, -log_det), rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(layer.inverse(x[2:3])[0], layer.inverse(x)[0][2:3])  # no image sees another


def test_the_reflection_has_a_negative_determinant():
    assert torch.linalg.det(reflected().weight) < 0


def test_conv_is_a_matrix_at_every_pixel_and_starts_as_a_rotation():
    layer = InvertibleConv(4, generator=make_generator(0), **DOUBLE)
    x = images()
    y, log_det = layer.inverse(x)
    torch.testing.assert_close(y[3, :, 1, 2], layer.weight @ x[3, :, 1, 2])
    torch.testing.assert_close(layer.weight @ layer.weight.T, torch.eye(4, **DOUBLE))
    torch.testing.assert_close(log_det, torch.zeros(5, **DOUBLE))
    assert not torch.equal(layer.weight, InvertibleConv(4, generator=make_generator(1), **DOUBLE).weight)


def test_the_gradient_of_the_log_determinant_is_height_width_times_the_inverse():
    layer = LAYERS["conv"]()
    layer.inverse(images())[1][0].backward()
    torch.testing.assert_close(layer.weight.grad, 6 * torch.linalg.inv(layer.weight).T)


def test_coupling_starts_as_the_identity_and_keeps_its_first_half():
    fresh, x = ImageCoupling(4, 6, generator=make_generator(0), **DOUBLE), images()
    assert torch.equal(fresh.inverse(x)[0], x) and not fresh.inverse(x)[1].any()
    y, _ = LAYERS["coupling"]().inverse(x)
    assert torch.equal(y[:, :2], x[:, :2]) and (y[:, 2:] != x[:, 2:]).all()


def test_coupling_is_finite_for_any_input_and_weights():
    layer = shaken(ImageCoupling(4, 6, generator=make_generator(0), **DOUBLE), size=50.0)
    z, log_det = layer.inverse(1e3 * images())
    assert torch.isfinite(z).all() and (log_det.abs() <= 2.0 * 2 * 6 + 1e-9).all()  # at most c for each of 2 channels, 6 pixels


def test_actnorm_sets_itself_once_by_its_first_training_batch():
    layer, x = ImageActNorm(4, **DOUBLE), 3 * images(20) + 5
    z, _ = layer.inverse(x)
    torch.testing.assert_close(z.mean((0, 2, 3)), torch.zeros(4, **DOUBLE))
    torch.testing.assert_close(z.std((0, 2, 3), correction=0), torch.ones(4, **DOUBLE))
    shift = layer.shift.clone()
    layer.inverse(x + 1)
    assert torch.equal(layer.shift, shift)
    assert torch.equal(layer.eval().inverse(x)[0], z)  # the same map in evaluation


def test_actnorm_loaded_is_not_set_again_and_evaluation_sets_nothing():
    layer, x = ImageActNorm(4, **DOUBLE), images(20) + 5
    layer.eval().inverse(x)
    assert not layer.initialised and not layer.shift.any()
    layer.train().inverse(x)
    loaded = ImageActNorm(4, **DOUBLE)
    loaded.load_state_dict(layer.state_dict())
    loaded.train().inverse(10 * x)
    assert torch.equal(loaded.shift, layer.shift) and torch.equal(loaded.log_scale, layer.log_scale)


@pytest.mark.parametrize("weight", [torch.zeros(4, 4), torch.ones(4, 4), torch.arange(16.0).view(4, 4)])
def test_a_singular_convolution_is_one_sentence(weight):
    """Exactly singular, and singular up to rounding (the last one: its slogdet is about -40, not -inf)."""
    layer = InvertibleConv(4, **DOUBLE)
    with torch.no_grad():
        layer.weight.copy_(weight)
    for way in (layer.inverse, layer.forward):
        with pytest.raises(InputError, match="1x1 convolution that can be undone.*singular 4 x 4.*learning rate"):
            way(images())


@pytest.mark.parametrize("name", ["actnorm", "conv", "coupling"])
def test_wrong_input_is_one_sentence(name):
    layer = LAYERS[name]()
    for way in (layer.inverse, layer.forward):
        with pytest.raises(InputError, match="shape \\(n, 4, height, width\\).*unflatten"):
            way(images().flatten(1))
        with pytest.raises(InputError, match="shape \\(n, 4, height, width\\).*\\(5, 3, 2, 3\\)"):
            way(images()[:, :3])


def test_a_constant_channel_and_a_single_channel_are_one_sentence():
    with pytest.raises(InputError, match="every channel of the first batch to vary"):
        ImageActNorm(4, **DOUBLE).inverse(images() * torch.tensor([1, 1, 0, 1.0]).view(4, 1, 1).double())
    with pytest.raises(InputError, match="channels to be a whole number of at least 2"):
        ImageCoupling(1)
