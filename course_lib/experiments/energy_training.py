"""The lecture's training loop as a function, and where its negatives come from."""

from typing import Callable

import torch
from torch import Tensor, nn

from course_lib.objectives import PersistentChains, contrastive_loss
from course_lib.samplers import Kernel
from course_lib.targets import Grid

Draw = Callable[[nn.Module, torch.Generator], Tensor]  # (energy, generator) -> draws from p ∝ exp(-energy)


def train(energy: nn.Module, data: Callable[[int, torch.Generator], Tensor], draw: Draw, num_iterations: int, batch_size: int = 512,
          learning_rate: float = 1e-2, loss: Callable[..., Tensor] = contrastive_loss,
          generator: torch.Generator | None = None) -> nn.Module:
    """Maximum likelihood by gradient: press the energy down at data, lift it at the model's own draws.

    data(n, generator) -> (n, dim) fresh points; draw(energy, generator) -> (m, dim) negatives; loss(energy, x_data, x_model).
    Adam with a learning rate that falls to zero along a cosine. Returns the energy, trained in place.
    """
    optimizer = torch.optim.Adam(energy.parameters(), learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, num_iterations)
    for _ in range(num_iterations):
        value = loss(energy, data(batch_size, generator), draw(energy, generator))
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
    return energy


def exact_draws(grid: Grid, batch_size: int = 512) -> Draw:
    """Independent draws from the model's density on a grid: what no real problem offers, and what one learns from best."""
    return lambda energy, generator: grid.sample(lambda x: -energy(x), batch_size, generator)


def persistent_draws(x: Tensor, kernel: Kernel, num_steps: int) -> Draw:
    """Chains that go on from where they were while the energy changes."""
    return PersistentChains(x, kernel, num_steps).draw
