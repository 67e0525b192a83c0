"""What a denoiser that minimises its training loss exactly would do: it knows the training images, and nothing else."""

from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.data import load_digits
from course_lib.dynamics import add_noise, ancestral_sample, step_sequence
from course_lib.experiments.diffusion_on_digits import DIM, NUM_LABELS, digits_schedule, sample_digits, to_unit
from course_lib.models.exact_denoisers import as_noise_predictor, linear_denoiser, memorising_denoiser
from course_lib.models.unet import UNet
from course_lib.randomness import make_generator


class ErrorRow(NamedTuple):
    """Root mean square error of a pixel in grey levels, on one split at one level of noise (its deviation, in grey levels)."""

    split: str
    noise: float
    memorising: float
    linear: float
    unet: float


class NeighbourRow(NamedTuple):
    """Images and what is nearest to them: mean distances in grey levels, and how many lie within rounding of a training image.

    There are more training than test images, so the ratio of new images is below 1, too: compare with the first row.
    """

    images: str
    to_train: float
    to_test: float
    ratio: float
    copies: float


def error_rows(model: UNet, log_snrs: tuple[float, ...] = (6.0, 4.0, 2.0, 0.0, -2.0, -4.0), num_images: int | None = None,
               seed: int = 0) -> list[ErrorRow]:
    """Three denoisers on training and test images. Mean, covariance and memory are those of the training images."""
    device = model.levels.device
    schedule, data = digits_schedule(), to_unit(load_digits("train", device).images)
    mean, covariance = data.mean(0), torch.cov(data.T)
    generator, rows = make_generator(seed, device), []
    for split in ("train", "test"):
        x_0 = to_unit(load_digits(split, device).images[:num_images])
        for log_snr in log_snrs:
            t = int((schedule.snr.log() - log_snr).abs().argmin())
            a, noise = float(schedule.alpha_bar[t]), torch.randn(x_0.shape, generator=generator, device=device)
            x_t = add_noise(x_0, t, noise, schedule)
            estimates = memorising_denoiser(x_t, a, data), linear_denoiser(x_t, a, mean, covariance), clean(model, x_t, t)
            errors = [8 * float(((estimate - x_0) ** 2).mean().sqrt()) for estimate in estimates]
            rows.append(ErrorRow(split, 8 * (1 / a - 1) ** 0.5, *errors))
    return rows


@torch.no_grad()
def clean(model: UNet, x_t: Tensor, t: int) -> Tensor:
    """The U-Net's x_0, labels not told."""
    return model.log_levels(x_t, torch.full((len(x_t),), t, device=x_t.device)).exp() @ model.levels


def memoriser_samples(n: int, num_steps: int = 100, seed: int = 0) -> Tensor:
    """Ancestral draws with the exact minimiser on the 1000 training images, not rounded: pixels (n, 64)."""
    schedule, data, generator = digits_schedule(), to_unit(load_digits("train").images), make_generator(seed)
    predict = as_noise_predictor(lambda x, a: memorising_denoiser(x, a, data), schedule)
    x = torch.randn(n, DIM, generator=generator)
    return 8 * (1 + ancestral_sample(predict, x, schedule, step_sequence(schedule.num_steps, num_steps), generator=generator))


def neighbours(name: str, pixels: Tensor) -> NeighbourRow:
    """Nearest training and test images of the rows of pixels (n, 64); a copy has every pixel within half a grey level."""
    data, test = (load_digits(split, pixels.device).images for split in ("train", "test"))
    to_train, to_test = (float(torch.cdist(pixels, images).amin(1).mean()) for images in (data, test))
    nearest = data[torch.cdist(pixels, data).argmin(1)]
    copies = float(((pixels - nearest).abs().amax(1) <= 0.5).double().mean())
    return NeighbourRow(name, to_train, to_test, to_train / to_test, copies)


def neighbour_rows(model: UNet, n: int = 500, num_steps: int = 100, seed: int = 0) -> list[NeighbourRow]:
    """Validation digits (what new images look like), the exact minimiser's draws, and the U-Net's, labels not told."""
    device = model.levels.device
    labels = torch.full((n,), NUM_LABELS, device=device)
    return [neighbours("validation", load_digits("validation").images[:n]),
            neighbours("exact minimiser", memoriser_samples(n, num_steps, seed)),
            neighbours("U-Net", sample_digits(model, labels, 0.0, num_steps, make_generator(seed, device)))]
