"""How the digits' U-Net was trained.

`save_weights(train_unet()[0], path, torch.float16)` makes the file that `load_unet` reads.
"""

import torch
from torch import Tensor

from course_lib.data import load_digits
from course_lib.experiments.diffusion_on_digits import (CHANNELS, DIM, NUM_LABELS, NUM_LEVELS, bound_of, digits_schedule,
                                                        schedule_of, to_unit)
from course_lib.experiments.diffusion_training import StepSampler, train
from course_lib.models.unet import UNet
from course_lib.objectives.denoising import bound_term, level_reconstruction
from course_lib.randomness import make_generator

EMPHASIS = 0.5  # on the noisy end


def train_unet(num_iterations: int = 2600, seed: int = 0, batch_size: int = 64, null_probability: float = 0.5,
               dropout: float = 0.3, channels: int = CHANNELS, judge_every: int = 260) -> tuple[UNet, list[tuple[int, float]]]:
    """Train on `bound_loss`, the label hidden with null_probability; keep the averaged weights of the best validation bound.

    Returns the model and the (step, nats) pairs of the validation. Dropout draws from torch's global random state, which is
    seeded here and put back.
    """
    generator, schedule = make_generator(seed), digits_schedule()
    model = UNet(schedule, channels, NUM_LABELS, NUM_LEVELS, dropout, generator=generator)
    data, held_out, steps = load_digits("train"), to_unit(load_digits("validation").images), StepSampler(schedule.num_steps)

    def loss(model: UNet, generator: torch.Generator | None) -> Tensor:
        i = torch.randint(len(data.images), (batch_size,), generator=generator)
        hidden = torch.rand(batch_size, generator=generator) < null_probability
        labels = torch.where(hidden, NUM_LABELS, data.labels[i])
        return bound_loss(model, to_unit(data.images[i]), labels, steps, generator)

    @torch.no_grad()
    def judge(model: UNet) -> float:
        return float(bound_of(model, held_out, 12).mean())

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return train(model, loss, num_iterations, 2e-3, 0.999, 0.01, judge, judge_every, generator)


def bound_loss(model: UNet, x_0: Tensor, labels: Tensor, steps: StepSampler, generator: torch.Generator | None = None) -> Tensor:
    """The bound, nats per pixel, with more weight on the noisy end, from one step t of every image: a scalar with gradients.

    The bound weights the error of x_0 by about snr_t; here it is snr_t + EMPHASIS. The noisy end is worth little in nats, but
    there a draw's class is decided.
    """
    t, weight = steps.draw(len(x_0), generator)
    noise = torch.randn(x_0.shape, generator=generator)
    reconstruction = level_reconstruction(lambda x, one: model.log_levels(x, one, labels[t == 1]), NUM_LEVELS)
    terms = bound_term(lambda x, t: model(x, t, labels), x_0, t, noise, schedule_of(model), reconstruction)
    terms = terms * (1 + EMPHASIS / schedule_of(model).snr[t]).to(terms)
    steps.update(t, terms)
    return (terms * weight).mean() / DIM
