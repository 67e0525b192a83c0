"""The functions behind the lecture's numbers, run short, and the shipped U-Net beside what it must beat."""

import math

import pytest
import torch

from course_lib.data import load_digits
from course_lib.dynamics import log_snr_schedule
from course_lib.experiments import diffusion_on_digits
from course_lib.experiments.denoising_diffusion import TOYS, Row, floor_of, judge, table, train_toy
from course_lib.experiments.diffusion_memory import error_rows, memoriser_samples, neighbours
from course_lib.experiments.diffusion_on_digits import (CHANNELS, accuracy, bound_of, bound_row, digits_schedule, guidance_rows, load_unet,
                                                        sample_digits, spread_within_class, to_pixels, to_unit, train_classifier)
from course_lib.experiments.diffusion_training import StepSampler, WeightAverage, train
from course_lib.experiments.diffusion_unet_training import train_unet
from course_lib.models.saved import load_weights, save_weights
from course_lib.models.unet import UNet
from course_lib.objectives.denoising import level_reconstruction, sampled_bound
from course_lib.randomness import make_generator


def test_the_table_has_a_row_for_every_toy_sampler_and_number_of_steps():
    everything = table(short=True)
    rows = [r for r in everything if isinstance(r, Row)]
    assert [type(r).__name__ for r in everything[len(rows):]] == 6 * ["BoundRow"] + 2 * ["GuidanceRow"]
    assert [(r.data, r.sampler, r.steps) for r in rows] == [
        (name, sampler, steps) for name in TOYS for sampler in ("ancestral", "DDIM, eta=0") for steps in (5, 20)]
    assert all(math.isfinite(r.distance) and 0 < r.low < r.floor < r.high for r in rows)


def test_three_hundred_iterations_come_near_the_floor():
    """30 DDIM steps, 1000 points. Over six seeds the ratios were 1.33 to 1.46, and 4.24 to 4.58 after one iteration."""
    floor = floor_of("eight_gaussians", 1000, 20)
    trained, untrained = (judge(train_toy("eight_gaussians", k), floor, 30, 0.0, 1000, 2) for k in (300, 1))
    assert trained.ratio < 2.5 < untrained.ratio


def test_the_bound_is_valid_where_the_likelihood_is_known():
    """Independent pixels with add-one counts have 106.47 nats on test. The exact denoiser of that law, in the digits' chain, must
    not beat it (6 standard errors of the paired difference, false alarm 1e-9), and loses about one nat to its 1000 steps."""
    known, test = load_digits("train"), load_digits("test")
    counts = 1.0 + torch.nn.functional.one_hot(known.images.long(), 17).sum(0)
    log_prior = (counts / counts.sum(1, keepdim=True)).log()
    exact = -log_prior.gather(1, test.images.long().T).sum(0)
    schedule, levels = digits_schedule(), torch.linspace(-1, 1, 17)

    def log_levels(x, t):
        signal, level = (table[t].float()[:, None, None] for table in (schedule.alpha_bar.sqrt(), schedule.noise_variance.sqrt()))
        return torch.log_softmax(log_prior - ((x[:, :, None] - signal * levels) / level) ** 2 / 2, 2)

    def predict(x, t):
        signal, level = (table[t].float()[:, None] for table in (schedule.alpha_bar.sqrt(), schedule.noise_variance.sqrt()))
        return (x - signal * (log_levels(x, t).exp() @ levels)) / level

    bound = sampled_bound(predict, to_unit(test.images), schedule, level_reconstruction(log_levels, 17), 60, make_generator(0))
    difference = bound - exact
    error = float(difference.std()) / len(difference) ** 0.5
    assert exact.mean().item() == pytest.approx(106.47, abs=0.01)
    assert 0 < float(difference.mean()) + 6 * error and float(difference.mean()) < 2 + 6 * error


def test_the_step_sampler_is_unbiased_and_goes_where_the_loss_is():
    """The mean of weight * loss is the sum over steps: 6 standard errors (stratified draws do better), false alarm 2e-9."""
    sampler, generator = StepSampler(40, num_bins=8, memory=0.5), make_generator(0)
    loss = lambda t: torch.where(t > 30, 5.0, 0.1) * t
    for _ in range(20):
        t, _ = sampler.draw(64, generator)
        sampler.update(t, loss(t))
    assert float(sampler.probabilities().sum()) == pytest.approx(1)
    t, weight = sampler.draw(4000, generator)
    assert t.min() >= 1 and t.max() <= 40 and float((t > 30).double().mean()) > 0.6
    values = weight * loss(t)
    assert abs(float(values.mean()) - float(loss(torch.arange(1, 41)).sum())) < 6 * float(values.std()) / 4000**0.5


def test_the_average_forgets_the_first_weights_and_stands_still():
    model = torch.nn.Linear(1, 1)
    average = WeightAverage(model, 0.9)
    with torch.no_grad():
        model.weight.fill_(3.0)
    for _ in range(200):
        average.update(model)
    assert average.model.weight.item() == pytest.approx(3.0, abs=1e-5) and not average.model.training
    average.update(torch.nn.Linear(1, 1))
    assert average.model.weight.item() != pytest.approx(3.0) and model.weight.item() == 3.0


def test_the_weights_of_the_lowest_judgement_are_kept():
    model, numbers, seen = torch.nn.Linear(2, 1), iter([3.0, 1.0, 2.0]), []
    judge = lambda average: seen.append(average.weight.clone()) or next(numbers)
    loss = lambda model, generator: (model(torch.randn(8, 2, generator=generator)) ** 2).mean()
    best, judgements = train(model, loss, 25, judge=judge, judge_every=10, generator=make_generator(0))
    assert judgements == [(10, 3.0), (20, 1.0), (25, 2.0)] and torch.equal(best.weight, seen[1])
    assert not torch.equal(seen[1], seen[2])


def test_training_lowers_the_bound_and_leaves_the_global_random_state_alone():
    before = torch.get_rng_state()
    model, judgements = train_unet(6, batch_size=8, channels=8, judge_every=3)
    assert torch.equal(before, torch.get_rng_state()) and [step for step, _ in judgements] == [3, 6]
    assert judgements[1][1] < judgements[0][1] < 250 and not model.training


def test_weights_go_through_a_file(tmp_path):
    """What ships is float16: written again in it, the file gives the same weights back, bit for bit."""
    save_weights(load_unet(), tmp_path / "again.npz", torch.float16)
    assert (tmp_path / "again.npz").stat().st_size < 1_200_000
    again = load_weights(UNet(digits_schedule(), CHANNELS, 10, 17, generator=make_generator(1)), tmp_path / "again.npz")
    assert all(torch.equal(value, again.state_dict()[name]) for name, value in load_unet().state_dict().items())


def test_the_shipped_unet_beats_independent_pixels_and_more():
    """60 test images. Independent pixels need 106 nats; a number far below what the full run finds would be a fault, too."""
    row = bound_row(load_unet(), "test", num_times=10, num_repeats=2, num_images=60)
    assert 60 < row.nats < 95 and row.bits_per_dim == pytest.approx(row.nats / 64 / math.log(2)), row


def test_the_short_bounds_and_labels_help():
    rows = diffusion_on_digits.table(short=True)
    assert [r.split for r in rows] == ["train", "validation"] + 4 * ["test"] and rows[-1].told == "label"
    assert [r.steps for r in rows] == [1000, 1000, 100, 1000, 10_000, 1000]
    assert all(math.isfinite(r.nats) and r.error > 0 for r in rows)


def test_a_law_over_all_images_is_told_by_its_labels():
    """The right label lowers the bound and a wrong one raises it: same noise, 60 images. Over four seeds by 3 and by 10 nats."""
    data, model = load_digits("validation"), load_unet()
    x_0, labels = to_unit(data.images[:60]), data.labels[:60]
    none, right, wrong = (float(bound_of(model, x_0, 10, y).mean()) for y in (None, labels, (labels + 3) % 10))
    assert right < none < wrong


def test_samples_are_digits_of_their_class():
    """50 draws at weight 2: over twelve seeds all were recognised; guessing gives 10 %."""
    labels = torch.arange(10).repeat(5)
    pixels = sample_digits(load_unet(), labels, 2.0, 25, make_generator(0))
    assert torch.equal(pixels, to_pixels(to_unit(pixels))) and pixels.min() >= 0 and pixels.max() <= 16
    assert accuracy(train_classifier(*load_digits("train")), pixels, labels) > 0.8


def test_guidance_rows_run_short():
    rows = guidance_rows(load_unet(), (0.0, 4.0), per_class=2, num_steps=4)
    assert [r.weight for r in rows] == ["real", 0.0, 4.0] and rows[0].recognised > 0.85 and all(r.spread > 0 for r in rows)


def test_spread_is_a_mean_distance():
    pixels = torch.tensor([[0.0, 0.0], [3.0, 4.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    assert spread_within_class(pixels, torch.tensor([0, 0, 1, 1, 1])) == pytest.approx((5 + 4 / 3) / 2)


def test_the_exact_minimiser_copies_and_the_trained_net_does_not():
    assert neighbours("exact minimiser", memoriser_samples(30, 30)).copies == 1
    pixels = sample_digits(load_unet(), torch.full((30,), 10), 0.0, 25, make_generator(1))
    assert neighbours("U-Net", pixels).copies < 0.1


def test_who_denoises_best():
    """At a noise of one grey level the memoriser is perfect on its own images and the worst on new ones."""
    rows = {r.split: r for r in error_rows(load_unet(), (4.0,), 200)}
    assert rows["train"].memorising < 0.01 and rows["test"].unet < rows["test"].linear < rows["test"].memorising


def test_the_digits_chain_ends_in_noise_and_starts_within_rounding():
    schedule = digits_schedule()
    assert float(schedule.alpha_bar[-1]) < 2e-4 and 8 * float(schedule.noise_variance[1].sqrt()) < 0.25
    assert torch.equal(to_pixels(to_unit(torch.arange(17.0))), torch.arange(17.0))
    torch.testing.assert_close(schedule.beta, log_snr_schedule(torch.linspace(8, -9, 1000, dtype=torch.float64)).beta)
