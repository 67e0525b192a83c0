"""Sequential Monte Carlo by tempering (Del Moral, Doucet, Jasra, 2006; adaptive levels: arXiv:1303.3123).

    x ~ base;   until s = 1:   log w += (t - s) (log f(x) - log base(x)),   s = t,   resample if the ESS is low,   x ~ T_s(x, .)

It is AIS whose draws are exchanged on the way: light ones die, heavy ones are doubled, and log mean w goes to log Z at each
exchange. The next level t is the one at which the weights v = (f / base)^(t - s) that the step adds have

    conditional ESS   n (sum_i W_i v_i)^2 / sum_i W_i v_i^2   =   conditional_ess * n

E[Z_hat] = Z for a schedule fixed before. An adaptive schedule depends on the draws, and Z_hat is biased: counted over all
runs on two states at a conditional ESS of 0.6, by -2.9 %, -1.6 %, +0.8 % and +2.1 % with 2, 3, 4 and 5 draws. It goes to zero
with n, and with 300 draws the tests find none above their error. For an unbiased Z_hat, fix the schedule of a first run.
"""

from math import log

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_count
from course_lib.samplers.geometric_path import GeometricPath, KernelAtLevel, PathInfo, kernel_at, require_schedule
from course_lib.samplers.kernel import Kernel, LogProb
from course_lib.samplers.resampling import draw_systematic
from course_lib.samplers.weighted import WeightedDraws, effective_sample_size, require_weights, weigh


def conditional_ess_share(weights: Tensor, log_ratio: Tensor, step: float) -> Tensor:
    """(sum W v)^2 / sum W v^2 with v = exp(step * log_ratio), in [0, 1]: weights (n,) of sum one, log_ratio (n,)."""
    log_v = torch.log(weights) + step * log_ratio
    return (2 * log_v.logsumexp(0) - (log_v + step * log_ratio).logsumexp(0)).exp()


def next_level(level: float, log_weights: Tensor, log_ratio: Tensor, share: float) -> float:
    """The level up to 1 at which the conditional ESS has fallen to `share` of what it is at once after `level`.

    log_weights, log_ratio: (n,). The conditional ESS falls as the step grows, so bisection finds it. Points where f is zero
    are lost at the first step, however small, and are not counted.
    """
    alive = (log_weights > -torch.inf) & (log_ratio > -torch.inf)
    weights, log_ratio = log_weights[alive].double().softmax(0), log_ratio[alive].double()
    if conditional_ess_share(weights, log_ratio, 1 - level) >= share:
        return 1.0
    low, high = 0.0, 1 - level
    while level + low < level + (low + high) / 2 < level + high:
        middle = (low + high) / 2
        at_middle = conditional_ess_share(weights, log_ratio, middle)
        low, high = (middle, high) if at_middle >= share else (low, middle)
    return level + high


def tempered_smc(kernel: Kernel | KernelAtLevel, log_prob: LogProb, base: object, n: int, *, schedule: Tensor | None = None,
                 conditional_ess: float = 0.8, resample_below: float = 0.5, num_steps: int = 5, max_levels: int = 1000,
                 generator: torch.Generator | None = None) -> WeightedDraws:
    """n weighted draws of f = exp(log_prob), and log Z, through levels that are found on the way or given by `schedule`.

    kernel: leaves every level invariant (`leaves_invariant`), and starts afresh at each; or a function level -> kernel.
    log_prob: (n, dim) -> (n,), not normalised. base: sample(n, generator) -> (n, dim), and a normalised log_prob, positive
    wherever f is. schedule: (K + 1,), rising from 0 to 1, or None: adaptive, with `conditional_ess` in (0, 1).
    resample_below: draws are resampled when their ESS is below this share of n; 1 is always, 0 never. num_steps: kernel
    steps at each level. `info` is a `PathInfo`, its schedule the levels used.

    Errors count draws of one first draw as one (`families`); they know nothing of the adaptation, and are too small if the
    kernel does not mix within a level. Raises `InputError` if an argument or a density is not fit, no draw keeps a
    positive weight, or level 1 is not reached within max_levels.
    """
    levels = None if schedule is None else require_schedule(schedule)
    for name, share in (("conditional_ess", conditional_ess), ("resample_below", resample_below)):
        inside = isinstance(share, (int, float)) and (0 < share < 1 if name == "conditional_ess" else 0 <= share <= 1)
        require(inside, f"{name} to be a share of n, between 0 and 1", describe(share), f"pass for instance {name}=0.5")
    require_count("num_steps", num_steps)
    require_count("max_levels", max_levels)
    kernel_at(kernel, 1.0)
    path = GeometricPath(log_prob, base)
    x = path.start(n, generator)
    families, log_weights, log_z = torch.arange(n, device=x.device), x.new_zeros(n), x.new_zeros(())
    used, ess, rates = [0.0], [], []
    while used[-1] < 1:
        require(levels is not None or len(used) <= max_levels, f"level 1 within max_levels = {max_levels}",
                f"{used[-1]:.3g}", "take a base nearer to the target, or a lower conditional_ess")
        log_ratio = path.log_ratio(x)
        require_weights(log_weights + log_ratio, n)  # is a draw left?
        used.append(levels[len(used)] if levels else next_level(used[-1], log_weights, log_ratio, conditional_ess))
        log_weights = log_weights + (used[-1] - used[-2]) * log_ratio
        ess.append(effective_sample_size(log_weights))
        if ess[-1] < resample_below * n:
            picked = draw_systematic(log_weights.softmax(0), n, generator)
            x, families = x[picked], families[picked]
            log_z, log_weights = log_z + log_weights.logsumexp(0) - log(n), torch.zeros_like(log_weights)
        x, rate = path.move(kernel, used[-1], x, log_weights, num_steps, generator)
        rates.append(rate)
    info = PathInfo(torch.tensor(used, dtype=torch.float64), torch.stack(ess), torch.stack(rates))
    return weigh(x, log_z + log_weights, families, info)
