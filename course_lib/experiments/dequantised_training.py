"""Flows on pixel levels, trained on the dequantised bound and stopped by validation."""

import copy
import math

import torch
from torch import Tensor, nn

from course_lib.models.flows.dequantiser import Dequantiser
from course_lib.models.flows.flow import Flow
from course_lib.objectives.dequantisation import dequantised_bound, uniform_noise


class DequantisedFlow(nn.Module):
    """A flow on x = levels + noise, and the law of the noise: uniform (None) or a Dequantiser. What is trained and judged."""

    def __init__(self, flow: Flow, dequantiser: Dequantiser | None = None):
        super().__init__()
        self.flow, self.dequantiser = flow, dequantiser

    def forward(self, levels: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """One draw of the lower bound on log P of every image, in nats: (n, dim) -> (n,)."""
        if self.dequantiser is None:
            return dequantised_bound(self.flow.log_prob, levels, uniform_noise(levels, generator))
        noise, log_q = self.dequantiser(levels, generator)
        return dequantised_bound(self.flow.log_prob, levels, noise, log_q)


@torch.no_grad()
def draws_of_bound(model: DequantisedFlow, levels: Tensor, num_draws: int, generator: torch.Generator | None = None) -> Tensor:
    """num_draws draws of the bound for every image, in evaluation mode: (num_draws, n)."""
    was_training = model.training
    model.eval()
    draws = torch.stack([model(levels, generator) for _ in range(num_draws)])
    model.train(was_training)
    return draws


def decayed(model: nn.Module) -> list[dict]:
    """Weight decay on what networks multiply with; none on biases, scales, shifts and 1x1 rotations."""
    weights = {id(m.weight) for m in model.modules() if isinstance(m, (nn.Linear, nn.Conv2d))}
    network = [p for p in model.parameters() if id(p) in weights]
    return [{"params": network}, {"params": [p for p in model.parameters() if id(p) not in weights], "weight_decay": 0.0}]


def fit_bound(model: DequantisedFlow, train: Tensor, validation: Tensor, num_epochs: int, batch_size: int = 100,
              learning_rate: float = 2e-3, weight_decay: float = 1.0, average: float = 0.99, check_every: int = 5,
              generator: torch.Generator | None = None) -> list[tuple[int, float]]:
    """Adam on minus the bound, fresh noise at every step; ends with the averaged weights that were best on validation.

    The learning rate falls linearly to zero; weight decay (AdamW, arXiv:1711.05101) is what holds 1000 images' overfitting;
    average: how much of the running mean of the weights stays at a step. Trains `model` in place and returns
    (epoch, validation bound in nats an image) at every check. Works on the device of `train`.
    """
    optimizer = torch.optim.AdamW(decayed(model.train()), learning_rate, weight_decay=weight_decay)
    model(train[:500], generator)  # layers that set themselves by data do it here, before the average starts
    mean, best, history = copy.deepcopy(model), (math.inf, None), []
    steps, step = num_epochs * math.ceil(len(train) / batch_size), 0
    for epoch in range(1, num_epochs + 1):
        for rows in torch.randperm(len(train), generator=generator, device=train.device).split(batch_size):
            _step(model, optimizer, train[rows], learning_rate * (1 - step / steps), generator)
            with torch.no_grad():
                for slow, fast in zip(mean.parameters(), model.parameters()):
                    slow.lerp_(fast, 1 - average)
            step += 1
        if epoch % check_every == 0 or epoch == num_epochs:
            value = -float(draws_of_bound(mean, validation, 4, generator).mean())
            history.append((epoch, value))
            best = min(best, (value, copy.deepcopy(mean.state_dict())), key=lambda pair: pair[0])
    model.load_state_dict(best[1])
    return history


def _step(model: DequantisedFlow, optimizer: torch.optim.Optimizer, levels: Tensor, rate: float,
          generator: torch.Generator | None) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    (-model(levels, generator).mean()).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 50.0)  # a rare draw far in a tail
    optimizer.step()
