"""Bayesian logistic regression: a posterior that is log-concave, real and not Gaussian."""

import math

import torch
from torch import Tensor

from course_lib.data import load_classification
from course_lib.inputs import describe, require, require_batch, require_count, require_positive
from course_lib.targets.parameters import as_parameter


class LogisticRegression:
    """The posterior of weights w ~ N(0, prior_scale^2 I) given labels y_i in {0, 1} with P(y_i = 1) = sigmoid(w . x_i).

    log p(w) = sum_i log sigmoid((2 y_i - 1) w . x_i) - |w|^2 / (2 s^2) - dim log(2 pi s^2) / 2,   s = prior_scale
    is the logarithm of prior times likelihood, all constants kept: its log Z is the log evidence log p(y).
    inputs: (n, dim), used as they are: scale them, and add a column of ones for an intercept, before (or use
    `logistic_regression`). labels: (n,), 0 or 1. Raises InputError otherwise.
    """

    def __init__(self, inputs: Tensor, labels: Tensor, prior_scale: float = 1.0, device: str | torch.device = "cpu",
                 dtype: torch.dtype = torch.float32):
        require_positive("prior_scale", prior_scale)
        self.inputs = as_parameter("inputs", inputs, 2, device, dtype)
        self.labels = as_parameter("labels", labels, 1, device, dtype)
        self.prior_scale, self.dim = float(prior_scale), self.inputs.shape[1]
        require(len(self.labels) == len(self.inputs), f"labels to have {len(self.inputs)} entries, as inputs has rows",
                f"{len(self.labels)} entries", "give every row its label")
        require(bool(((self.labels == 0) | (self.labels == 1)).all()), "labels of 0 and 1", "other numbers",
                "for labels -1 and 1 pass (labels + 1) / 2")
        self._signed = (2 * self.labels[:, None] - 1) * self.inputs
        self._constant = -self.dim / 2 * math.log(2 * math.pi * self.prior_scale**2)

    def log_prob(self, w: Tensor) -> Tensor:
        """log p(y, w): (n, dim) -> (n,)."""
        require_batch("w", w, self.dim)
        log_likelihood = torch.nn.functional.logsigmoid(w @ self._signed.to(w).T).sum(1)
        return log_likelihood - w.square().sum(1) / (2 * self.prior_scale**2) + self._constant

    def sample_prior(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n independent draws of the prior (not of the posterior), (n, dim): overdispersed starting points."""
        require_count("n", n)
        noise = torch.randn(n, self.dim, generator=generator, dtype=self.inputs.dtype, device=self.inputs.device)
        return self.prior_scale * noise


def logistic_regression(name: str, prior_scale: float = 1.0, scaling: str = "standardised",
                        device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32) -> LogisticRegression:
    """The posterior of one of the course's data sets, all rows, an intercept first: w = (intercept, one weight an input).

    name: "breast_cancer" (dim 31), "german_credit" (25), "sonar" (61) or "ionosphere" (35). prior_scale: s of N(0, s^2 I),
    the intercept included. scaling: "standardised" takes the mean from every input and divides by its standard deviation
    (divisor n; an input that never changes becomes 0); "divided" only divides. The published values of log Z belong to
      sonar, ionosphere   s = 1, standardised        (arXiv:2302.13834)
      german_credit       s = 1, standardised        (Inference Gym), or s = 10, divided (arXiv:2503.01006)
      breast_cancer       s = 10, divided            (arXiv:2503.01006)
    With the defaults, `load_reference("logistic_regression_" + name)` holds log Z, means and variances with their errors.
    Raises InputError for an unknown name or scaling.
    """
    require(scaling in ("standardised", "divided"), 'scaling to be "standardised" or "divided"', describe(scaling),
            "choose one of the two")
    data = load_classification(name, dtype=torch.float64)
    sd = data.inputs.std(0, correction=0)
    centre = data.inputs.mean(0) if scaling == "standardised" else 0.0
    inputs = (data.inputs - centre) / torch.where(sd > 0, sd, 1.0)
    inputs = torch.cat([torch.ones(len(inputs), 1, dtype=torch.float64), inputs], 1)
    return LogisticRegression(inputs, data.labels, prior_scale, device=device, dtype=dtype)
