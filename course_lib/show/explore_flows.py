"""The sliders of the lecture on normalizing flows. Each answers a question that stands in the text right before it."""

import math
from typing import Callable, Sequence

import torch
from torch import Tensor

from course_lib.show.maps import clouds, pushed_line, spline
from course_lib.show.sliders import choice, number, slide

Line = Callable[[Tensor], tuple[Tensor, Tensor]]  # z (n,) -> x (n,), log |slope| (n,)


def explore_bend(bend: Callable[[Tensor, float], tuple[Tensor, Tensor]], z: Tensor) -> None:
    """Slider: how strongly a map of the line bends; where does the density gain, where does it lose?"""

    def draw(a: float):
        x, log_slope = bend(z, a)
        return pushed_line(z, x, log_slope, f"steepest slope {float(log_slope.max().exp()):.2f}, "
                                            f"flattest {float(log_slope.min().exp()):.2f}")

    slide(draw, "Left a curve, right a normal density and the one that the curve makes of it.",
          a=number("bend a", -0.9, 6.0, 0.5, 0.1))


def explore_layers(path: Sequence[Tensor], colors: Tensor, titles: Sequence[str]) -> None:
    """Slider: a cloud of points after each layer of a flow, from the base to the data."""

    def draw(layer: int):
        return clouds({"base": path[0], titles[layer]: path[layer], "data's side": path[-1]}, colors)

    slide(draw, "The same coloured points in the base law, after some layers of the flow and on the data's side.",
          layer=choice("after layer", [(str(k), k) for k in range(len(path))], len(path) // 2))


def explore_spline(evaluate: Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]) -> None:
    """Sliders: the middle knot's height and slope of a spline with two bins on [-2, 2]; can it be made not invertible?"""
    x = torch.linspace(-3, 3, 601, dtype=torch.float64)
    at = torch.tensor([-2.0, 0.0, 2.0], dtype=torch.float64)

    def draw(height: float, slope: float):
        y_at = torch.tensor([-2.0, height, 2.0], dtype=torch.float64)
        y, log_slope = evaluate(x, at, y_at, torch.tensor([1.0, slope, 1.0], dtype=torch.float64))
        return spline(x, y, log_slope.exp(), (at, y_at), f"smallest slope {float(log_slope.min().exp()):.3f}")

    slide(draw, "Left an increasing curve through three knots with straight tails, right its slope, always positive.",
          height=number("height of the middle knot", -1.9, 1.9, 1.0, 0.1),
          slope=number("slope at the middle knot", 0.05, 6.0, 2.0, 0.05))


def explore_two_modes(exact_map: Callable[[Tensor, float], tuple[Tensor, Tensor]], scale: float) -> None:
    """Slider: the distance of two modes, and the one increasing map that makes them out of one."""
    z = torch.cat([torch.linspace(-4, 4, 801), torch.linspace(-0.02, 0.02, 401)]).double().unique()

    def draw(distance: float):
        x, log_slope = exact_map(z, distance)
        steepest = scale * math.exp(distance**2 / (2 * scale**2))
        return pushed_line(z, x, log_slope, f"slope at 0: {float(log_slope[len(z) // 2].exp()):.4g},  predicted {steepest:.4g}")

    slide(draw, "Left a curve that climbs steeply at 0, right a density with two separate peaks made from one.",
          distance=number("modes at ± m, m =", 0.5, 3.0, 1.0, 0.1))
