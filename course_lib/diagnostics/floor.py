"""The floor of a distance: what it says of two samples of one and the same law, at the same size, again and again."""

from dataclasses import dataclass
from typing import Callable

import torch
from torch import Tensor

from course_lib.diagnostics.positions import require_probability
from course_lib.inputs import require, require_count

Distance = Callable[[Tensor, Tensor], Tensor]
Draw = Callable[[int, torch.Generator | None], Tensor]


@dataclass(frozen=True, eq=False)
class Floor:
    """values (num_repeats,): distances between exact samples, sorted, float64."""

    values: Tensor

    @property
    def mean(self) -> float:
        """Their mean: near 0 for an unbiased squared distance, above it for any other."""
        return float(self.values.mean())

    def quantile(self, prob: float) -> float:
        """The value that a share `prob` of the repeats does not exceed. Raises `InputError` unless 0 < prob < 1."""
        require_probability("prob", prob)
        return float(torch.quantile(self.values, prob))

    def p_value(self, distance: float | Tensor) -> float:
        """(1 + number of repeats with at least this distance) / (1 + num_repeats).

        For exact independent draws it is at or below a level a with probability at most a, at any n and for any
        distance: an exact test. Its smallest value is 1 / (1 + num_repeats).
        """
        return (1 + int((self.values >= float(distance)).sum())) / (1 + len(self.values))

    def __str__(self) -> str:
        low, middle, high = (self.quantile(p) for p in (0.05, 0.5, 0.95))
        return f"floor {middle:.3g} (5 % to 95 %: {low:.3g} to {high:.3g}; {len(self.values)} repeats)"


def iid_floor(distance: Distance, draw: Draw, n: int, m: int | None = None, *, num_repeats: int = 200,
              generator: torch.Generator | None = None) -> Floor:
    """Distances between num_repeats pairs of exact samples of n and of m points (m = n unless given).

    distance(x, y) -> scalar, with all its settings (bandwidth, directions) fixed as for the value that is judged.
    draw(n, generator) -> (n, dim) independent draws of the target, for instance `target.sample`. MCMC draws stand for
    fewer points than they are: judge them at n = their ESS, not at their number. Raises `InputError` if a distance is
    not one finite number.
    """
    require_count("n", n)
    require_count("num_repeats", num_repeats)
    require(callable(distance) and callable(draw), "distance(x, y) and draw(n, generator) to be functions",
            "something that cannot be called", "pass for instance iid_floor(distance, target.sample, n=500)")
    values = []
    for _ in range(num_repeats):
        value = distance(draw(n, generator), draw(n if m is None else m, generator))
        value = torch.as_tensor(value).detach().double().cpu()
        require(value.numel() == 1 and bool(torch.isfinite(value).all()), "distance to return one finite number", value,
                "look at what it does with two samples of the target")
        values.append(value.reshape(()))
    return Floor(torch.stack(values).sort().values)
