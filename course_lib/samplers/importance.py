"""Self-normalised importance sampling (Kahn, Marshall, 1953), with the Pareto diagnostic of arXiv:1507.02646.

    x_i ~ q,    w_i = f(x_i) / q(x_i),    E[w] = Z  wherever q > 0 covers f > 0

The weights tell how good q is: `draws.ess`, and `draws.k_hat` for their tail.
"""

import torch

from course_lib.inputs import evaluate_log_prob, require_count
from course_lib.samplers.kernel import LogProb
from course_lib.samplers.weighted import WeightedDraws, exact_draws, weigh


@torch.no_grad()
def importance_sampling(log_prob: LogProb, proposal: object, n: int, *,
                        generator: torch.Generator | None = None) -> WeightedDraws:
    """n draws of the proposal q, weighted to the density f = exp(log_prob).

    log_prob: (n, dim) -> (n,), not normalised. proposal: sample(n, generator) -> (n, dim), and log_prob, which must be
    normalised for log_z to mean anything. The weights' tail is heavy where q has thinner tails than f.
    Raises `InputError` if a density is not one number a point, or if no draw has positive weight.
    """
    require_count("n", n, minimum=2)
    x = exact_draws("proposal", proposal, n, generator)
    return weigh(x, evaluate_log_prob(log_prob, x) - evaluate_log_prob(proposal.log_prob, x))
