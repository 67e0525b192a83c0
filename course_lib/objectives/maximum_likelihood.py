"""Maximum likelihood for p(x) = exp(-U(x)) / Z.

    -log p(x) = U(x) + log Z
    gradient in the parameters:  E_data[grad U] - E_model[grad U],   since   grad log Z = -E_model[grad U]
"""

from typing import Callable

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.samplers import Kernel, sample
from course_lib.samplers.start import require_generator

Energy = Callable[[Tensor], Tensor]  # (n, dim) -> (n,)


def negative_log_likelihood(energy: Energy, x: Tensor, log_z: Tensor | float) -> Tensor:
    """-log p(x) = U(x) + log Z, in nats, for every point.

    x: (n, dim); log_z: one number, for instance `Grid.log_z(lambda x: -energy(x))`. Returns (n,).
    Raises `InputError` on another shape.
    """
    require_batch("x", x)
    require(isinstance(log_z, (int, float)) or (isinstance(log_z, Tensor) and log_z.ndim == 0), "log_z to be one number",
            describe(log_z), "log Z belongs to the model, not to a point: compute it once for all of them")
    return energy_of(energy, x) + log_z


def contrastive_loss(energy: Energy, x_data: Tensor, x_model: Tensor) -> Tensor:
    """L = mean U(x_data) - mean U(x_model): its gradient in the parameters of U estimates that of the mean -log p.

    x_data: (n, dim) from the data; x_model: (m, dim) from the model itself, taken as constants: nothing flows back into
    the sampler that made them. The value of L is not a likelihood: it can fall or rise while the model improves.
    Raises `InputError` when the shapes do not fit. (Hinton, 2002; for deep energies arXiv:1903.08689.)
    """
    require_batch("x_data", x_data)
    require_batch("x_model", x_model, dim=x_data.shape[1])
    return energy_of(energy, x_data).mean() - energy_of(energy, x_model.detach()).mean()


def energy_of(energy: Energy, x: Tensor) -> Tensor:
    """U(x), required to be one number a point: with (n, 1) a sum with another batch would silently become (n, n)."""
    require(callable(energy), "energy to be a function of a batch of points", energy, "pass the model itself")
    value = energy(x)
    if not isinstance(value, Tensor) or value.shape != x.shape[:1]:  # the sentence is made only when it is needed
        column = isinstance(value, Tensor) and value.shape == (x.shape[0], 1)
        require(False, f"energy to return one number a point, a tensor of shape ({x.shape[0]},)", value,
                "drop the last axis with [:, 0]" if column else "reduce over the last axis only, and return a tensor")
    return value


class PersistentChains:
    """Draws from a model that is being trained: chains that go on where the last draw left them (Tieleman, 2008).

    x: (chains, dim), where they start; kernel: how they move; num_steps: steps a draw. Before every draw each chain is
    replaced with probability restart_probability by a row of restart(chains, generator) -> (chains, dim), which
    carries new regions in (arXiv:1903.08689 takes 0.05). With restart_probability = 1 and data as restart, the
    chains do not persist, and this is contrastive divergence.

    `x` is where the chains are now, `acceptance_rate` (chains,) that of the last draw (None before the first).
    Raises `InputError` if an argument is not fit; `draw` raises it when chains leave for infinity, and keeps `x`.
    """

    def __init__(self, x: Tensor, kernel: Kernel, num_steps: int, restart_probability: float = 0.0,
                 restart: Callable[[int, torch.Generator | None], Tensor] | None = None):
        require_batch("x", x)
        require_count("num_steps", num_steps)
        is_probability = isinstance(restart_probability, (int, float)) and 0 <= restart_probability <= 1
        require(is_probability, "restart_probability to be between 0 and 1", describe(restart_probability),
                "pass for instance restart_probability=0.05")
        require(restart_probability == 0 or callable(restart), "restart to be a function of (n, generator)", describe(restart),
                "say where chains restart, or pass restart_probability=0")
        self.x, self.kernel, self.num_steps = x.detach().clone(), kernel, num_steps
        self.restart_probability, self.restart = restart_probability, restart
        self.acceptance_rate: Tensor | None = None

    def draw(self, energy: Energy, generator: torch.Generator | None = None) -> Tensor:
        """Restart some chains, advance all by num_steps of the kernel on log p = -U, and return them: (chains, dim).

        The result is detached. Only gradients in x are taken: the parameters of the energy, their .grad and its
        train/eval mode stay as they are. The density has changed since the last draw, so the kernel starts afresh.
        """
        require_generator(generator, self.x)
        x = self._restarted(generator) if self.restart_probability > 0 else self.x
        run = sample(self.kernel, lambda x: -energy_of(energy, x), x, self.num_steps, thin=self.num_steps, generator=generator)
        lost = int(run.diverged.sum())
        require(lost == 0, "all chains to stay finite", f"NaN or infinity in {lost} of {x.shape[0]}",
                "lower the step_size of the kernel, or use MALA, which rejects such a step")
        self.x, self.acceptance_rate = run.state.position, run.acceptance_rate
        return self.x.clone()

    def _restarted(self, generator: torch.Generator | None) -> Tensor:
        chains = self.x.shape[0]
        fresh = self.restart(chains, generator)
        require_batch("the result of restart", fresh, dim=self.x.shape[1])
        require(fresh.shape == self.x.shape, f"restart to return {chains} points", describe(fresh), "use its first argument")
        u = torch.rand(chains, device=self.x.device, generator=generator)
        return torch.where((u < self.restart_probability)[:, None], fresh.detach().to(self.x), self.x)
