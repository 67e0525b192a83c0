"""The sliders of the lecture on energy-based models. Each answers a question that stands in the text right before it."""

from typing import Callable, Sequence

import torch
from torch import Tensor

from course_lib.randomness import make_generator
from course_lib.show.curves import energies_and_densities, fit_in_one_dimension, two_terms
from course_lib.show.planes import densities
from course_lib.show.sliders import choice, number, slide
from course_lib.targets import Grid

Energy = Callable[[Tensor], Tensor]


def explore_lift_and_tilt(double_well: Callable[[Tensor, float], Tensor], grid: Grid) -> None:
    """Slider: lift an energy by a constant, tilt it by a slope; see which of the two changes the density."""

    def draw(lift: float, tilt: float):
        log_prob = lambda x: -double_well(x, tilt) - lift
        right = float(grid.expectation(log_prob, lambda x: (x[:, 0] > 0).to(x)))
        title = rf"$\log Z$ = {float(grid.log_z(log_prob)):.2f},   probability of the right well {right:.2f}"
        return energies_and_densities({"U": log_prob}, grid, energy_range=(-3, 12), title=title)

    slide(draw, "Left an energy with two wells, right its density with two equal peaks.",
          lift=number("lift (constant)", -2, 4, 0.0, 0.5), tilt=number("tilt (slope)", -1, 1, 0.0, 0.1))


def explore_two_terms(energy: Callable[[Tensor, float], Tensor], grid: Grid, x_data: Tensor,
                      statistic: Callable[[Tensor], Tensor], start: float) -> None:
    """Slider: move the one parameter of U_theta; see both averages of dU/dtheta and the gradient they leave."""

    def draw(theta: float):
        log_prob = lambda x: -energy(x, theta)
        x_model = grid.sample(log_prob, 2000, make_generator(1, grid.points.device))
        data, model = float(statistic(x_data).mean()), float(grid.expectation(log_prob, statistic))
        title = f"$-${data:.3f} (data) $+$ {model:.3f} (model) $=$ {model - data:+.3f}"
        return two_terms(log_prob, grid, x_data, x_model, statistic, title)

    slide(draw, "Arrows press an energy curve down at the data and lift it at the model's draws; beside it both histograms.",
          theta=number("θ", 0.2, 3.0, start, 0.1))


def explore_moments(truth: Callable[[Tensor], Tensor], statistics: Callable[[Tensor, int], Tensor],
                    fits: dict[int, Tensor], grid: Grid, shown: int = 6) -> None:
    """Slider: the degree of a polynomial energy fitted by maximum likelihood; which moments agree, and does the shape?"""
    moment = lambda log_prob, k: float(grid.expectation(log_prob, lambda x: x[:, 0] ** k))

    def draw(degree: int):
        model = lambda x: -statistics(x, degree) @ fits[degree]
        matched = [(f"$x^{k}$", moment(truth, k), moment(model, k), k <= degree) for k in range(1, shown + 1)]
        gap = float(grid.expectation(truth, lambda x: truth(x) - model(x)) + grid.log_z(model) - grid.log_z(truth))
        return fit_in_one_dimension(truth, model, grid, matched, f"degree {degree}:  KL = {gap:.3f} nats")

    slide(draw, "A one-humped fit over two-humped data, beside it a table in which the first two moments agree.",
          degree=choice("degree of the energy", [(str(d), d) for d in fits]))


def explore_training(snapshots: Sequence[tuple[int, float, Energy]], grid: Grid, x: Tensor, start: int = 0) -> None:
    """Slider: the training's iteration; the model's density then, over the data. snapshots: (iteration, nll, log_prob)."""

    with torch.no_grad():  # once, so that a move of the slider only draws
        values = [log_prob(grid.points) for _, _, log_prob in snapshots]

    def draw(snapshot: int):
        iteration, nll, _ = snapshots[snapshot]
        log_prob = lambda x: values[snapshot]
        title = f"after iteration {iteration}:  {nll:.2f} nats"
        return densities({title: log_prob, "the same, with data": log_prob}, grid, {"the same, with data": x})

    slide(draw, "The model's density during training, alone and with data points over it.",
          snapshot=choice("iteration", [(str(s[0]), k) for k, s in enumerate(snapshots)], start))
