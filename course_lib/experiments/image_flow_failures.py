"""Six mistakes with flows on images and in continuous time, each with the numbers it reports: the lecture's gallery."""

import math
from typing import Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.data import load_digits
from course_lib.inputs import require
from course_lib.models.flows.copula import LevelMarginals
from course_lib.models.flows.flow import Flow, standard_normal_log_prob
from course_lib.models.flows.glow import squeeze
from course_lib.models.flows.image_layers import ImageActNorm, InvertibleConv
from course_lib.objectives.dequantisation import uniform_noise

MISTAKES = ("one-sided probe", "no step size", "time reversed")


class ImageFailure(NamedTuple):
    """What is reported: mean NLL in nats, the latents' standard deviation (1 in a good fit), and the NLL that would be right."""

    nll: float
    latent_std: float
    right: float


def image_failures(generator: torch.Generator) -> dict[str, ImageFailure]:
    """The three mistakes with images by name."""
    return {"a 1x1 convolution counted once": without_pixels(generator), "no log-scale": no_log_scale(generator),
            "noise of half a cell": half_a_cell(generator)}


def half_a_cell(generator: torch.Generator) -> ImageFailure:
    """Independent pixels, trained and judged with noise on [0, 1/2): the upper half of every cell stays empty."""
    train, test = (load_digits(split, generator.device).images for split in ("train", "test"))
    flow = Flow([LevelMarginals.from_levels(2 * train, num_levels=34)], 64)  # the even ones of 34 half-cells
    z, log_det = flow.inverse(2 * test + uniform_noise(test, generator))
    log_prob = standard_normal_log_prob(z) + log_det + 64 * math.log(2)  # in the units of whole cells
    return ImageFailure(-float(log_prob.mean()), float(z.std()), independent_pixels(generator))


def no_log_scale(generator: torch.Generator) -> ImageFailure:
    """A density of x / 17, reported as one of x."""
    train, test = (load_digits(split, generator.device).images for split in ("train", "test"))
    z, log_det = LevelMarginals.from_levels(train).inverse(test + uniform_noise(test, generator))
    log_prob = standard_normal_log_prob(z) + log_det
    return ImageFailure(-float(log_prob.mean()) - 64 * math.log(17), float(z.std()), -float(log_prob.mean()))


def independent_pixels(generator: torch.Generator) -> float:
    """The mean NLL of independent pixels on the test digits."""
    return no_log_scale(generator).right


def without_pixels(generator: torch.Generator, num_iterations: int = 400) -> ImageFailure:
    """A 1x1 convolution on squeezed digits, trained with log|det W| in place of height width log|det W|."""
    device = generator.device
    images = load_digits("train", device).images
    x = squeeze((images + uniform_noise(images, generator)).unflatten(1, (1, 8, 8)))
    norm = ImageActNorm(4, device=device)
    x, log_det = (part.detach() for part in norm.inverse(x))
    results = {}
    for pixels in (1, 16):
        mix = InvertibleConv(4, generator=generator, device=device)
        optimizer = torch.optim.Adam(mix.parameters(), lr=2e-2)
        for _ in range(num_iterations):
            z, change = mix.inverse(x)
            loss = -(standard_normal_log_prob(z) + log_det + change * pixels / 16).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        results[pixels] = float(loss.detach()), float(z.detach().std())
    return ImageFailure(*results[1], results[16][0])


def euler_log_prob(velocity: Callable[[Tensor, float], Tensor], x: Tensor, probe: Tensor, num_steps: int,
                   mistake: str = "none") -> tuple[Tensor, Tensor]:
    """log p(x), (n,), and the latents, (n, dim), by Euler steps and one probe a point, with one mistake in it.

    mistake: 'none', 'one-sided probe' (grad(sum v) . e in place of e . J e), 'no step size' (the traces are added up without
    the step's length) or 'time reversed' (the velocity is asked for at 1 - t).
    """
    require(mistake in ("none", *MISTAKES), f"mistake to be one of none, {', '.join(MISTAKES)}", mistake, "choose one of these")
    total = x.new_zeros(len(x))
    for k in range(num_steps):
        t = 1 - k / num_steps if mistake == "time reversed" else k / num_steps
        x = x.detach().requires_grad_()
        v = velocity(x, t)
        (pulled,) = torch.autograd.grad(v, x, torch.ones_like(v) if mistake == "one-sided probe" else probe)
        trace = (pulled * probe).sum(1)
        total = total + (trace if mistake == "no step size" else trace / num_steps)
        x = (x + v / num_steps).detach()
    return standard_normal_log_prob(x) + total, x
