"""From one point to another by way of the latent space."""

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.models.flows.layer import FlowLayer


def latent_path(z_start: Tensor, z_end: Tensor, num_points: int = 9, kind: str = "great_circle") -> Tensor:
    """num_points points from z_start to z_end, both included: (dim,) and (dim,) -> (num_points, dim).

        straight      (1 - t) z_start + t z_end
        great_circle  [sin((1 - t) a) z_start + sin(t a) z_end] / sin a,   a = the angle between the two

    In many dimensions N(0, I) sits in a thin shell of radius sqrt(dim). The straight path cuts through its inside, down to
    radius sqrt(dim / 2) half-way between two independent points; the great circle stays in the shell.
    Raises `InputError` for another kind or shape, and on a great circle between opposite points, which is not one.
    """
    require(isinstance(z_start, Tensor) and z_start.ndim == 1 and z_start.is_floating_point(), "z_start as one point (dim,)",
            z_start, "take one row with [0]")
    require(isinstance(z_end, Tensor) and z_end.shape == z_start.shape, f"z_end of shape {tuple(z_start.shape)}", z_end,
            "take one row with [0]")
    require_count("num_points", num_points, minimum=2)
    require(kind in ("great_circle", "straight"), "kind to be 'great_circle' or 'straight'", describe(kind), "choose one")
    t = torch.linspace(0, 1, num_points, dtype=z_start.dtype, device=z_start.device)[:, None]
    angle = 2 * torch.atan2((_unit(z_start) - _unit(z_end)).norm(), (_unit(z_start) + _unit(z_end)).norm())
    if kind == "straight" or angle < 1e-4:  # on so short an arc the chord is the arc
        return (1 - t) * z_start + t * z_end
    require(bool(angle.sin() > 1e-4), "two points that are not opposite", "two at an angle of pi", "move one of them a little")
    return (torch.sin((1 - t) * angle) * z_start + torch.sin(t * angle) * z_end) / angle.sin()


@torch.no_grad()
def interpolate(flow: FlowLayer, x_start: Tensor, x_end: Tensor, num_points: int = 9, kind: str = "great_circle") -> Tensor:
    """The images of a path between the latents of two points of data: (1, dim) and (1, dim) -> (num_points, dim).

    For pixel levels pass levels + 0.5, the middle of their cells, and take .floor() of the result.
    """
    require_batch("x_start", x_start)
    require_batch("x_end", x_end, dim=x_start.shape[1])
    require(len(x_start) == 1 and len(x_end) == 1, "one point at each end", f"{len(x_start)} and {len(x_end)}",
            "take one row with x[:1]")
    z_start, z_end = flow.inverse(x_start)[0][0], flow.inverse(x_end)[0][0]
    return flow(latent_path(z_start, z_end, num_points, kind))[0]


def _unit(z: Tensor) -> Tensor:
    return torch.nn.functional.normalize(z, dim=0)
