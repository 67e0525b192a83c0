"""The sliders of the lecture on flows for images and in continuous time. Each answers a question that stands right before it."""

from typing import Callable, Mapping, Sequence

import torch
from torch import Tensor

from course_lib.show.image_flows import contraction, noise_width, series, solver
from course_lib.show.planes import digits
from course_lib.show.sliders import choice, number, slide


def explore_noise_width(noisy: Callable[[float], tuple[Tensor, Tensor, float]], entropy: float) -> None:
    """Slider: how wide is the noise on whole numbers? noisy(width) -> x, the density of level + noise, its entropy."""
    widths = [0.05 * k for k in range(1, 41)]
    values = [noisy(width)[2] for width in widths]

    def draw(width: float):
        x, density, _ = noisy(width)
        return noise_width(x, density, widths, values, width, entropy)

    slide(draw, "Left bars on the levels, half a cell wide; right a curve that rises with the width to a dashed line at one.",
          width=number("width of the noise", 0.05, 2.0, 0.5, 0.05))


def explore_temperature(images: Mapping[str, Tensor], values: Mapping[str, float]) -> None:
    """Slider: digits drawn from a base law that was made narrower or wider; {label: images (n, 64)}, {label: mean NLL}."""
    def draw(label: str):
        return digits({f"temperature {label}: {values[label]:.0f} nats": images[label]}, rows=3, columns=9)

    labels = list(images)
    slide(draw, "Three rows of digits drawn by a flow.", label=choice("temperature", [(name, name) for name in labels], "1"))


def explore_contraction(g: Callable[[Tensor, float], Tensor]) -> None:
    """Slider: the slope of g in x = z + g(z); when does the map fold, when does its inverse iteration converge?"""
    z = torch.linspace(-7, 7, 701, dtype=torch.float64)
    goals = torch.linspace(-6, 5.3, 9, dtype=torch.float64)

    def draw(lipschitz: float):
        x = z + g(z, lipschitz)
        solution, ways = solve(lambda z: z + g(z, lipschitz), goals), [goals]
        for _ in range(40):
            ways.append(goals - g(ways[-1], lipschitz))
        folds = int((x.diff().sign().diff() != 0).sum())
        errors = (torch.stack(ways) - solution).abs()
        return contraction(z, x, errors, lipschitz, f"L = {lipschitz:.2f}: turns round {folds} times")

    slide(draw, "Left an increasing wavy curve; right errors that fall below a dashed straight line on a logarithmic axis.",
          lipschitz=number("Lipschitz constant L", 0.1, 1.5, 0.7, 0.05))


def solve(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """One z with f(z) = x within 10 of each x, by bisection."""
    low, high = x - 10, x + 10
    for _ in range(80):
        middle = (low + high) / 2
        low, high = torch.where(f(middle) < x, middle, low), torch.where(f(middle) < x, high, middle)
    return (low + high) / 2


def explore_series(jacobians: Mapping[str, Tensor], bound: Callable[[float, int], float], max_terms: int = 60) -> None:
    """Sliders: the Lipschitz constant and the number of terms of log det(I + J); {L: (points, dim, dim)}, bound(L, terms)."""
    generator = torch.Generator().manual_seed(0)

    def draw(lipschitz: str, num_terms: int):
        jacobian = jacobians[lipschitz]
        eye = torch.eye(jacobian.shape[1]).to(jacobian)
        exact = torch.linalg.slogdet(eye + jacobian).logabsdet
        powers, total, errors = eye.expand_as(jacobian), torch.zeros_like(exact), []
        probes = 2 * torch.randint(0, 2, (4000, len(eye)), generator=generator).to(jacobian) - 1
        rows, estimates = probes, torch.zeros_like(probes[:, 0])
        for k in range(1, max_terms + 1):
            powers = powers @ jacobian
            total = total + (-1) ** (k + 1) * powers.diagonal(dim1=1, dim2=2).sum(1) / k
            errors.append(float((total - exact).abs().max().clamp(min=1e-12)))
            if k <= num_terms:
                rows = rows @ jacobian[0]
                estimates = estimates + (-1) ** (k + 1) * (rows * probes).sum(1) / k
        bounds = [bound(float(lipschitz), k) for k in range(1, max_terms + 1)]
        return series(num_terms, errors, bounds, estimates, float(exact[0]),
                      f"{num_terms} terms: error {errors[num_terms - 1]:.2g}, bound {bounds[num_terms - 1]:.2g}")

    slide(draw, "Left the error of the series and its bound, falling with the terms; right a histogram of estimates.",
          lipschitz=choice("Lipschitz constant", [(name, name) for name in jacobians], list(jacobians)[1]),
          num_terms=choice("number of terms", [(str(k), k) for k in range(1, max_terms + 1)], 5))


def explore_solver(steps: Sequence[int], clouds: Sequence[Tensor], lines: Mapping[str, Sequence[float]], floor: float) -> None:
    """Slider: the number of solver steps of a continuous flow; draws (n, 2) and reported likelihoods with each."""
    def draw(at: int):
        values = ", ".join(f"{label} {numbers[at]:.2f}" for label, numbers in lines.items())
        return solver(clouds[at], steps, lines, at, floor, f"{steps[at]} steps: {values}")

    slide(draw, "Left draws from the flow with few steps, a blurred shape; right the reported values by number of steps.",
          at=choice("number of steps", [(str(count), k) for k, count in enumerate(steps)], 1))
