"""Five ways to train an energy wrongly, each the right loop with one thing changed. The lecture's gallery."""

from typing import Callable, NamedTuple

import torch
from torch import Tensor, nn

from course_lib.experiments.energy_training import Draw, persistent_draws, train
from course_lib.inputs import log_prob_and_grad
from course_lib.models import MLPEnergy
from course_lib.objectives import contrastive_loss
from course_lib.samplers import UnadjustedLangevin, sample


class Failure(NamedTuple):
    """A wrongly trained energy, the last negatives it was trained with (n, dim), and the loss it printed last."""

    energy: nn.Module
    x_model: Tensor
    last_loss: float


def data_only(energy: nn.Module, x_data: Tensor, x_model: Tensor) -> Tensor:
    """The loss without its model term."""
    return energy(x_data).mean()


def flipped(energy: nn.Module, x_data: Tensor, x_model: Tensor) -> Tensor:
    """The loss with the wrong sign."""
    return energy(x_model).mean() - energy(x_data).mean()


def restarted(num_chains: int, generator: torch.Generator) -> Draw:
    """Ten Langevin steps from fresh noise at every iteration: far from equilibrium, always equally far."""
    def draw(energy: nn.Module, generator: torch.Generator) -> Tensor:
        start = torch.randn(num_chains, 2, generator=generator, device=generator.device)
        return sample(UnadjustedLangevin(0.01), lambda x: -energy(x), start, num_steps=10, thin=10, generator=generator).draws
    return draw


def too_cold(x: Tensor, step_size: float = 0.01) -> Draw:
    """Persistent Langevin chains whose noise is step_size * noise: they sample exp(-U / T) with T = step_size / 2."""
    position = x.clone()

    def draw(energy: nn.Module, generator: torch.Generator) -> Tensor:
        for _ in range(20):
            grad = log_prob_and_grad(lambda x: -energy(x), position)[1]
            noise = torch.randn(position.shape, generator=generator, device=position.device)
            position.copy_(position + step_size * grad + step_size * noise)
        return position.clone()
    return draw


def failures(data: Callable[[int, torch.Generator], Tensor], generator: torch.Generator,
             num_chains: int = 256) -> dict[str, Failure]:
    """Train five energies on points in the plane, each with one mistake; all happens on the generator's device."""
    device = generator.device
    noise = lambda: 2 * torch.randn(num_chains, 2, generator=generator, device=device)
    nothing = lambda energy, generator: torch.empty(0, 2, device=device)
    recipes = {  # draws, loss, iterations, learning rate; two run away, so they are stopped early
        "noise too small": (too_cold(noise()), contrastive_loss, 300, 1e-2),
        "short chains from noise": (restarted(num_chains, generator), contrastive_loss, 400, 2e-3),
        "sign flipped": (persistent_draws(noise(), UnadjustedLangevin(0.01), 20), flipped, 40, 2e-3),
        "step too large": (persistent_draws(noise(), UnadjustedLangevin(0.1), 20), contrastive_loss, 300, 2e-3),
        "no model term": (nothing, data_only, 40, 2e-3),
    }
    results = {}
    for name, (draw, loss, num_iterations, learning_rate) in recipes.items():
        energy = MLPEnergy(dim=2, width=64, depth=3, confinement=2.0, generator=generator, device=device)
        history = []  # (loss, negatives) of the last iteration

        def recorded(energy: nn.Module, x_data: Tensor, x_model: Tensor, loss=loss) -> Tensor:
            value = loss(energy, x_data, x_model)
            history[:] = [value.item(), x_model]
            return value

        train(energy, data, draw, num_iterations, num_chains, learning_rate, recorded, generator=generator)
        results[name] = Failure(energy, history[1], history[0])
    return results
