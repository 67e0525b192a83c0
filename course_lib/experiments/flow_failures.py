"""Five trainings of one flow, each with one mistake that is easy to make: the lecture's gallery."""

from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.experiments.flow_training import Law, fit
from course_lib.models.flows import AffineCoupling, Flow, Standardise, real_nvp
from course_lib.models.flows.flow import standard_normal_log_prob


class Failure(NamedTuple):
    """What a failed training shows: its last losses' mean, the spread of the data's latents (it should be 1), and draws."""

    last_loss: float
    latent_std: float
    draws: Tensor


class WithLogDet(Flow):
    """A flow whose log_prob counts `factor` times the log-determinant; only factor = 1 is a density."""

    def __init__(self, flow: Flow, factor: float):
        super().__init__(flow.layers, flow.dim)
        self.factor = factor

    def log_prob(self, x: Tensor) -> Tensor:
        """log rho(z) + factor * log|det dz/dx|: (n, dim) -> (n,)."""
        z, log_det = self.inverse(x)
        return standard_normal_log_prob(z) + self.factor * log_det


class DrawnBackwards(Flow):
    """A right density, but draws go through the layers in the order of the inverse."""

    @torch.no_grad()
    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """Draws of another law: (n, dim)."""
        x = torch.randn(n, self.dim, generator=generator, device=self.centre.device)
        *body, standardise = self.layers
        for layer in (*reversed(body), standardise):
            x = layer(x)[0]
        return x


def failures(law: Law, generator: torch.Generator, num_iterations: int = 600) -> dict[str, Failure]:
    """The five mistakes by name, each trained on draws of `law` in two dimensions: {name: Failure}."""
    x = law.sample(5000, generator)
    make = lambda: real_nvp(2, 6, x=x, generator=generator, device=x.device)
    one_half = [AffineCoupling(2, generator=generator, device=x.device) for _ in range(6)]
    flows = {
        "draws run backwards through the layers": DrawnBackwards(make().layers, 2),
        "the log-determinant's sign is flipped": WithLogDet(make(), -1.0),
        "the same half moves in every layer": Flow([*one_half, Standardise.from_data(x)], 2),
        "no log-determinant": WithLogDet(make(), 0.0),
        "the log-determinant is averaged over the coordinates": WithLogDet(make(), 0.5),
    }
    return {name: failure(flow, law, x, num_iterations, generator) for name, flow in flows.items()}


def failure(flow: Flow, law: Law, x: Tensor, num_iterations: int, generator: torch.Generator) -> Failure:
    """Train the flow and look at it."""
    losses = fit(flow, law.sample, num_iterations, generator=generator)
    with torch.no_grad():
        z, _ = flow.inverse(x)
        return Failure(sum(losses[-50:]) / len(losses[-50:]), float(z.std()), flow.sample(2000, generator))
