"""The Ising model on a rectangle, and its Gibbs updates (Geman and Geman, 1984).

    E(x) = - sum over bonds i~j of x_i x_j - field * sum_i x_i,          x_i = -1 or +1
    p(x) proportional to exp(-inverse_temperature * E(x))

A site sees only its neighbours: with f_i = inverse_temperature * (sum over j~i of x_j + field),

    p(x_i = +1 | rest) = 1 / (1 + exp(-2 f_i))

Sites that are no neighbours of each other can be redrawn at once: on a checkerboard all white ones, then all black ones.
"""

from dataclasses import dataclass
from numbers import Real

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from course_lib.inputs import describe, require, require_count


class Ising:
    """Spins on a height x width lattice, row by row in a vector of dim = height * width entries -1 or +1.

    inverse_temperature: a finite number, below 0 for an antiferromagnet (it turns at ln(1 + sqrt 2) / 2 = 0.4407 on a large
    lattice without field). periodic: the last row is a neighbour of the first, and the last column too; a side of 2 then
    counts its bonds twice. Raises `InputError` if a number is not finite, a side is below 1, or below 2 where periodic.
    """

    def __init__(self, height: int, width: int, inverse_temperature: float, field: float = 0.0, periodic: bool = True,
                 device: str | torch.device = "cpu"):
        for name, side in (("height", height), ("width", width)):
            require_count(name, side, minimum=2 if periodic else 1)
        for name, value in (("inverse_temperature", inverse_temperature), ("field", field)):
            number = isinstance(value, Real) and not isinstance(value, bool)
            require(number and abs(value) < float("inf"), f"{name} to be a finite number", describe(value),
                    f"pass for instance {name}=0.3")
        self.height, self.width, self.dim = height, width, height * width
        self.inverse_temperature, self.field, self.periodic = inverse_temperature, field, periodic
        site = torch.arange(self.dim, device=device).reshape(height, width)
        index, present = [], []
        for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)):  # the neighbours above, below, to the left, to the right
            index.append(site.roll(shift, axis))
            inside = torch.ones_like(site, dtype=torch.bool)
            if not periodic:
                inside.select(axis, 0 if shift == 1 else -1).fill_(False)
            present.append(inside)
        self.neighbours = torch.stack(index, -1).reshape(self.dim, 4)
        self.is_bond = torch.stack(present, -1).reshape(self.dim, 4)

    def neighbour_sum(self, x: Tensor, sites: Tensor | slice = slice(None)) -> Tensor:
        """The sum of the neighbours of `sites`: (chains, dim) -> (chains, number of sites)."""
        return (x[:, self.neighbours[sites]] * self.is_bond[sites]).sum(-1)

    def energy(self, x: Tensor) -> Tensor:
        """E(x): (chains, dim) of floating or whole numbers -> (chains,), floating."""
        x = x if x.is_floating_point() else x.to(torch.get_default_dtype())
        return -(x * (self.neighbour_sum(x) / 2 + self.field)).sum(-1)  # every bond is seen from both its ends

    def log_prob(self, x: Tensor) -> Tensor:
        """-inverse_temperature * E(x), and -inf where some entry is neither -1 nor +1: (chains, dim) -> (chains,)."""
        require(isinstance(x, Tensor) and x.ndim == 2 and x.shape[1] == self.dim,
                f"x to have shape (chains, {self.dim}), one spin a site", describe(x), "flatten each lattice with x.flatten(1)")
        value = -self.inverse_temperature * self.energy(x)
        return torch.where((x.abs() == 1).all(-1), value, -torch.inf)


@dataclass(frozen=True, eq=False)
class SpinUpdate:
    """Redraw the spins at `sites` (a vector of site numbers), none of which is a neighbour of another.

    Raises `InputError` if two of them are neighbours: they do not have independent conditionals.
    """

    model: Ising
    sites: Tensor

    def __post_init__(self):
        inside = torch.zeros(self.model.dim, dtype=torch.bool, device=self.sites.device)
        inside[self.sites] = True
        touching = int((inside[self.model.neighbours] & self.model.is_bond)[self.sites].any(-1).sum())
        require(touching == 0, "sites of which none is a neighbour of another",
                f"{touching} of {len(self.sites)} sites with a neighbour among them",
                "a checkerboard on a periodic lattice needs both sides even; else pass periodic=False or update single sites")

    def noise(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Uniform(0, 1), (chains, number of sites)."""
        return torch.rand(x.shape[0], len(self.sites), dtype=x.dtype, device=x.device, generator=generator)

    def local_field(self, x: Tensor) -> Tensor:
        """f_i at the sites: (chains, dim) -> (chains, number of sites)."""
        return self.model.inverse_temperature * (self.model.neighbour_sum(x, self.sites) + self.model.field)

    def move(self, x: Tensor, noise: Tensor) -> Tensor:
        """+1 where u < p(+1 | rest), else -1."""
        x = x.clone()
        x[:, self.sites] = torch.where(noise < torch.sigmoid(2 * self.local_field(x)), 1.0, -1.0).to(x.dtype)
        return x

    def log_conditional(self, x: Tensor) -> Tensor:
        """log p(spins at the sites | all others): (chains, dim) -> (chains,)."""
        return logsigmoid(2 * x[:, self.sites] * self.local_field(x)).sum(-1)


def checkerboard_updates(model: Ising) -> tuple[SpinUpdate, ...]:
    """Two updates: all sites where row + column is even, then all others. One sweep is two operations on the whole batch.

    Raises `InputError` on a periodic lattice with an odd side, which no checkerboard covers.
    """
    site = torch.arange(model.dim, device=model.neighbours.device)
    colour = (site // model.width + site % model.width) % 2
    return tuple(SpinUpdate(model, site[colour == c]) for c in (0, 1) if model.dim > c)


def single_site_updates(model: Ising) -> tuple[SpinUpdate, ...]:
    """One update a site, row by row: the same law, one site at a time."""
    return tuple(SpinUpdate(model, site) for site in torch.arange(model.dim, device=model.neighbours.device).split(1))
