"""Exact answers in one and two dimensions: sums over a regular grid."""

import math
from numbers import Real
from typing import Callable

import torch
from torch import Tensor

from course_lib.inputs import describe, evaluate_log_prob, require, require_count
from course_lib.targets.parameters import require_dtype

LogProb = Callable[[Tensor], Tensor]


class Grid:
    """The midpoint rule on a box: integral of f = cell_volume * sum_i f(points[i]).

    `log_prob` below is any unnormalised log-density (n, dim) -> (n,), for instance `lambda x: -energy(x)`; what lies
    outside the box counts as zero, and `edge_mass` tells whether the box is large enough. For a smooth density that
    has died out at the edge the rule converges faster than any power of the spacing.

    low, high: the box, two floats for a line or two tuples (one number an axis) for a plane.
    num_points: cells along every axis, or a tuple with one number an axis.
    Attributes: dim, points (m, dim), axes (one tensor of midpoints an axis), shape (cells along every axis;
    `values.reshape(grid.shape)` has the first coordinate along its rows), cell_volume (float).
    Raises InputError for a box that is empty or has more than two axes.
    """

    def __init__(self, low: float | tuple[float, ...], high: float | tuple[float, ...],
                 num_points: int | tuple[int, ...], device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        require_dtype(dtype)
        low, high = _per_axis("low", low), _per_axis("high", high)
        require(len(low) == len(high), "low and high to have one number an axis", f"{len(low)} and {len(high)} numbers",
                "give both the same length")
        self.dim = len(low)
        require(self.dim <= 2, "a box with one or two axes", f"{self.dim} axes",
                f"sample instead: the cost of a grid grows as num_points**dim, and 100 points an axis would be 10^{2 * self.dim}"
                " evaluations")
        self.shape = tuple(num_points) if isinstance(num_points, (tuple, list)) else (num_points,) * self.dim
        require(len(self.shape) == self.dim, "num_points to be one number, or one an axis", describe(num_points),
                f"this box has {self.dim} axes")
        for a, b, count in zip(low, high, self.shape):
            require_count("num_points", count, minimum=2)
            require(math.isfinite(a) and math.isfinite(b) and a < b, "low < high on every axis, both finite",
                    f"low = {a:g} and high = {b:g}", "swap them or widen the box")
        self._width = tuple((b - a) / count for a, b, count in zip(low, high, self.shape))
        self.cell_volume = math.prod(self._width)
        self.axes = tuple((a + width * (torch.arange(count, dtype=torch.float64) + 0.5)).to(device, dtype)
                          for a, width, count in zip(low, self._width, self.shape))
        self.points = torch.stack(torch.meshgrid(*self.axes, indexing="ij"), -1).reshape(-1, self.dim)

    def log_z(self, log_prob: LogProb) -> Tensor:
        """log of the integral of exp(log_prob): a scalar, differentiable in whatever log_prob closes over."""
        return evaluate_log_prob(log_prob, self.points).logsumexp(0) + math.log(self.cell_volume)

    def probabilities(self, log_prob: LogProb) -> Tensor:
        """The probability of every cell, (m,), summing to one. Raises InputError where the density is zero everywhere."""
        value = evaluate_log_prob(log_prob, self.points)
        require(bool((value > -math.inf).any()), "a density that is positive somewhere in the box",
                "log_prob = -inf at every grid point", "move or widen the box")
        return value.softmax(0)

    def expectation(self, log_prob: LogProb, f: Callable[[Tensor], Tensor]) -> Tensor:
        """E_p[f(x)] for f: (m, dim) -> (m,) or (m, ...); cells of probability zero do not count, whatever f is there."""
        p, value = self.probabilities(log_prob), f(self.points)
        require(isinstance(value, Tensor) and value.ndim > 0 and value.shape[0] == p.shape[0],
                f"f to return one row a point, a tensor of shape ({p.shape[0]}, ...)", value, "keep the batch axis")
        p = p.reshape(-1, *[1] * (value.ndim - 1))
        return torch.where(p > 0, p * value, 0.0).sum(0)

    def sample(self, log_prob: LogProb, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws, (n, dim): a cell by its probability, then a uniform point in it."""
        require_count("n", n)
        with torch.no_grad():
            # float64: a float32 running sum over 10^5 cells would lose the improbable ones.
            cumulative = self.probabilities(log_prob).double().cumsum(0)
            device = self.points.device
            u = torch.rand(n, generator=generator, dtype=torch.float64, device=device) * cumulative[-1]
            cell = torch.searchsorted(cumulative, u, right=True).clamp(max=len(cumulative) - 1)
            width = torch.tensor(self._width, dtype=self.points.dtype, device=device)
            offset = torch.rand(n, self.dim, generator=generator, dtype=self.points.dtype, device=device) - 0.5
            return self.points[cell] + offset * width

    def edge_mass(self, log_prob: LogProb) -> float:
        """The probability in the outermost ring of cells: far from 0, the box is too small."""
        with torch.no_grad():
            p = self.probabilities(log_prob).reshape(self.shape)
            p[(slice(1, -1),) * self.dim] = 0
            return float(p.sum())


def _per_axis(name: str, value: float | tuple[float, ...]) -> tuple[float, ...]:
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    numbers = all(isinstance(v, Real) and not isinstance(v, bool) for v in values)
    require(numbers and len(values) > 0, f"{name} to be a number, or a tuple with one number an axis", describe(value),
            f"pass for instance {name}=({'-4., -4.' if name == 'low' else '4., 4.'}) for a plane")
    return tuple(float(v) for v in values)
