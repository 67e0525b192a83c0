"""The numbers of the lecture on denoising diffusion: toys in the plane, judged by their distance from fresh data.

A distance between samples says nothing alone: each row shows what the same distance says of two sets of data.
"""

import time
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.diagnostics import iid_floor, sliced_wasserstein
from course_lib.diagnostics.floor import Floor
from course_lib.dynamics import NoiseSchedule, ancestral_sample, cosine_schedule, ddim_sample, step_sequence
from course_lib.experiments import diffusion_on_digits
from course_lib.experiments.diffusion_training import train
from course_lib.models.denoisers import MLPDenoiser
from course_lib.objectives.denoising import simple_loss
from course_lib.randomness import make_generator
from course_lib.targets import load_target

TOYS = ("moons", "eight_gaussians", "checkerboard")
NUM_STEPS = 300  # T of the toys' chain
NUM_POINTS = 5000  # a sample that is judged


class Toy(NamedTuple):
    """A denoiser of points (x - mean) / scale, and its training's process CPU seconds."""

    name: str
    model: MLPDenoiser
    schedule: NoiseSchedule
    mean: Tensor
    scale: Tensor
    seconds: float

    def sample(self, n: int, num_steps: int | None = None, eta: float | None = None,
               generator: torch.Generator | None = None) -> Tensor:
        """n draws in the units of the data: (n, 2). eta=None: ancestral, otherwise DDIM; num_steps of the T are walked."""
        x = torch.randn(n, 2, device=self.mean.device, generator=generator)
        steps = None if num_steps is None else step_sequence(self.schedule.num_steps, num_steps)
        if eta is None:
            x = ancestral_sample(self.model, x, self.schedule, steps, generator=generator)
        else:
            x = ddim_sample(self.model, x, self.schedule, steps, eta, generator=generator)
        return self.mean + self.scale * x


class Row(NamedTuple):
    """One line of the table. Distances in units of the data: means over repeats; low and high: 2.5 % and 97.5 % of the floor."""

    data: str
    sampler: str
    steps: int
    distance: float
    distance_error: float
    floor: float
    low: float
    high: float
    ratio: float
    training_seconds: float


def train_toy(name: str, num_iterations: int = 12_000, seed: int = 0, device: str | torch.device = "cpu",
              width: int = 128, depth: int = 3, batch_size: int = 512) -> Toy:
    """Train a denoiser on fresh batches of the target `name`.

    Loss: the mean of |v - v_hat|^2 = |eps - eps_hat|^2 / alpha_bar. The steps t of a batch are stratified. Weights are averaged.
    """
    generator = make_generator(seed, device)
    target, schedule = load_target(name, device=device), cosine_schedule(NUM_STEPS)
    x = target.sample(20_000, generator)
    mean, scale = x.mean(0), x.std(0)
    model = MLPDenoiser(2, schedule, width, depth, device=device, generator=generator)
    weight = 1 / schedule.alpha_bar.to(device, torch.float32)

    def loss(model: MLPDenoiser, generator: torch.Generator | None) -> Tensor:
        x_0 = (target.sample(batch_size, generator) - mean) / scale
        place = torch.arange(batch_size, device=device) + torch.rand(batch_size, device=device, generator=generator)
        t = 1 + (place * NUM_STEPS / batch_size).long().clamp(max=NUM_STEPS - 1)
        noise = torch.randn(x_0.shape, device=device, generator=generator)
        return (weight[t] * simple_loss(model, x_0, t, noise, schedule)).mean()

    start = time.process_time()
    model, _ = train(model, loss, num_iterations, decay=0.999, generator=generator)
    return Toy(name, model, schedule, mean, scale, time.process_time() - start)


def distance(x: Tensor, y: Tensor) -> Tensor:
    """Sliced Wasserstein distance of order 2 over the same 200 directions every time."""
    return sliced_wasserstein(x, y, 200, generator=make_generator(0, x.device))


def floor_of(name: str, n: int = NUM_POINTS, num_repeats: int = 200, seed: int = 100,
             device: str | torch.device = "cpu") -> Floor:
    """The distance between two samples of the target itself, num_repeats times."""
    return iid_floor(distance, load_target(name, device=device).sample, n, num_repeats=num_repeats,
                     generator=make_generator(seed, device))


def judge(toy: Toy, floor: Floor, num_steps: int | None = None, eta: float | None = None, n: int = NUM_POINTS,
          num_repeats: int = 10, seed: int = 200) -> Row:
    """Mean distance of num_repeats samples from as many fresh sets of data, beside the floor."""
    generator = make_generator(seed, toy.mean.device)
    target = load_target(toy.name, device=toy.mean.device)
    values = torch.stack([distance(toy.sample(n, num_steps, eta, generator), target.sample(n, generator))
                          for _ in range(num_repeats)])
    mean, error = float(values.mean()), float(values.std() / num_repeats**0.5)
    sampler = "ancestral" if eta is None else f"DDIM, eta={eta:g}"
    return Row(toy.name, sampler, num_steps or toy.schedule.num_steps, mean, error, floor.mean, floor.quantile(0.025),
               floor.quantile(0.975), mean / floor.mean, toy.seconds)


def rows(name: str, short: bool = False, seed: int = 0, device: str | torch.device = "cpu") -> list[Row]:
    """One toy, both samplers, with few steps up to all T; `short` trains and judges little, to see that everything runs."""
    toy = train_toy(name, 100 if short else 12_000, seed, device)
    n, num_repeats, counts = (500, 2, (5, 20)) if short else (NUM_POINTS, 10, (NUM_STEPS, 100, 50, 20, 10, 5))
    floor = floor_of(name, n, 10 if short else 200, device=device)
    return [judge(toy, floor, count, eta, n, num_repeats) for eta in (None, 0.0) for count in counts]


def table(short: bool = False, seed: int = 0,
          device: str | torch.device = "cpu") -> list[Row | diffusion_on_digits.BoundRow | diffusion_on_digits.GuidanceRow]:
    """The rows of every toy; then, on the digits, the bounds and what guidance does. `short`: a little of each."""
    toys = [row for name in TOYS for row in rows(name, short, seed, device)]
    guidance = {"weights": (1.0,), "per_class": 3, "num_steps": 5} if short else {}
    unet = diffusion_on_digits.load_unet(device=device)
    return [*toys, *diffusion_on_digits.table(short, device), *diffusion_on_digits.guidance_rows(unet, **guidance, seed=seed)]
