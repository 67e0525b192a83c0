"""Recorded chains, checked once: positions (num_draws, chains, dim), in float64 from here on."""

import torch
from torch import Tensor

from course_lib.inputs import describe, require


def require_positions(positions: Tensor, *, min_draws: int = 4, min_chains: int = 1) -> Tensor:
    """The positions in float64, without a graph, on their device.

    positions: (num_draws, chains, dim) floating tensor, finite, no coordinate constant. Raises `InputError` otherwise,
    and if there are fewer than min_draws draws or min_chains chains.
    """
    expected = "positions to be a floating tensor of shape (num_draws, chains, dim)"
    flat = isinstance(positions, Tensor) and positions.ndim == 2
    require(isinstance(positions, Tensor) and positions.ndim == 3 and positions.is_floating_point(), expected, positions,
            "for chains of one number each add an axis with positions[:, :, None], for one chain with positions[:, None]"
            if flat else "pass for instance the positions of a run of sample(...)")
    num_draws, chains, dim = positions.shape
    require(dim > 0, expected, positions, "there must be at least one coordinate")
    require(chains >= min_chains, f"at least {min_chains} chain" + "s" * (min_chains > 1), str(chains),
            "run several chains from different starts: a chain alone cannot show that it is stuck" if chains else
            "pass at least one chain")
    require(num_draws >= min_draws, f"at least {min_draws} draw" + "s" * (min_draws > 1) + " a chain", str(num_draws),
            "run the chains longer, and check that the axes are (num_draws, chains, dim)")
    x = positions.detach().double()
    bad = int((~torch.isfinite(x)).any(0).any(-1).sum())
    require(bad == 0, "positions to be finite", f"NaN or infinity in {bad} of {chains} chains",
            "find out why these chains left, for instance by a smaller step_size; leaving them out would hide it")
    kept = split_chains(x) if num_draws > 1 else x
    constant = (kept == kept[:1, :1]).all(0).all(0).nonzero().flatten().tolist()
    require(not constant, "every coordinate to take more than one value",
            f"coordinate{'s' * (len(constant) > 1)} {', '.join(map(str, constant[:5]))}{', ...' * (len(constant) > 5)} constant",
            "look whether the sampler rejects every move, or leave out what is fixed")
    return x


def require_draws(name: str, values: Tensor) -> Tensor:
    """One number a draw and chain, such as an energy: (num_draws, chains) -> the same in float64.

    Raises `InputError` if it is not a finite floating tensor of that shape.
    """
    require(isinstance(values, Tensor) and values.ndim == 2 and values.is_floating_point() and values.numel() > 0,
            f"{name} to be a floating tensor of shape (num_draws, chains)", values, "one number a draw and chain")
    bad = int((~torch.isfinite(values)).any(0).sum())
    require(bad == 0, f"{name} to be finite", f"NaN or infinity in {bad} of {values.shape[1]} chains",
            "find out at which positions, for they are outside of the support")
    return values.detach().double()


def require_probability(name: str, value: float) -> None:
    """Require 0 < value < 1."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    require(number and 0 < value < 1, f"{name} to be a number above 0 and below 1", describe(value),
            f"pass for instance {name}=0.9")


def split_chains(x: Tensor) -> Tensor:
    """Each chain as two: (num_draws, chains, dim) -> (num_draws // 2, 2 chains, dim).

    All first halves come before all second halves; the middle draw of an odd number is left out.
    """
    half = x.shape[0] // 2
    return torch.cat([x[:half], x[-half:]], dim=1)
