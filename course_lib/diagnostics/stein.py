"""Kernelised Stein discrepancy: is this sample that of a density known only up to log Z? (arXiv:1703.01717)

    KSD^2 = E k_p(x, x'),   k_p(x, y) = s(x).s(y) k + s(x).grad_y k + s(y).grad_x k + div_x grad_y k

with the score s = grad log p, which does not contain log Z, and the inverse multiquadric kernel
k = (scale^2 + |x - y|^2)^exponent. E k_p = 0 if x, x' are independent draws of p. A small
value is no proof: s knows nothing of the weights of modes that lie far apart, and a sample that misses one of them is
hardly told from a complete one.
"""

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_positive

BLOCK = 1024  # rows of the kernel matrix at a time


def stein_kernel(x: Tensor, score_x: Tensor, y: Tensor, score_y: Tensor, *, scale: float = 1.0,
                 exponent: float = -0.5) -> Tensor:
    """k_p(x_i, y_j): x, score_x (n, dim), y, score_y (m, dim) -> (n, m)."""
    distance = torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").square()
    u = scale**2 + distance
    # (s(y_j) - s(x_i)) . (x_i - y_j)
    cross = x @ score_y.T - (score_y * y).sum(1) - (score_x * x).sum(1)[:, None] + score_x @ y.T
    return (u**exponent * (score_x @ score_y.T)
            + 2 * exponent * u ** (exponent - 1) * (cross - x.shape[1])
            - 4 * exponent * (exponent - 1) * u ** (exponent - 2) * distance)


def squared_ksd(x: Tensor, score: Tensor, *, scale: float = 1.0, exponent: float = -0.5, unbiased: bool = True) -> Tensor:
    """Squared kernelised Stein discrepancy of the sample x from the density with this score at x: a float64 scalar.

    x: (n, dim) draws. score: (n, dim), grad log p at them. scale > 0: the length of the kernel, in the units of x;
    -1 < exponent < 0: then, if p is strongly log-concave far out, the value goes to 0 only if the sample goes to p.
    unbiased: pairs of different points only, 0 on average for independent draws, and of either sign. Otherwise the mean
    over all n^2 pairs, never negative: its root is the discrepancy of the paper. Raises `InputError` for other shapes,
    NaN, infinity, or a setting outside of its range.
    """
    require_batch("x", x)
    require_batch("score", score, x.shape[1])
    require(len(score) == len(x) and len(x) >= 2, f"score to have one row a point, at least two, as x has {len(x)}",
            f"{len(score)} rows", "pass grad log p at every point of x")
    for name, value in (("x", x), ("score", score)):
        require(bool(torch.isfinite(value).all()), f"{name} to be finite", "NaN or infinity", "find out at which draws")
    require_positive("scale", scale)
    require(isinstance(exponent, (int, float)) and -1 < exponent < 0, "exponent to be above -1 and below 0",
            describe(exponent), "pass exponent=-0.5")
    x, score = x.detach().double(), score.detach().to(x.device).double()
    x = x - x.mean(0)  # only differences enter: keep their digits
    n, total = len(x), 0
    for block, score_block in zip(x.split(BLOCK), score.split(BLOCK)):
        total = total + stein_kernel(block, score_block, x, score, scale=scale, exponent=exponent).sum()
    if not unbiased:
        return total / n**2
    # k_p(x, x) = |s|^2 scale^(2 exponent) - 2 exponent dim scale^(2 exponent - 2)
    diagonal = score.square().sum() * scale ** (2 * exponent) - 2 * exponent * x.numel() * scale ** (2 * exponent - 2)
    return (total - diagonal) / (n * (n - 1))
