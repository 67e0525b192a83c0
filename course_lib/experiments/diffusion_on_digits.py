"""A U-Net that denoises handwritten digits: its bound on the likelihood, its draws, and what guidance does to them.

Pixels 0..16 become x_0 in [-1, 1]. The bound is one on the probability of the grey values: L_0 is the U-Net's own law over the
17 levels of every pixel given x_1. `load_unet()` gives the trained weights; `diffusion_unet_training` made them.
"""

import math
from importlib.resources import files
from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.data import load_digits
from course_lib.dynamics import NoiseSchedule, ancestral_sample, guided, log_snr_schedule, step_sequence
from course_lib.inputs import describe, require
from course_lib.models.initialisation import draw_weights, linear
from course_lib.models.saved import load_weights
from course_lib.models.unet import UNet
from course_lib.objectives.denoising import level_reconstruction, sampled_bound
from course_lib.randomness import make_generator

NUM_LABELS, NUM_LEVELS, DIM, CHANNELS = 10, 17, 64, 32
WEIGHTS = "digits_unet.npz"


def digits_schedule(num_steps: int = 1000) -> NoiseSchedule:
    """log snr from 8 (noise of 0.15 grey levels: rounding finds the level) evenly down to -9 (noise alone)."""
    return log_snr_schedule(torch.linspace(8, -9, num_steps, dtype=torch.float64))


def schedule_of(model: UNet) -> NoiseSchedule:
    """The chain in which a digits' U-Net was put."""
    return digits_schedule(model.times.num_steps)


def to_unit(pixels: Tensor) -> Tensor:
    """0..16 -> [-1, 1]."""
    return pixels / 8 - 1


def to_pixels(x: Tensor) -> Tensor:
    """[-1, 1] -> the nearest of 0, 1, ..., 16."""
    return ((x + 1) * 8).round().clamp(0, NUM_LEVELS - 1)


@torch.no_grad()
def bound_of(model: UNet, x_0: Tensor, num_times: int, labels: Tensor | None = None, seed: int = 7) -> Tensor:
    """An unbiased estimate of the bound on -log p(x_0), or given labels on -log p(x_0 | label): nats, (n,)."""
    reconstruction = level_reconstruction(lambda x, t: model.log_levels(x, t, labels), NUM_LEVELS)
    predict = lambda x, t: model(x, t, labels)
    return sampled_bound(predict, x_0, schedule_of(model), reconstruction, num_times, make_generator(seed, x_0.device))


def load_unet(num_steps: int = 1000, device: str | torch.device = "cpu") -> UNet:
    """The trained U-Net of the course, in evaluation mode, in a chain of num_steps (1000 in training; any number will do).

    What judges it and draws from it works on its device.
    """
    model = UNet(digits_schedule(num_steps), CHANNELS, NUM_LABELS, NUM_LEVELS, generator=make_generator(0))
    return load_weights(model, files(__package__) / WEIGHTS).to(device).eval().requires_grad_(False)


class BoundRow(NamedTuple):
    """Nats per image: mean, its standard error over images, that of the noise draws alone; bits per pixel."""

    split: str
    told: str
    steps: int
    nats: float
    error: float
    noise_error: float
    bits_per_dim: float
    images: int


def bound_row(model: UNet, split: str, with_labels: bool = False, num_times: int = 40, num_repeats: int = 5,
              num_images: int | None = None) -> BoundRow:
    """The bound on a split: num_repeats independent estimates with num_times steps each, whose spread is the noise error."""
    data = load_digits(split, model.levels.device)
    x_0, labels = to_unit(data.images[:num_images]), data.labels[:num_images] if with_labels else None
    values = torch.stack([bound_of(model, x_0, num_times, labels, seed=1000 + k) for k in range(num_repeats)]).double()
    means, per_image = values.mean(1), values.mean(0)
    nats = float(means.mean())
    error, noise_error = float(per_image.std() / len(x_0) ** 0.5), float(means.std() / num_repeats**0.5)
    told, bits = "label" if with_labels else "nothing", nats / DIM / math.log(2)
    return BoundRow(split, told, model.times.num_steps, nats, error, noise_error, bits, len(x_0))


def sample_digits(model: UNet, labels: Tensor, weight: float = 1.0, num_steps: int = 100,
                  generator: torch.Generator | None = None) -> Tensor:
    """Guided ancestral draws as pixels 0..16: (n, 64), one for each of labels (n,). weight=0: the labels are not used."""
    schedule = schedule_of(model)
    x = torch.randn(len(labels), DIM, generator=generator, device=labels.device)
    predict = guided(model, labels, NUM_LABELS, weight)
    return to_pixels(ancestral_sample(predict, x, schedule, step_sequence(schedule.num_steps, num_steps), generator=generator))


def train_classifier(pixels: Tensor, labels: Tensor, seed: int = 0, num_iterations: int = 300) -> nn.Module:
    """A net with one hidden layer of 64 units: pixels (n, 64) -> logits (n, 10). Adam on all images at once."""
    require(len(pixels) == len(labels), "as many labels as images", describe(labels), "give each image one label")
    generator, where = make_generator(seed, pixels.device), {"device": pixels.device}
    net = nn.Sequential(linear(DIM, 64, **where), nn.SiLU(), linear(64, NUM_LABELS, **where))
    draw_weights(net, generator)
    optimizer = torch.optim.AdamW(net.parameters(), 1e-2, weight_decay=0.1)
    for _ in range(num_iterations):
        loss = nn.functional.cross_entropy(net(to_unit(pixels)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval().requires_grad_(False)


def accuracy(net: nn.Module, pixels: Tensor, labels: Tensor) -> float:
    """Share of the images that the classifier gives their label."""
    return float((net(to_unit(pixels)).argmax(1) == labels).double().mean())


def spread_within_class(pixels: Tensor, labels: Tensor) -> float:
    """Mean distance of two different images of one class, averaged over the classes, in grey levels per image."""
    return float(torch.stack([torch.pdist(pixels[labels == k].double()).mean() for k in labels.unique()]).mean())


class GuidanceRow(NamedTuple):
    """recognised: samples, by a classifier trained on real digits. taught: real test digits, by one trained on the samples."""

    weight: float | str
    recognised: float
    taught: float
    spread: float
    images: int


def guidance_rows(model: UNet, weights: tuple[float, ...] = (0.0, 1.0, 2.0, 4.0), per_class: int = 50, num_steps: int = 100,
                  seed: int = 0) -> list[GuidanceRow]:
    """First the real digits (as many a class, from the training set), then samples with each weight."""
    device = model.levels.device
    train_set, test_set = load_digits("train", device), load_digits("test", device)
    judge = train_classifier(*train_set)
    labels = torch.arange(NUM_LABELS, device=device).repeat_interleave(per_class)
    chosen = torch.cat([torch.nonzero(train_set.labels == k)[:per_class, 0] for k in range(NUM_LABELS)])

    def row(weight: float | str, recognised: float, pixels: Tensor, labels: Tensor) -> GuidanceRow:
        taught = accuracy(train_classifier(pixels, labels), *test_set)
        return GuidanceRow(weight, recognised, taught, spread_within_class(pixels, labels), len(pixels))

    rows = [row("real", accuracy(judge, *test_set), train_set.images[chosen], train_set.labels[chosen])]
    for k, weight in enumerate(weights):
        pixels = sample_digits(model, labels, weight, num_steps, make_generator(seed + k, device))
        rows.append(row(weight, accuracy(judge, pixels, labels), pixels, labels))
    return rows


def table(short: bool = False, device: str | torch.device = "cpu") -> list[BoundRow]:
    """The shipped U-Net's bound on all three splits, and on test with other numbers of steps and given the label."""
    settings = {"num_times": 5, "num_repeats": 2, "num_images": 20} if short else {}
    rows = [("train", False, 1000), ("validation", False, 1000), ("test", False, 100), ("test", False, 1000),
            ("test", False, 10_000), ("test", True, 1000)]
    return [bound_row(load_unet(steps, device), split, told, **settings) for split, told, steps in rows]
