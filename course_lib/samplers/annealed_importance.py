"""Annealed importance sampling (Neal, 2001; arXiv:physics/9803008).

    x_0 ~ base;   for k = 1 ... K:   log w += (s_k - s_{k-1}) (log f(x) - log base(x)),   x ~ T_k(x, .)

T_k is any kernel that leaves p_k = base^(1 - s_k) f^(s_k) invariant, however slowly it mixes: E[w] = Z for every K. Only
the variance of w depends on it. For a kernel with a bias (ULA, SGLD) E[w] is not Z; such a kernel is refused.
"""

import torch

from course_lib.inputs import require_count
from course_lib.samplers.geometric_path import GeometricPath, KernelAtLevel, PathInfo, kernel_at, require_schedule
from course_lib.samplers.kernel import Kernel, LogProb
from course_lib.samplers.weighted import WeightedDraws, effective_sample_size, require_weights, weigh


def annealed_importance_sampling(kernel: Kernel | KernelAtLevel, log_prob: LogProb, base: object,
                                 schedule: torch.Tensor, n: int, *, num_steps: int = 1,
                                 generator: torch.Generator | None = None) -> WeightedDraws:
    """n independent weighted draws of f = exp(log_prob), and log Z, through the levels of `schedule`.

    kernel: leaves every level invariant (`leaves_invariant`); or a function level -> kernel, for smaller steps where the
    density is sharper. log_prob: (n, dim) -> (n,), not normalised. base: sample(n, generator) -> (n, dim), and a normalised
    log_prob, positive wherever f is. schedule: (K + 1,), rising from 0 to 1. num_steps: kernel steps at each level.
    `info` is a `PathInfo`. log_z is below log Z on average, and its error too small, when few draws carry the weight.

    Raises `InputError` if an argument or a density is not fit, or no draw ends with a positive weight.
    """
    levels = require_schedule(schedule)
    require_count("num_steps", num_steps)
    kernel_at(kernel, 1.0)
    path = GeometricPath(log_prob, base)
    x = path.start(n, generator)
    log_weights, ess, rates = x.new_zeros(n), [], []
    for previous, level in zip(levels, levels[1:]):
        log_weights = log_weights + (level - previous) * path.log_ratio(x)
        require_weights(log_weights, n)
        ess.append(effective_sample_size(log_weights))
        x, rate = path.move(kernel, level, x, log_weights, num_steps, generator)
        rates.append(rate)
    info = PathInfo(torch.tensor(levels, dtype=torch.float64), torch.stack(ess), torch.stack(rates))
    return weigh(x, log_weights, info=info)
