"""Denoisers: shapes, times and labels that matter, weights from the generator alone, and the U-Net's law over grey values."""

import pytest
import torch

from course_lib.dynamics import cosine_schedule, linear_schedule, log_snr_schedule
from course_lib.inputs import InputError
from course_lib.models.denoisers import MLPDenoiser
from course_lib.models.unet import UNet
from course_lib.randomness import make_generator

SCHEDULE = log_snr_schedule(torch.linspace(8, -9, 20))
F64 = dict(dtype=torch.float64)


def mlp(seed=0, **settings):
    return MLPDenoiser(**{"dim": 3, "schedule": SCHEDULE, "width": 12, "depth": 2, "num_labels": 4, "dtype": torch.float64,
                          "generator": make_generator(seed), **settings})


def unet(seed=0, **settings):
    return UNet(**{"schedule": SCHEDULE, "channels": 8, "num_labels": 4, "dtype": torch.float64,
                   "generator": make_generator(seed), **settings}).eval()


@pytest.fixture(params=[mlp, unet])
def make(request):
    return request.param


def batch(model, n=6, seed=1):
    generator = make_generator(seed)
    dtype = model.times.signal.dtype
    x = torch.randn(n, model.dim, generator=generator, dtype=torch.float64).to(dtype)
    return x, torch.randint(1, 21, (n,), generator=generator), torch.randint(0, 5, (n,), generator=generator)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_one_finite_noise_a_coordinate_and_no_example_sees_another(make, dtype):
    model = make(dtype=dtype)
    x, t, labels = batch(model)
    value = model(x, t, labels)
    assert value.shape == x.shape and value.dtype == dtype and torch.isfinite(value).all()
    torch.testing.assert_close(value[2:3], model(x[2:3], t[2:3], labels[2:3]), rtol=1e-4, atol=1e-4)


def test_time_and_label_matter_and_no_label_is_the_null_label(make):
    model = make()
    x, _, labels = batch(model)
    t = torch.full((6,), 9)
    assert (model(x, t, labels) - model(x, t + 5, labels)).abs().max() > 1e-3
    others = [model(x, t, torch.full((6,), k)) for k in range(5)]
    assert all((a - b).abs().max() > 1e-5 for i, a in enumerate(others) for b in others[:i])
    assert torch.equal(model(x, t), others[4])


def test_every_weight_learns(make):
    model = make()
    x, t, labels = batch(model, 40)
    model(x, t, labels).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_same_seed_same_weights_whatever_else_ran(make):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = make(5).state_dict()
    assert torch.equal(before, torch.get_rng_state())
    second, other = make(5).state_dict(), make(6).state_dict()
    assert all(torch.equal(first[k], second[k]) for k in first)
    assert any(not torch.equal(first[k], other[k]) for k in first)


def test_weights_serve_a_schedule_with_other_steps(make):
    """The time is how noisy x_t is: in a chain with every other step, step t is step 2t, and says the same."""
    first, second = make(), make(schedule=log_snr_schedule(torch.linspace(8, -9, 20)[1::2]))
    second.load_state_dict(first.state_dict())
    x, t, labels = batch(first)
    t = t.clamp(max=10)
    torch.testing.assert_close(second(x, t, labels), first(x, 2 * t, labels), rtol=1e-6, atol=1e-8)


def test_the_mlp_says_v():
    """Near noise the answer is x itself, near data it is small: eps = sqrt(1 - a) x + sqrt(a) v with a bounded v."""
    model = mlp(schedule=cosine_schedule(200))
    x = batch(model)[0]
    last = torch.full((6,), 200)
    torch.testing.assert_close(model(x, last), x, rtol=1e-3, atol=1e-3)
    assert model(0 * x, torch.ones_like(last)).abs().max() < 2


def bayes(model, x, t, prior):
    """p(level | pixel) by brute force: prior times Gaussian likelihood, normalised."""
    out = torch.empty(len(x), 64, model.num_levels, **F64)
    for i in range(len(x)):
        a = float(SCHEDULE.alpha_bar[t[i]])
        for k, level in enumerate(torch.linspace(-1, 1, model.num_levels, **F64)):
            out[i, :, k] = prior[:, k] * torch.exp(-((x[i] - a**0.5 * level) ** 2) / (2 * (1 - a)))
    return out / out.sum(2, keepdim=True)


def test_a_net_that_says_a_prior_is_the_exact_denoiser_of_independent_pixels():
    """With the last layer silent, `usual` is the logarithm of each pixel's prior, and eps is exact by Bayes' rule."""
    model = unet(num_levels=5)
    with torch.no_grad():
        model.last.weight.zero_(), model.last.bias.zero_()
        model.usual.copy_(torch.randn(model.usual.shape, generator=make_generator(2), **F64))
    prior = model.usual.detach().flatten(1).T.softmax(1)
    t = torch.tensor([7, 12, 15, 20, 9, 10])  # where exp does not underflow
    x = torch.rand(6, 64, generator=make_generator(3), **F64) * 2 - 1
    expected = bayes(model, x, t, prior)
    torch.testing.assert_close(model.log_levels(x, t).exp(), expected, rtol=1e-8, atol=1e-10)
    a = SCHEDULE.alpha_bar[t, None]
    clean = expected @ torch.linspace(-1, 1, 5, **F64)
    torch.testing.assert_close(model(x, t), (x - a.sqrt() * clean) / (1 - a).sqrt(), rtol=1e-8, atol=1e-8)


def test_a_law_over_levels_that_rounds_at_low_noise():
    model = unet()
    levels = torch.randint(0, 17, (6, 64), generator=make_generator(4))
    x = levels.double() / 8 - 1
    first = torch.ones(6, dtype=torch.int64)
    a = SCHEDULE.alpha_bar[1]
    log_p = model.log_levels(a.sqrt() * x, first)
    torch.testing.assert_close(log_p.exp().sum(2), torch.ones(6, 64, **F64))
    assert torch.equal(log_p.argmax(2), levels)


def test_dropout_only_in_training():
    model = unet(dropout=0.5)
    x, t, labels = batch(model)
    assert torch.equal(model(x, t), model(x, t)) and not torch.equal(model.train()(x, t), model(x, t))


def test_the_size_of_the_course_s_unet():
    assert sum(p.numel() for p in UNet(SCHEDULE, num_labels=10).parameters()) == 318_289


@pytest.mark.parametrize("call, part", [
    (lambda m, x, t, y: m(x[:, :-1], t), "of shape"), (lambda m, x, t, y: m(x.float(), t), "float64 on cpu, like the weights"),
    (lambda m, x, t, y: m(x, t / 20), "t to be an int64"), (lambda m, x, t, y: m(x, t[:2]), "t to be an int64"),
    (lambda m, x, t, y: m(x, t + 20), r"t in [01]\.\.20"), (lambda m, x, t, y: m(x, t, y + 4), r"labels in 0\.\.4"),
    (lambda m, x, t, y: m(x, t, y[:1]), "labels to be an int64"),
])
def test_calls_that_do_not_fit(make, call, part):
    model = make()
    with pytest.raises(InputError, match=part):
        call(model, *batch(model))


@pytest.mark.parametrize("build, part", [
    (lambda: mlp(dim=0), "dim"), (lambda: mlp(width=1.5), "width"), (lambda: mlp(num_labels=0), "num_labels"),
    (lambda: mlp(schedule=None), "schedule to be a NoiseSchedule"), (lambda: unet(channels=12), "multiple of 8"),
    (lambda: unet(dropout=1.0), "dropout"), (lambda: unet(num_levels=1), "num_levels"),
    (lambda: mlp(num_labels=None)(*batch(mlp())), "no labels, for this denoiser"),
])
def test_settings_that_do_not_fit(build, part):
    with pytest.raises(InputError, match=part):
        build()


def test_any_schedule_will_do():
    for schedule in (linear_schedule(1000), cosine_schedule(7)):
        assert torch.isfinite(mlp(schedule=schedule).times.table).all()
