"""Training loops for denoisers: which step an example gets, averaged weights, and the best of them by validation."""

import copy
import math
from typing import Callable

import torch
from torch import Tensor, nn

Batch = Callable[[torch.Generator | None], Tensor]


class WeightAverage:
    """An exponential moving average of a model's weights: average <- d average + (1 - d) weights.

    d = decay, but (1 + k) / (10 + k) at update k while that is smaller, so that first weights are soon forgotten.
    `model` is the averaged copy, in evaluation mode.
    """

    def __init__(self, model: nn.Module, decay: float):
        self.model, self.decay, self.updates = copy.deepcopy(model).eval().requires_grad_(False), decay, 0

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Move towards the weights of model."""
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        for average, weight in zip(self.model.parameters(), model.parameters()):
            average.lerp_(weight, 1 - decay)
        self.updates += 1


class StepSampler:
    """Draws steps t where the loss is large or noisy, and says how to weight them (Nichol and Dhariwal, arXiv:2102.09672).

    1..T is cut into bins; a bin is drawn with probability proportional to the root of the mean square of its recent losses, a
    tenth of the draws anywhere. draw(n) -> t (n,) and weights 1 / probability (n,): mean(weight * loss) estimates the sum
    over t of the loss without bias. update(t, loss) keeps the means.
    """

    def __init__(self, num_steps: int, num_bins: int = 50, memory: float = 0.99):
        self.num_steps, self.memory = num_steps, memory
        self.bin = torch.arange(num_steps) * num_bins // num_steps
        self.square = torch.ones(num_bins, dtype=torch.float64)
        self.count = torch.bincount(self.bin, minlength=num_bins).double()

    def probabilities(self) -> Tensor:
        """Of every step 1..T: (T,), float64."""
        bins = self.count * self.square.sqrt()
        return (0.9 * (bins / bins.sum() / self.count)[self.bin] + 0.1 / self.num_steps)

    def draw(self, n: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Stratified: one step from each of n parts of equal probability."""
        probability = self.probabilities()
        place = (torch.arange(n) + torch.rand(n, generator=generator, dtype=torch.float64)) / n
        index = torch.searchsorted(probability.cumsum(0), place).clamp(max=self.num_steps - 1)
        return index + 1, 1 / probability[index]

    def update(self, t: Tensor, loss: Tensor) -> None:
        """Remember the losses of the steps t."""
        bins, square = self.bin[t - 1], loss.detach().double() ** 2
        total = torch.zeros_like(self.square).index_add(0, bins, square)
        number = torch.zeros_like(self.square).index_add(0, bins, torch.ones_like(square))
        seen = number > 0
        self.square[seen] = self.memory * self.square[seen] + (1 - self.memory) * (total / number.clamp(min=1))[seen]


def train(model: nn.Module, loss: Callable[[nn.Module, torch.Generator | None], Tensor], num_iterations: int,
          learning_rate: float = 2e-3, decay: float = 0.999, weight_decay: float = 0.0,
          judge: Callable[[nn.Module], float] | None = None, judge_every: int = 500,
          generator: torch.Generator | None = None) -> tuple[nn.Module, list[tuple[int, float]]]:
    """Adam on loss(model, generator), a scalar; the learning rate rises over 100 steps and falls to zero along a cosine.

    Gradients longer than 1 are cut to length 1. Returns the averaged weights as a model in evaluation mode: with
    judge(model) -> number, those of the lowest number among the judgements after every judge_every steps; and all of these
    (step, number) pairs.
    """
    average = WeightAverage(model, decay)
    optimizer = torch.optim.AdamW(model.parameters(), learning_rate, betas=(0.9, 0.99), weight_decay=weight_decay)
    share = lambda k: min(1.0, (k + 1) / 100) * (1 + math.cos(math.pi * k / num_iterations)) / 2
    rates = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    best, judgements = None, []
    model.train()
    for step in range(1, num_iterations + 1):
        optimizer.zero_grad()
        loss(model, generator).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rates.step()
        average.update(model)
        if judge is not None and (step % judge_every == 0 or step == num_iterations):
            judgements.append((step, judge(average.model)))
            if judgements[-1][1] == min(number for _, number in judgements):
                best = copy.deepcopy(average.model)
    return (average.model if best is None else best), judgements
