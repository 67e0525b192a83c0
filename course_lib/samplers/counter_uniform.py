"""Random numbers by counting: u_k = hash(seed, k), as many as are asked for and in any order.

    z = seed + k * 0x9E3779B97F4A7C15 (mod 2^64), then the mixing of SplitMix64 (Steele, Lea, Flood, 2014)

NUTS does not know in advance how many numbers a chain needs. With a seed for each chain its transition stays a pure
function, and what one chain draws does not depend on how long the others go on.
"""

import torch
from torch import Tensor


def _signed(value: int) -> int:
    """The 64-bit integer with the bits of value, as int64 holds them."""
    return (value + 2**63) % 2**64 - 2**63


GAMMA, FIRST, SECOND = 0x9E3779B97F4A7C15, _signed(0xBF58476D1CE4E5B9), _signed(0x94D049BB133111EB)


def _shift(z: Tensor, bits: int) -> Tensor:
    """z >> bits with zeros coming in, also for negative z."""
    return (z >> bits) & (2 ** (64 - bits) - 1)


def draw_seed(x: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """A seed for each chain of x: (chains,) int64."""
    return torch.randint(2**63 - 1, (x.shape[0],), device=x.device, generator=generator)


def random_bits(seed: Tensor, counter: int) -> Tensor:
    """64 random bits for each seed (chains,) int64 and this counter, any whole number: (chains,) int64."""
    z = seed + _signed(counter * GAMMA)  # int64 wraps around
    z = (z ^ _shift(z, 30)) * FIRST
    z = (z ^ _shift(z, 27)) * SECOND
    return z ^ _shift(z, 31)


def counter_uniform(seed: Tensor, counter: int) -> Tensor:
    """Uniform in (0, 1), never 0 or 1, for each seed: (chains,) float64."""
    return (_shift(random_bits(seed, counter), 12).to(torch.float64) + 0.5) * 2.0**-52
