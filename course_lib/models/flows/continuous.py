"""Continuous flows: a velocity field instead of layers.

    dx/dt = v(x, t),   t = 0 the data, t = 1 the base law N(0, I)
    d log p_t(x_t)/dt = -div v(x_t, t),   so   log p_0(x_0) = log rho(x_1) + integral_0^1 div v(x_t, t) dt

Any smooth v gives an invertible map: two solutions never meet. The price is a solver, with its error, in place of a formula.
"""

import math
from collections.abc import Sequence
from typing import Callable

import torch
from torch import Tensor, nn

from course_lib.dynamics import METHODS, integrate, trajectory
from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.models.flows.flow import standard_normal_log_prob
from course_lib.models.flows.layer import FlowLayer
from course_lib.models.networks import MLP

Velocity = Callable[[Tensor, Tensor], Tensor]  # ((n, dim), (n,)) -> (n, dim)


class VelocityMLP(nn.Module):
    """v(x, t) = net([x, t, cos(pi k t), sin(pi k t) for k = 1 ... num_frequencies]): ((n, dim), (n,)) -> (n, dim).

    The waves let v change quickly in t: near the data it has to. hidden: widths of the hidden layers; zero_last: start as
    v = 0, the flow that does nothing. generator: on `device`; same seed, same weights.
    forward raises `InputError` unless x is (n, dim) and t is (n,) or one number.
    """

    def __init__(self, dim: int, hidden: Sequence[int] = (128, 128, 128), num_frequencies: int = 4,
                 zero_last: bool = False, *, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("dim", dim)
        require_count("num_frequencies", num_frequencies, minimum=0)
        self.dim = dim
        self.net = MLP(dim + 1 + 2 * num_frequencies, dim, hidden, zero_last, generator=generator, device=device, dtype=dtype)
        self.register_buffer("frequency", math.pi * torch.arange(1, num_frequencies + 1, device=device, dtype=dtype))

    def forward(self, x: Tensor, t: Tensor | float) -> Tensor:
        """The velocity of every point at its time."""
        require_batch("x", x, self.dim)
        t = torch.as_tensor(t, device=x.device, dtype=x.dtype)
        require(t.ndim == 0 or t.shape == x.shape[:1], f"t to be one number or a tensor of shape ({x.shape[0]},)", describe(t),
                "pass one time for each point")
        t = t.expand(x.shape[0])[:, None]
        angle = t * self.frequency
        return self.net(torch.cat([x, t, angle.cos(), angle.sin()], dim=-1))


class ContinuousFlow(FlowLayer):
    """The flow of dx/dt = velocity(x, t) from the data, t = 0, to N(0, I), t = 1, by fixed steps.

        inverse: z = x_1, log|det dz/dx| = integral_0^1 div v dt        forward: from t = 1 back to t = 0, minus that integral

    velocity: ((n, dim), (n,)) -> (n, dim), for instance `VelocityMLP`; num_steps, method: those of `integrate`. divergence:
      "exact"       sum of dv_i/dx_i: dim backward passes an evaluation;
      "hutchinson"  e . (dv/dx) e: one pass, any dim; unbiased because E[e e'] = I. One e a point, held fixed through the
                    solve: else the solver sees a field that jumps, and its order is lost. log_prob is then unbiased up to
                    the error of the solver; exp(log_prob) is not: by Jensen it is too large on average.
    probe: law of e, "rademacher" (+-1; no law of independent entries has a smaller variance) or "gaussian".

    Where autograd records, everything is differentiable in the weights (maximum likelihood); the graphs of all
    evaluations are kept, 4 num_steps for rk4: score many points under torch.no_grad(), which frees them one by one.
    Chen et al. (2018), arXiv:1806.07366; Grathwohl et al. (2019), FFJORD, arXiv:1810.01367; Hutchinson (1990).
    """

    def __init__(self, velocity: Velocity, dim: int, num_steps: int = 20, divergence: str = "exact", method: str = "rk4",
                 probe: str = "rademacher"):
        super().__init__()
        require_count("dim", dim)
        require_count("num_steps", num_steps)
        require(callable(velocity), "velocity to be a function of (x, t)", velocity, "pass for instance VelocityMLP(dim)")
        for name, value, choices in (("divergence", divergence, ("exact", "hutchinson")), ("method", method, METHODS),
                                     ("probe", probe, ("rademacher", "gaussian"))):
            require(value in choices, f"{name} to be one of {', '.join(choices)}", describe(value),
                    f"choose for instance {name}={[*choices][-1]!r}")
        self.velocity, self.dim, self.num_steps = velocity, dim, num_steps
        self.divergence, self.method, self.probe = divergence, method, probe

    def forward(self, z: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """From the base to the data, t from 1 to 0: (n, dim) -> x and log|det dx/dz|, (n,). generator: of the probes."""
        return self._solve("z", z, 1.0, 0.0, generator)

    def inverse(self, x: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """From the data to the base, t from 0 to 1: (n, dim) -> z and log|det dz/dx|, (n,). generator: of the probes."""
        return self._solve("x", x, 0.0, 1.0, generator)

    def log_prob(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """log p(x) of every point, (n, dim) -> (n,), up to the error of the solver: double num_steps to see it."""
        z, log_det = self.inverse(x, generator)
        return standard_normal_log_prob(z) + log_det

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n draws, (n, dim), without gradient and without the cost of a divergence."""
        require_count("n", n)
        parameters = self.velocity.parameters() if isinstance(self.velocity, nn.Module) else ()
        like = next(iter(parameters), torch.zeros(()))  # where and in what precision to draw
        z = torch.randn(n, self.dim, generator=generator, device=like.device, dtype=like.dtype)
        return integrate(self._at, z, 1.0, 0.0, self.num_steps, self.method)

    def path(self, z: Tensor) -> list[Tensor]:
        """The states on the way from z at t = 1 to x at t = 0: a list of num_steps + 1 tensors (n, dim)."""
        require_batch("z", z, self.dim)
        return trajectory(self._at, z, 1.0, 0.0, self.num_steps, self.method)

    def _at(self, x: Tensor, t: float) -> Tensor:
        return self.velocity(x, x.new_full(x.shape[:1], t))

    def _solve(self, name: str, x: Tensor, t_start: float, t_end: float,
               generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        require_batch(name, x, self.dim)
        probe = draw_probe(x, self.probe, generator) if self.divergence == "hutchinson" else None
        slope = lambda state, t: velocity_and_divergence(self._at, state[0], t, probe)
        return integrate(slope, (x, x.new_zeros(x.shape[0])), t_start, t_end, self.num_steps, self.method)


def draw_probe(x: Tensor, law: str = "rademacher", generator: torch.Generator | None = None) -> Tensor:
    """Noise of mean 0 and covariance I like x, (n, dim): entries +-1 for "rademacher", standard normal for "gaussian"."""
    if law == "gaussian":
        return torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
    return 2 * torch.randint(0, 2, x.shape, generator=generator, device=x.device).to(x.dtype) - 1


def velocity_and_divergence(velocity: Callable[[Tensor, float], Tensor], x: Tensor, t: float,
                            probe: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """v(x, t), (n, dim), and its divergence, (n,): exact, or e . (dv/dx) e with the probe e of each point, (n, dim).

    For Rademacher probes the estimate has variance 2 sum_{i != j} S_ij^2, for Gaussian ones 2 sum_{ij} S_ij^2, with S the
    symmetric part of dv/dx. Recorded by autograd only where it records already.
    """
    recording = torch.is_grad_enabled()
    with torch.enable_grad():
        x = x if recording and x.requires_grad else x.detach().requires_grad_()
        v = velocity(x, t)
        if not v.requires_grad:  # a field that does not depend on x, nor on weights
            return v, torch.zeros_like(v[:, 0])
        pull = lambda weights: torch.autograd.grad(v, x, weights, create_graph=recording, retain_graph=True, allow_unused=True,
                                                   materialize_grads=True)[0]
        if probe is None:
            basis = torch.eye(x.shape[1], device=x.device, dtype=x.dtype)
            divergence = sum(pull(e.expand_as(v))[:, i] for i, e in enumerate(basis))
        else:
            divergence = (pull(probe) * probe).sum(-1)
    return (v, divergence) if recording else (v.detach(), divergence.detach())
