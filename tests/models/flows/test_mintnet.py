"""Masked invertible convolutions: a triangular Jacobian with a positive diagonal, exact log-det, exact inverse."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows.layer import Inverted
from course_lib.models.flows.mintnet import MaskedInvertibleConv, MintLayer, elu_slope
from course_lib.models.flows.triangular import solve_triangular_map, substitute
from course_lib.randomness import make_generator

CASES = [(kind, channels, flip) for kind in (MaskedInvertibleConv, MintLayer) for channels in (1, 2) for flip in (False, True)]


def make(kind, channels, flip, seed=0, spread=0.7):
    """A layer far from its start: every parameter moved by `spread` standard normals."""
    options = {"num_paths": 3} if kind is MintLayer else {}
    layer = kind(channels, flip=flip, generator=make_generator(seed), dtype=torch.float64, **options)
    for parameter in layer.parameters():
        parameter.data.add_(spread * torch.randn(parameter.shape, generator=make_generator(seed + 1), dtype=torch.float64))
    return layer


def images(channels, n=3, height=4, width=3, seed=2):
    return torch.randn(n, channels, height, width, generator=make_generator(seed), dtype=torch.float64)


def jacobian(layer, image):
    """(numbers, numbers) in raster order, the channels of a pixel side by side; reversed for flip."""
    full = torch.autograd.functional.jacobian(lambda u: layer(u[None])[0][0], image, vectorize=True)
    number = image.numel()
    order = torch.arange(number).reshape(image.shape).permute(1, 2, 0).flatten()
    order = order.flip(0) if layer.flip else order
    return full.reshape(number, number)[order][:, order]


@pytest.mark.parametrize("kind, channels, flip", CASES)
def test_the_jacobian_is_triangular_with_the_stated_diagonal(kind, channels, flip):
    layer, z = make(kind, channels, flip), images(channels)
    for image, slope, log_det in zip(z, layer._value_and_slope(z)[1], layer(z)[1]):
        matrix = jacobian(layer, image)
        assert torch.equal(matrix, matrix.tril())
        expected = slope.permute(1, 2, 0).flatten()
        torch.testing.assert_close(matrix.diag(), expected.flip(0) if flip else expected)
        assert bool((matrix.diag() > 0).all())
        torch.testing.assert_close(log_det, torch.linalg.slogdet(matrix).logabsdet)
        assert abs(float(log_det.detach())) > 0.1


def test_all_that_came_before_is_seen():
    """One 3x3 convolution sees four earlier pixels, and the earlier channels of its own; three in a row see further."""
    seen = (jacobian(make(MaskedInvertibleConv, 2, False), images(2)[0]) != 0).sum(1)
    assert int(seen.max()) == 4 * 2 + 2
    centre = 2 * (1 * 3 + 1)  # row 1, column 1: its neighbours above and to the left, two channels each
    assert seen[centre:centre + 2].tolist() == [9, 10]
    assert int((jacobian(make(MintLayer, 2, False), images(2)[0]) != 0).sum()) == 24 * 25 // 2 - 2 * 2 * 6 + 12


@pytest.mark.parametrize("kind, channels, flip", CASES)
def test_the_inverse_is_exact(kind, channels, flip):
    layer, z = make(kind, channels, flip), images(channels)
    x, log_det = layer(z)
    back, change = layer.inverse(x)
    torch.testing.assert_close(back, z, atol=1e-10, rtol=0)
    torch.testing.assert_close(change, -log_det, atol=1e-10, rtol=0)
    by_number = substitute(layer._value_and_slope, x[:, :, :2].detach(), flip) if not flip else z[:, :, :2]
    torch.testing.assert_close(by_number, z[:, :, :2], atol=1e-10, rtol=0)  # the upper rows do not know of the lower ones


def test_images_of_digits_in_float32():
    z = images(1, 4, 8, 8).float()
    for layer in (MaskedInvertibleConv(1, generator=make_generator(0)), MintLayer(1, generator=make_generator(0))):
        torch.testing.assert_close(layer.inverse(layer(z)[0])[0], z, atol=1e-5, rtol=0)


def test_a_map_that_defeats_newton_is_solved_by_bisection():
    """f(z) = z / 10 + arctan z: from |z| above 3 Newton's step leaps over the root and further out each time."""
    steep = lambda z: (z / 10 + 5 * torch.atan(z), 0.1 + 5 / (1 + z.square()))
    x, calls = 8 * images(1), []
    z = solve_triangular_map(lambda z: calls.append(1) or steep(z), x)
    torch.testing.assert_close(steep(z)[0], x, atol=1e-12, rtol=0)
    assert len(calls) > 100  # Newton alone takes at most 33


def test_the_sign_of_the_middle_weights_is_what_keeps_the_diagonal_positive():
    layer, z = make(MintLayer, 1, False, spread=3.0), images(1, n=50)
    least = float(layer.log_slope.exp())
    assert float(layer._value_and_slope(z)[1].min()) >= least
    assert least > 0
    layer.own2 = lambda: -type(layer).own2(layer)
    assert float(layer._value_and_slope(z)[1].min()) < 0


def test_the_layer_is_not_linear_but_the_convolution_is():
    z = images(1)
    for kind, linear in ((MaskedInvertibleConv, True), (MintLayer, False)):
        layer = make(kind, 1, False)
        at = lambda z: layer(z)[0] - layer(torch.zeros_like(z))[0]
        assert torch.allclose(at(2 * z), 2 * at(z)) == linear


def test_the_log_det_of_the_convolution_in_closed_form():
    layer = make(MaskedInvertibleConv, 2, False)
    torch.testing.assert_close(layer(images(2))[1], 12 * layer.log_slope.sum().expand(3))


def test_the_slope_of_elu():
    a = torch.linspace(-40, 5, 100, dtype=torch.float64, requires_grad=True)
    torch.testing.assert_close(elu_slope(a), torch.autograd.grad(torch.nn.functional.elu(a).sum(), a)[0])


@pytest.mark.parametrize("kind, channels, flip", CASES[::3])
@pytest.mark.parametrize("way", ["forward", "inverse"])
def test_gradients_agree_with_finite_differences(kind, channels, flip, way):
    """Of the inverse, too, whose iteration is not recorded."""
    layer, x = make(kind, channels, flip, spread=0.1), images(channels).requires_grad_()
    run = layer if way == "forward" else layer.inverse

    def value():
        out, change = run(x)
        return out.square().sum() + change.sum()

    inputs = [x, *layer.parameters()]
    for tensor, grad in zip(inputs, torch.autograd.grad(value(), inputs)):
        direction = torch.randn(tensor.shape, generator=make_generator(7), dtype=torch.float64)
        start, ends = tensor.data.clone(), []
        for step in (1e-6, -1e-6):
            tensor.data = start + step * direction
            ends.append(float(value().detach()))
        tensor.data = start
        assert (ends[0] - ends[1]) / 2e-6 == pytest.approx(float((grad * direction).sum()), rel=1e-4, abs=1e-4)


def test_the_other_way_round_it_trains_by_one_pass():
    layer = Inverted(MintLayer(1, generator=make_generator(3), dtype=torch.float64))
    z, log_det = layer.inverse(images(1))
    (log_det.mean() - z.square().mean()).backward()
    assert all(parameter.grad is not None for name, parameter in layer.named_parameters())
    torch.testing.assert_close(layer(z)[0], images(1), atol=1e-10, rtol=0)


def test_same_generator_same_weights():
    first, second = (MintLayer(1, generator=make_generator(4)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters()))


@pytest.mark.parametrize("make_it, sentence", [
    (lambda: MintLayer(0), "channels to be a whole number"),
    (lambda: MintLayer(1, num_paths=0), "num_paths to be a whole number"),
    (lambda: MaskedInvertibleConv(1)(torch.zeros(2, 64)), "z to be images"),
    (lambda: MaskedInvertibleConv(1).inverse(torch.zeros(2, 3, 8, 8)), "x to be images"),
])
def test_wrong_arguments_get_one_sentence(make_it, sentence):
    with pytest.raises(InputError, match=sentence):
        make_it()
