"""Maximum likelihood for an exponential family, where it is exactly the matching of moments.

p_theta(x) = exp(-theta . t(x)) / Z(theta), so that for the negative log-likelihood f(theta) = theta . mean t(x_i) + log Z(theta)
    grad f = mean t(x_i) - E_theta[t]        (data minus model)
    hess f = Cov_theta[t]                    (positive semi-definite: f is convex)
"""

from typing import Callable

import torch
from torch import Tensor

from course_lib.inputs import InputError, require, require_count
from course_lib.targets import Grid


def fit_exponential_family(statistics: Callable[[Tensor], Tensor], mean_statistics: Tensor, grid: Grid,
                           num_iterations: int = 100, tolerance: float = 1e-10) -> Tensor:
    """Solve E_theta[t] = mean_statistics by damped Newton steps, all expectations by quadrature on `grid`.

    statistics       t: (n, dim) -> (n, p), linearly independent functions
    mean_statistics  (p,), the averages of t over the data; use float64 here and in the grid
    Returns theta (p,). Raises InputError if the averages cannot be reached on this grid or if t is degenerate.
    Wainwright & Jordan, Graphical models, exponential families, and variational inference (2008), section 3.
    """
    require_count("num_iterations", num_iterations)
    t = statistics(grid.points)
    expected = f"statistics to return a tensor of shape (n, {len(mean_statistics)})"
    require(t.ndim == 2 and t.shape[1:] == mean_statistics.shape, expected, t, "one column for each entry of mean_statistics")

    def objective(theta: Tensor) -> Tensor:
        return theta @ mean_statistics + torch.logsumexp(-t @ theta, 0)

    theta = torch.zeros_like(mean_statistics)
    for _ in range(num_iterations):
        p = torch.softmax(-t @ theta, 0)
        mean = p @ t
        gradient = mean_statistics - mean
        if gradient.abs().max() < tolerance * (1 + mean_statistics.abs().max()):
            return theta
        covariance = (t - mean).T @ (p[:, None] * (t - mean))
        direction, info = torch.linalg.solve_ex(covariance, -gradient)
        if info:
            break
        step, slope, value = 1.0, gradient @ direction, objective(theta)
        while not objective(theta + step * direction) <= value + 1e-4 * step * slope and step > 1e-12:
            step /= 2
        theta = theta + step * direction
    raise InputError("Expected averages that some theta on this grid can have, but Newton's method did not reach them; "
                     "check that the grid covers the data and that no statistic is a combination of the others.")
