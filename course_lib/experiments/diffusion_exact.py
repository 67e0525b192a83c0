"""Diffusion where everything is known: Gaussians, mixtures, independent pixels; and a network on a handful of points."""

from typing import Sequence

import torch
from torch import Tensor

from course_lib.dynamics import (NoiseSchedule, add_noise, ancestral_sample, ddim_sample, ddim_step, noise_from_clean,
                                 step_sequence)
from course_lib.dynamics.noising import read
from course_lib.experiments.denoising_diffusion import Toy
from course_lib.experiments.diffusion_memory import clean
from course_lib.experiments.diffusion_on_digits import NUM_LEVELS, schedule_of, to_unit
from course_lib.experiments.diffusion_training import train
from course_lib.models.denoisers import MLPDenoiser
from course_lib.models.exact_denoisers import as_noise_predictor, linear_denoiser, memorising_denoiser, mixture_denoiser
from course_lib.models.unet import UNet
from course_lib.objectives.denoising import simple_loss
from course_lib.randomness import make_generator
from course_lib.targets import GaussianMixture, load_target


def law_of_draws(schedule: NoiseSchedule, eta: float = 1.0, steps: Sequence[int] | None = None, mean: float = 1.0,
                 sd: float = 0.5) -> tuple[float, float]:
    """Exact mean and deviation of x_0 walked from N(0, 1) with the best denoiser of N(mean, sd^2) data on a line.

    Every step is b + a x + k noise: what it does to three points says b, b + a and b + k. eta=1: ancestral.
    """
    m, covariance = torch.tensor([mean], dtype=torch.float64), torch.tensor([[sd**2]], dtype=torch.float64)
    predict = as_noise_predictor(lambda x, a: linear_denoiser(x, a, m, covariance), schedule)
    x, noise = torch.eye(3, dtype=torch.float64)[:, 1:].split(1, 1)
    centre, variance, steps = 0.0, 1.0, steps or range(schedule.num_steps, -1, -1)
    for t, s in zip(steps, steps[1:]):
        b, b_a, b_k = ddim_step(x, predict(x, torch.full((3,), t)), t, s, eta, noise, schedule)[:, 0].tolist()
        centre, variance = b + (b_a - b) * centre, (b_a - b) ** 2 * variance + (b_k - b) ** 2
    return centre, variance**0.5


def sum_of_kls(schedule: NoiseSchedule, variance: float) -> float:
    """KL(q(x_{0:T}) || p(x_{0:T})) in nats, step by step, for data N(0, variance) and the best denoiser: bound minus entropy.

    The right variance of step t is v_t = S_{t-1} beta_t / S_t, S_t = alpha_bar_t variance + 1 - alpha_bar_t; the model has the
    posterior's, and beta_1 in the last step. Means agree, so a step costs (r - 1 - log r) / 2 with r = v_t / model's.
    """
    spread = schedule.alpha_bar * variance + schedule.noise_variance
    model = torch.cat([schedule.beta[:1], schedule.posterior_variance[2:]])
    ratio = torch.cat([spread[:-1] * schedule.beta / spread[1:] / model, spread[-1:]])  # the last: x_T against N(0, 1)
    return float((ratio - 1 - ratio.log()).sum()) / 2


def third_derivative(law: GaussianMixture, x: float) -> float:
    """(log p)'''(x) of a law on the line, by autograd."""
    log_p = lambda y: law.log_prob(y.reshape(1, 1))[0]
    grad = torch.func.grad
    return float(grad(grad(grad(log_p)))(torch.tensor(x, dtype=law.means.dtype)))


def exact_toy(toy: Toy) -> Toy:
    """The same walks with the exact denoiser of the same target, which must be a mixture of equally wide Gaussians."""
    target = load_target(toy.name, device=toy.mean.device)
    means, scales = (target.means - toy.mean) / toy.scale, target.scales / toy.scale.mean()
    predict = as_noise_predictor(lambda x, a: mixture_denoiser(x, a, means, scales, target.weights), toy.schedule)
    return toy._replace(model=predict)


def recorded_walk(toy: Toy, eta: float, times: Sequence[int], n: int = 1500,
                  seed: int = 10) -> tuple[list[tuple[int, Tensor]], Tensor]:
    """A full walk from T: [(t, x_t)] at T and at `times`, and the angle (n,) at which every point ends."""
    x, seen = torch.randn(n, 2, generator=make_generator(seed)), {}
    seen[toy.schedule.num_steps] = x
    end = ddim_sample(toy.model, x, toy.schedule, None, eta, lambda s, x: seen.update({s: x}), make_generator(seed + 1))
    return [(t, seen[t]) for t in (toy.schedule.num_steps, *times)], torch.atan2(end[:, 1], end[:, 0])


class IndependentPixels:
    """p(image) = product over pixels of (1 + count of the level in training images) / total: its likelihood and denoiser.

    images: (m, 64), values 0..16. The exact denoiser is Bayes' rule pixel by pixel.
    """

    def __init__(self, images: Tensor, schedule: NoiseSchedule):
        counts = 1.0 + torch.nn.functional.one_hot(images.long(), NUM_LEVELS).sum(0)
        self.log_prior, self.levels = (counts / counts.sum(1, keepdim=True)).log(), torch.linspace(-1, 1, NUM_LEVELS)
        self.schedule = schedule

    def log_prob(self, images: Tensor) -> Tensor:
        """log p(image), nats: (n,)."""
        return self.log_prior.gather(1, images.long().T).sum(0)

    def log_levels(self, x: Tensor, t: Tensor) -> Tensor:
        """log p(pixel = l_k | x_t): (n, 64, num_levels)."""
        tables = self.schedule.alpha_bar.sqrt(), self.schedule.noise_variance
        signal, variance = (read(table, t, x)[:, :, None] for table in tables)
        return torch.log_softmax(self.log_prior - (x[:, :, None] - signal * self.levels) ** 2 / (2 * variance), 2)

    def predict_noise(self, x: Tensor, t: Tensor) -> Tensor:
        """E[eps | x_t]: (n, 64)."""
        return noise_from_clean(x, self.log_levels(x, t).exp() @ self.levels, self.schedule.alpha_bar[t])


def learn_points(data: Tensor, schedule: NoiseSchedule, num_iterations: int = 1500, num_draws: int = 1500) -> Tensor:
    """Train a network on the rows of data (m, 2) alone, error of v, and return its draws in 100 steps: (num_draws, 2)."""
    weight = 1 / schedule.alpha_bar.float()

    def loss(model: MLPDenoiser, generator: torch.Generator | None) -> Tensor:
        x_0 = data[torch.randint(len(data), (512,), generator=generator)]
        t = torch.randint(1, schedule.num_steps + 1, (512,), generator=generator)
        noise = torch.randn(512, 2, generator=generator)
        return (weight[t] * simple_loss(model, x_0, t, noise, schedule)).mean()

    model, _ = train(MLPDenoiser(2, schedule, generator=make_generator(18)), loss, num_iterations, generator=make_generator(19))
    x = torch.randn(num_draws, 2, generator=make_generator(20))
    return ancestral_sample(model, x, schedule, step_sequence(schedule.num_steps, 100), generator=make_generator(21))


def three_denoisers(model: UNet, x_0: Tensor, images: Tensor, times: Sequence[int]) -> dict[float, dict[str, Tensor]]:
    """{noise in grey levels: {name: (n, 64) in grey levels}}: x_0 made noisy, and cleaned by what knows the training images."""
    data, schedule, results = to_unit(images), schedule_of(model), {}
    mean, covariance = data.mean(0), torch.cov(data.T)
    for t in times:
        a, noise = float(schedule.alpha_bar[t]), torch.randn(x_0.shape, generator=make_generator(15))
        x_t = add_noise(x_0, t, noise, schedule)
        strips = {"test digit": x_0, "noisy": x_t, "memoriser": memorising_denoiser(x_t, a, data),
                  "linear": linear_denoiser(x_t, a, mean, covariance), "U-Net": clean(model, x_t, t)}
        results[8 * (1 / a - 1) ** 0.5] = {name: 8 * (x + 1) for name, x in strips.items()}
    return results
