"""What Hamiltonian kernels tell of themselves: E-BFMI from their energies, and the number of divergences."""

from typing import Any, Sequence

import torch
from torch import Tensor

from course_lib.diagnostics.positions import require_draws
from course_lib.inputs import describe, require


def ebfmi(energy: Tensor) -> Tensor:
    """Energy Bayesian fraction of missing information of every chain (arXiv:1604.00695): (chains,) float64.

        sum_t (E_t - E_{t-1})^2 / sum_t (E_t - mean E)^2

    Near 1 or above, a new momentum moves the energy about as far as it varies; below 0.3 the chain takes many steps
    from the middle to the tails. energy: (num_draws, chains), the Hamiltonian after each new momentum. Raises
    `InputError` for less than 2 draws, NaN or infinity, or an energy that is constant in a chain.
    """
    energy = require_draws("energy", energy)
    require(len(energy) >= 2, "at least 2 draws a chain", str(len(energy)), "run the chains longer")
    constant = int((energy == energy[:1]).all(0).sum())
    require(constant == 0, "energy to vary in every chain", f"a constant in {constant} of {energy.shape[1]} chains",
            "pass the energy after each new momentum, and look whether the chain moves")
    return energy.diff(dim=0).square().sum(0) / (energy - energy.mean(0)).square().sum(0)


def count_divergences(infos: Tensor | Sequence[Any]) -> Tensor:
    """Divergent transitions of every chain: (chains,) int64.

    infos: the Infos of the steps, each with `is_divergent` (chains,) bool, or these stacked, (num_draws, chains) bool.
    Raises `InputError` for anything else.
    """
    if not isinstance(infos, Tensor):
        infos = list(infos)
        require(len(infos) > 0 and all(hasattr(info, "is_divergent") for info in infos),
                "the Infos of at least one step, each with is_divergent",
                describe(infos[0]) if infos else "none", "use HMC or NUTS: other kernels do not diverge")
        infos = torch.stack([info.is_divergent for info in infos])
    require(infos.dtype == torch.bool and infos.ndim == 2, "is_divergent to be a bool tensor of shape (num_draws, chains)",
            infos, "stack is_divergent of the Infos, one row a step")
    return infos.sum(0)
