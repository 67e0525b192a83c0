"""Reverse KL: teach a flow a density that can be evaluated but not drawn from.

    KL(q || p) = E_z[log rho(z) - log|det dT/dz| - log p~(T(z))] + log Z,   q the law of T(z), z ~ rho = N(0, I), p = p~ / Z

(Rezende and Mohamed, 2015, arXiv:1505.05770.)
"""

from typing import Callable

from torch import Tensor

from course_lib.inputs import evaluate_log_prob, require, require_batch
from course_lib.models.flows.flow import standard_normal_log_prob
from course_lib.models.flows.layer import FlowLayer


def reverse_kl(flow: FlowLayer, log_target: Callable[[Tensor], Tensor], z: Tensor) -> Tensor:
    """log rho(z) - log|det dT/dz| - log_target(T(z)) for every draw: (n, dim) -> (n,), in nats.

    z: draws of N(0, I); log_target: (n, dim) -> (n,), not necessarily normalised. The mean of the result is at least
    -log Z, and is that only if the flow's law is the target. Differentiable in the weights of the flow: z is fixed noise and
    the gradient goes through T(z) (the pathwise derivative). Where the spread is 0, the flow is exact: then every
    term is -log Z.
    The smallest value rewards a flow that is nowhere where the target is not: it may leave out whole modes.
    Raises `InputError` for another shape, and when log_target is no finite number at some draw.
    """
    require_batch("z", z)
    x, log_det = flow(z)
    require(log_det.shape == z.shape[:1], f"the flow to return log_det of shape ({z.shape[0]},)", log_det, "sum over coordinates")
    value = evaluate_log_prob(log_target, x)
    outside = int((value == -float("inf")).sum())
    require(outside == 0, "log_target to be finite wherever the flow draws", f"-inf at {outside} of {z.shape[0]} draws",
            "reverse KL is infinite there: give the target tails, or map the flow into its support")
    return standard_normal_log_prob(z) - log_det - value
