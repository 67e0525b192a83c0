"""Flow matching: learn a velocity by regression, without solving the differential equation.

    x_t = (1 - t) x + t noise,   dx_t/dt = noise - x        x from the data, noise ~ N(0, I), t in [0, 1]

The best velocity v*(y, t) = E[noise - x | x_t = y] moves points so that their law at time t is that of x_t: the data at t = 0,
N(0, I) at t = 1. Only the conditional mean matters; the straight lines of single pairs cross, the paths of v* do not.
"""

from typing import Callable

from torch import Tensor

from course_lib.inputs import describe, require, require_batch


def flow_matching_loss(velocity: Callable[[Tensor, Tensor], Tensor], x: Tensor, t: Tensor, noise: Tensor) -> Tensor:
    """|velocity(x_t, t) - (noise - x)|^2 for every point, summed over the coordinates.

    velocity: ((n, dim), (n,)) -> (n, dim); x: (n, dim) data; t: (n,) in [0, 1], uniform in training; noise: (n, dim), standard
    normal. Returns (n,). Its mean is E|velocity - v*|^2 plus the variance of noise - x given x_t, which no velocity removes:
    the loss does not go to zero, and is not a likelihood.
    Raises `InputError` when shapes do not fit or t leaves [0, 1].
    Lipman et al. (2023), arXiv:2210.02747; Liu et al. (2023), arXiv:2209.03003; time is reversed here: 0 is the data.
    """
    require_batch("x", x)
    require_batch("noise", noise, x.shape[1])
    require(noise.shape == x.shape, f"noise to have the shape of x, {tuple(x.shape)}", describe(noise), "draw one for each point")
    require(isinstance(t, Tensor) and t.shape == x.shape[:1], f"t to be a tensor of shape ({x.shape[0]},)", describe(t),
            "draw one time for each point with torch.rand(len(x))")
    require(bool(((t >= 0) & (t <= 1)).all()), "t between 0 (data) and 1 (noise)", describe(t), "draw it with torch.rand(len(x))")
    x_t = (1 - t[:, None]) * x + t[:, None] * noise
    value = velocity(x_t, t)
    if not isinstance(value, Tensor) or value.shape != x.shape:  # the sentence is made only when it is needed
        require(False, f"velocity to return a tensor of shape {tuple(x.shape)}", describe(value),
                "return one velocity for each point")
    return (value - (noise - x)).square().sum(-1)
