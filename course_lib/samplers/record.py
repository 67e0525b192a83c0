"""What is kept of a run while it runs."""

from typing import Any

import torch
from torch import Tensor

from course_lib.samplers.running import Summary

CHUNK = 1 << 26  # bytes: positions go to a file and come back in pieces of this size, never as a second whole


class Record:
    """Positions or a running summary, and what Info tells: accepted, and where there are such, divergences and energies.

    positions    (num_draws, chains, dim), or None where `keep` is a summary; its rows from `num_kept` on are not filled
    summary      state of the summary, or None
    accepted     (chains,) int64: accepted steps; divergences: likewise, or None if Info has no `is_divergent`
    energy       (num_draws, chains) at the kept positions, or None if Info has none or positions are not kept
    """

    def __init__(self, x: Tensor, num_draws: int, keep: str | Summary):
        self.keep, self.num_draws, self.num_kept = keep, num_draws, 0
        stored = keep == "positions"
        self.positions = torch.empty((num_draws, *x.shape), dtype=x.dtype, device=x.device) if stored else None
        self.summary = None if stored else keep.init(x, num_draws)
        self.accepted = torch.zeros(x.shape[0], dtype=torch.int64, device=x.device)
        self.divergences: Tensor | None = None
        self.energy: Tensor | None = None

    def count(self, info: Any) -> None:
        """One more step: who was accepted, who diverged."""
        self.accepted += info.is_accepted
        divergent = getattr(info, "is_divergent", None)
        if divergent is not None:
            if self.divergences is None:
                self.divergences = torch.zeros_like(self.accepted)
            self.divergences += divergent

    def add(self, position: Tensor, info: Any) -> None:
        """One more draw: position (chains, dim)."""
        if self.positions is None:
            self.summary = self.keep.update(self.summary, position)
        else:
            self.positions[self.num_kept] = position
            energy = getattr(info, "energy", None)
            if energy is not None:
                if self.energy is None:
                    self.energy = energy.new_empty((self.num_draws, *energy.shape))
                self.energy[self.num_kept] = energy
        self.num_kept += 1

    def tree(self) -> dict[str, Any]:
        """All of it as a checkpoint takes it; tensors are views."""
        chunks = ()
        if self.positions is not None:
            row = self.positions[0].numel() * self.positions.element_size()
            chunks = self.positions[:self.num_kept].split(max(1, CHUNK // row)) if self.num_kept else ()
        energy = None if self.energy is None else self.energy[:self.num_kept]
        return {"num_kept": self.num_kept, "accepted": self.accepted, "divergences": self.divergences, "energy": energy,
                "summary": self.summary, "positions": list(chunks)}

    def restore(self, tree: dict[str, Any]) -> None:
        """Go on from what `tree` gave, with `summary` in its own type again; empties the list of positions."""
        self.num_kept, self.summary = tree["num_kept"], tree["summary"]
        device = self.accepted.device
        self.accepted = tree["accepted"].to(device)
        self.divergences = None if tree["divergences"] is None else tree["divergences"].to(device)
        if tree["energy"] is not None:
            self.energy = tree["energy"].new_empty((self.num_draws, *tree["energy"].shape[1:]), device=device)
            self.energy[:self.num_kept] = tree["energy"].to(device)
        row = 0
        while tree["positions"]:
            chunk = tree["positions"].pop(0)
            self.positions[row:row + len(chunk)] = chunk.to(device)
            row += len(chunk)
