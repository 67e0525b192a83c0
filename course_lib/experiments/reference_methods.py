"""Two independent routes to log Z and the moments of a posterior in some dozens of dimensions.

Route 1, importance sampling: draws of a multivariate Student-t, fitted to the target, and their weights.
Route 2, a long run of MALA for the moments, and bridge sampling from its draws to a Gaussian for log Z.
They share no draw and no estimator: an error of one would not be repeated by the other.
"""

import math
from typing import Callable, NamedTuple

import torch
from torch import Tensor

from course_lib.inputs import log_prob_and_grad
from course_lib.samplers import MALA, sample
from course_lib.samplers.importance import importance_sampling

LogProb = Callable[[Tensor], Tensor]
BLOCK = 20_000  # points evaluated at a time


class Estimate(NamedTuple):
    """log_z, and mean and variance (dim,), each with its standard error; num_effective draws behind the moments.

    k_hat: the Pareto index of the weights' tail, where there are weights; errors can be trusted below 0.7.
    """

    log_z: float
    log_z_error: float
    mean: Tensor
    mean_error: Tensor
    variance: Tensor
    variance_error: Tensor
    num_effective: float
    k_hat: float = math.nan


def laplace(log_prob: LogProb, dim: int, num_steps: int = 100) -> tuple[Tensor, Tensor]:
    """Mode (dim,) and inverse of minus the Hessian there (dim, dim), by Newton's method from 0 for a concave log_prob."""
    x = torch.zeros(dim, dtype=torch.float64)
    for _ in range(num_steps):
        value, grad = log_prob_and_grad(log_prob, x[None])
        move, length = torch.linalg.solve(-hessian(log_prob, x), grad[0]), 1.0
        while length > 1e-10 and bool(log_prob((x + length * move)[None]) < value):
            length /= 2
        x = x + length * move
        if float((grad[0] @ move).abs()) < 1e-20:
            break
    return x, torch.linalg.inv(-hessian(log_prob, x))


def hessian(log_prob: LogProb, x: Tensor) -> Tensor:
    """Second derivatives (dim, dim) of log_prob at one point x (dim,)."""
    return torch.autograd.functional.hessian(lambda x: log_prob(x[None])[0], x)


def moments(x: Tensor, log_w: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Mean (dim,) and covariance (dim, dim) of the points x (n, dim), equal or under weights exp(log_w)."""
    w = torch.full_like(x[:, 0], 1 / len(x)) if log_w is None else log_w.softmax(0)
    mean = w @ x
    return mean, ((x - mean).T * w) @ (x - mean)


def flattened(log_w: Tensor, share: float = 0.1) -> Tensor:
    """power * log_w for the largest power <= 1 at which the weights are worth `share` of their number, by bisection.

    A fit to a proposal that is still far off would else rest on a handful of points, and collapse.
    """
    def worth(power: float) -> float:
        return float(1 / (power * log_w).softmax(0).square().sum()) / len(log_w)

    if worth(1.0) >= share:
        return log_w
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) >= share else (low, middle)
    return low * log_w


class StudentT:
    """The multivariate Student-t: location mean (dim,), scale matrix (dim, dim), a whole number of degrees of freedom."""

    def __init__(self, mean: Tensor, scale_matrix: Tensor, freedom: int):
        self.mean, self.freedom, self.factor = mean, freedom, torch.linalg.cholesky(scale_matrix)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws, (n, dim): mean + L noise sqrt(freedom / chi^2)."""
        noise = torch.randn(n, len(self.mean), generator=generator, dtype=torch.float64)
        chi_square = torch.randn(n, self.freedom, generator=generator, dtype=torch.float64).square().sum(1)
        return self.mean + (noise * (self.freedom / chi_square).sqrt()[:, None]) @ self.factor.T

    def log_prob(self, x: Tensor) -> Tensor:
        """(n, dim) -> (n,)."""
        half, dim = self.freedom / 2, len(self.mean)
        squares = torch.linalg.solve_triangular(self.factor, (x - self.mean).T, upper=False).square().sum(0)
        constant = math.lgamma(half + dim / 2) - math.lgamma(half) - dim / 2 * math.log(math.pi * self.freedom)
        return constant - float(self.factor.diagonal().log().sum()) - (half + dim / 2) * torch.log1p(squares / self.freedom)


def in_blocks(log_prob: LogProb, x: Tensor) -> Tensor:
    """log_prob (n,) of many points x (n, dim), some at a time, to spare memory."""
    with torch.no_grad():
        return torch.cat([log_prob(block) for block in x.split(BLOCK)])


def adaptive_importance_sampling(log_prob: LogProb, mean: Tensor, covariance: Tensor, num_draws: int,
                                 generator: torch.Generator, freedom: int = 20, num_rounds: int = 8) -> Estimate:
    """Self-normalised importance sampling with a Student-t whose location and scale are refitted num_rounds times.

    Each refit uses num_draws / 8 draws, at least 20 000, that are then thrown away, so that the estimate of Z, the mean
    weight of fresh draws, is unbiased.
    """
    def blocked(x: Tensor) -> Tensor:
        return in_blocks(log_prob, x)

    for _ in range(num_rounds):
        draws = importance_sampling(blocked, StudentT(mean, covariance, freedom), max(num_draws // 8, BLOCK), generator=generator)
        mean, covariance = moments(draws.positions, flattened(draws.log_weights))
    draws = importance_sampling(blocked, StudentT(mean, covariance, freedom), num_draws, generator=generator)
    mean = draws.expectation(lambda x: x)
    variance = draws.expectation(lambda x: (x - mean.value).square())
    return Estimate(float(draws.log_z), float(draws.log_z_error), *mean, *variance, float(draws.ess), float(draws.k_hat))


def mala_and_bridge(log_prob: LogProb, mean: Tensor, covariance: Tensor, step_size: float, chains: int, num_steps: int,
                    generator: torch.Generator) -> Estimate:
    """MALA on z with x = mean + L z, L L^T = covariance; a pilot of num_steps / 4 refits both first. Then `bridge`.

    Chains start from N(0, I), are independent, and so give the errors: the spread of their own averages. A fifth of
    num_steps comes before them as warm-up.
    """
    for steps in (num_steps // 4, num_steps):
        location, factor = mean, torch.linalg.cholesky(covariance)
        start = torch.randn(chains, len(mean), generator=generator, dtype=torch.float64)
        run = sample(MALA(step_size), lambda z: log_prob(location + z @ factor.T), start, steps, warmup=num_steps // 5, thin=5,
                     generator=generator)
        x = location + run.positions @ factor.T  # (draws, chains, dim)
        mean, covariance = moments(x.flatten(0, 1))
    average = x.mean((0, 1))
    squares = (x - average).square()
    variance = squares.mean((0, 1))
    error = x.mean(0).std(0) / chains**0.5
    log_z, log_z_error = bridge(log_prob, x, generator)
    return Estimate(log_z, log_z_error, average, error, variance, squares.mean(0).std(0) / chains**0.5,
                    float((variance / error.square()).min()))


def bridge(log_prob: LogProb, x: Tensor, generator: torch.Generator) -> tuple[float, float]:
    """log Z and its error by bridge sampling (Meng and Wong, 1996) from draws x (draws, chains, dim) of the target.

    The other end is q, the Gaussian with the moments of the first half of the chains; the second half is what is used.
    With l = log p - log q and as many draws of q, r = exp(log Z) solves  mean_q[1 / (1 + r / e^l)] = mean_p[1 / (1 + e^l / r)].
    Error: of the logarithms of both means, the second by the spread of the chains (their difference has slope -1 in log r).
    """
    num_draws, chains, dim = x.shape
    mean, covariance = moments(x[:, : chains // 2].reshape(-1, dim))
    q = torch.distributions.MultivariateNormal(mean, covariance)
    used = x[:, chains // 2:]
    y = mean + torch.randn(num_draws * used.shape[1], dim, generator=generator, dtype=torch.float64) @ q.scale_tril.T
    l_p, l_q = (in_blocks(lambda v: log_prob(v) - q.log_prob(v), v) for v in (used.reshape(-1, dim), y))
    low, high = float(torch.cat([l_p, l_q]).min()), float(torch.cat([l_p, l_q]).max())
    for _ in range(60):  # the left side falls in r, the right side rises
        log_r = (low + high) / 2
        at_q, at_p = torch.sigmoid(l_q - log_r), torch.sigmoid(log_r - l_p)
        low, high = (log_r, high) if float(at_q.mean()) > float(at_p.mean()) else (low, log_r)
    by_chain = at_p.reshape(num_draws, -1).mean(0)
    relative = (float(at_q.std() / at_q.mean()) / len(y) ** 0.5, float(by_chain.std() / by_chain.mean()) / len(by_chain) ** 0.5)
    return log_r, math.hypot(*relative)
