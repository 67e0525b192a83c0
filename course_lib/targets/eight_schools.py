"""Eight schools (Rubin, 1981): the smallest hierarchical model, and a funnel in real data."""

import math

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.targets.grid import Grid
from course_lib.targets.parameters import as_parameter, require_dtype

EFFECTS = (28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0)      # coaching effects y_j, points of the SAT
ERRORS = (15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0)     # their standard errors s_j
PRIOR_SD = {"posteriordb": 5.0, "inference_gym": 10.0}       # of mu
LOG_2PI = math.log(2 * math.pi)


class EightSchools:
    """y_j ~ N(theta_j, s_j^2), theta_j ~ N(mu, tau^2), j = 1, ..., 8. Two priors are in use, with different answers:

      "posteriordb"     mu ~ N(0, 5^2),  tau ~ half-Cauchy(5)
      "inference_gym"   mu ~ N(0, 10^2), log tau ~ N(5, 1)
    dim = 10, unconstrained: x = (mu, log tau, theta_1, ..., theta_8) when centred, else (mu, log tau, eta_1, ..., eta_8)
    with theta_j = mu + tau eta_j, eta_j ~ N(0, 1). The density is that of x: the half-Cauchy's carries the Jacobian
    d tau / d log tau = tau. log_prob is the logarithm of prior times likelihood, all constants kept.

    Exact: given log tau, everything is Gaussian; what is left is one integral, by the midpoint rule (error below 1e-9).
    log_z = log p(y), the same for both forms; mean, variance (10,) of x; constrained_mean, constrained_variance (10,) of
    (mu, tau, theta); `sample` draws log tau from 40 000 cells (its cumulative function is off by less than 1e-7).
    Raises InputError for an unknown prior.
    """

    dim = 10

    def __init__(self, prior: str = "posteriordb", centred: bool = False, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        require(isinstance(prior, str) and prior in PRIOR_SD, f"prior to be one of {', '.join(PRIOR_SD)}", describe(prior),
                "they are different models")
        require(isinstance(centred, bool), "centred to be True or False", describe(centred), "True makes theta a coordinate")
        require_dtype(dtype)
        self.prior, self.centred = prior, centred
        self._y, self._s = (as_parameter("schools", v, 1, device, torch.float64) for v in (EFFECTS, ERRORS))
        # log tau: the left tail falls as tau (posteriordb), 1e-17 at -37; the right one at least as tau^-9.
        self._line = Grid(-37.0, 15.0, 40_000, device=device, dtype=torch.float64)
        self.log_z = float(self._line.log_z(self._log_marginal))
        columns = self._line.expectation(self._log_marginal, self._conditional_moments).T.reshape(2, -1)
        mean, variance = columns[0], columns[1] - columns[0].square()
        x, constrained = ([0, 1, *range(11, 19)], [0, 2, *range(11, 19)]) if centred else (
            [0, 1, *range(3, 11)], [0, 2, *range(11, 19)])
        self.mean, self.variance = mean[x].to(dtype), variance[x].to(dtype)
        self.constrained_mean, self.constrained_variance = mean[constrained].to(dtype), variance[constrained].to(dtype)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(y, x): (n, 10) -> (n,)."""
        require_batch("x", x, 10)
        y, s, mu, log_tau, rest = self._y.to(x), self._s.to(x), x[:, :1], x[:, 1:2], x[:, 2:]
        eta = (rest - mu) * (-log_tau).exp() if self.centred else rest
        theta = rest if self.centred else mu + log_tau.exp() * rest
        schools = -0.5 * eta.square() - 0.5 * ((y - theta) / s).square() - s.log() - LOG_2PI
        if self.centred:
            schools = schools - log_tau  # the density of theta, not of eta
        return schools.sum(1) + _log_normal(mu[:, 0], PRIOR_SD[self.prior] ** 2) + self._log_prior(log_tau[:, 0])

    def constrain(self, x: Tensor) -> Tensor:
        """x -> (mu, tau, theta_1, ..., theta_8): (n, 10) -> (n, 10)."""
        require_batch("x", x, 10)
        mu, tau, rest = x[:, :1], x[:, 1:2].exp(), x[:, 2:]
        return torch.cat([mu, tau, rest if self.centred else mu + tau * rest], 1)

    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws of the posterior, (n, 10)."""
        require_count("n", n)
        log_tau = self._line.sample(self._log_marginal, n, generator)
        noise = torch.randn(n, 9, generator=generator, dtype=torch.float64, device=self._y.device)
        mu_mean, mu_variance, slope, shrinkage = self._conditional(log_tau[:, 0])
        mu = mu_mean + mu_variance.sqrt() * noise[:, :1]
        rest = slope * (self._y - mu) + shrinkage.sqrt() * noise[:, 1:]  # eta
        if self.centred:
            rest = mu + log_tau.exp() * rest
        return torch.cat([mu, log_tau, rest], 1).to(self.mean.dtype)

    def _log_prior(self, log_tau: Tensor) -> Tensor:
        """The prior density of log tau, not of tau."""
        if self.prior == "inference_gym":
            return _log_normal(log_tau - 5, 1.0)
        twice = 2 * (log_tau - math.log(5.0))
        return log_tau + math.log(2 / (5 * math.pi)) - torch.logaddexp(twice, torch.zeros_like(twice))

    def _conditional(self, log_tau: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Given tau: mean and variance of mu (m, 1); eta_j | mu ~ N(slope_j (y_j - mu), shrinkage_j), both (m, 8)."""
        tau = log_tau.exp()[:, None]
        total = self._s.square() + tau.square()  # the variance of y_j given mu
        mu_variance = 1 / (1 / PRIOR_SD[self.prior] ** 2 + (1 / total).sum(1, keepdim=True))
        return mu_variance * (self._y / total).sum(1, keepdim=True), mu_variance, tau / total, self._s.square() / total

    def _log_marginal(self, log_tau: Tensor) -> Tensor:
        """log p(y, log tau): (m, 1) -> (m,); p(y | tau) = p(y | mu, tau) p(mu) / p(mu | y, tau) at mu = 0."""
        log_tau = log_tau[:, 0]
        mu_mean, mu_variance, *_ = self._conditional(log_tau)
        total = self._s.square() + (2 * log_tau).exp()[:, None]
        at_zero = _log_normal(self._y, total).sum(1) + _log_normal(torch.zeros_like(log_tau), PRIOR_SD[self.prior] ** 2)
        return at_zero - _log_normal(mu_mean, mu_variance)[:, 0] + self._log_prior(log_tau)

    def _conditional_moments(self, log_tau: Tensor) -> Tensor:
        """E[f | tau, y] and E[f^2 | tau, y] of f = (mu, log tau, tau, eta, theta): (m, 1) -> (m, 19, 2)."""
        mu_mean, mu_variance, slope, shrinkage = self._conditional(log_tau[:, 0])
        eta_mean, eta_variance = slope * (self._y - mu_mean), shrinkage + slope.square() * mu_variance
        theta_mean = shrinkage * mu_mean + (1 - shrinkage) * self._y
        theta_variance = shrinkage.square() * mu_variance + (1 - shrinkage) * self._s.square()
        zero = torch.zeros_like(log_tau)
        mean = torch.cat([mu_mean, log_tau, log_tau.exp(), eta_mean, theta_mean], 1)
        variance = torch.cat([mu_variance, zero, zero, eta_variance, theta_variance], 1)
        return torch.stack([mean, variance + mean.square()], 2)


def _log_normal(x: Tensor, variance: float | Tensor) -> Tensor:
    log_variance = math.log(variance) if isinstance(variance, float) else variance.log()
    return -0.5 * (x.square() / variance + log_variance + LOG_2PI)
