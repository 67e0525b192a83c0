"""Randomness is an argument: same generator, same draws, whatever else ran."""

import torch


def make_generator(seed: int, device: str | torch.device = "cpu") -> torch.Generator:
    """A `torch.Generator` on `device`, seeded with `seed`."""
    return torch.Generator(device=device).manual_seed(seed)
