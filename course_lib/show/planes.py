"""Densities and points in the plane, and pictures of digits."""

from typing import Callable, Mapping

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_lib.inputs import require
from course_lib.show.style import DATA, figure
from course_lib.targets import Grid


def densities(log_probs: Mapping[str, Callable[[Tensor], Tensor]], grid: Grid, points: Mapping[str, Tensor] | None = None,
              columns: int | None = None, one_scale: bool = True) -> Figure:
    """Normalised densities {title: log_prob} on one grid; `points` {title: (n, 2)} are drawn on top.

    one_scale: the same colour means the same density in every panel; else each panel has its own maximum.
    """
    columns = columns or len(log_probs)
    rows = -(-len(log_probs) // columns)
    maps = {title: as_image(grid, log_prob) for title, log_prob in log_probs.items()}
    tops = {title: float(image.quantile(0.999)) for title, image in maps.items()}
    top = max(tops.values())
    low, high = grid.points.amin(0).tolist(), grid.points.amax(0).tolist()
    with figure(rows, columns, figsize=(7.2, 7.2 / columns * rows + 0.3), sharex=True, sharey=True) as (fig, axes):
        for axis, (title, image) in zip(axes, maps.items()):
            axis.imshow(image.numpy(), extent=(low[0], high[0], low[1], high[1]), vmin=0, vmax=top if one_scale else tops[title])
            if points and title in points:
                axis.scatter(*points[title].T.cpu(), s=5, color=DATA, edgecolors="white", linewidths=0.2)
            axis.set(title=title, xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        for axis in axes[len(maps):]:
            axis.remove()
    return fig


def as_image(grid: Grid, log_prob: Callable[[Tensor], Tensor]) -> Tensor:
    """The density on a two-dimensional grid as an image (rows are the second coordinate)."""
    with torch.no_grad():
        values = grid.probabilities(log_prob).cpu() / grid.cell_volume
    width = int(torch.unique(grid.points[:, 0]).numel())
    return values.reshape(width, -1).T


def scatter_panels(panels: Mapping[str, Tensor], colors: Mapping[str, Tensor] | None = None) -> Figure:
    """Points in the plane {title: (n, 2)}, side by side on the same axes; `colors` {title: (n,)} marks classes."""
    with figure(1, len(panels), figsize=(7.2, 7.2 / len(panels) + 0.3), sharex=True, sharey=True) as (fig, axes):
        for axis, (title, x) in zip(axes, panels.items()):
            label = None if colors is None else colors.get(title)
            axis.scatter(*x.T.cpu(), s=4, **({"color": DATA} if label is None else {"c": label, "cmap": "cividis"}))
            axis.set(title=title, aspect="equal")
    return fig


def digits(panels: Mapping[str, Tensor], rows: int = 4, columns: int = 8) -> Figure:
    """Grids of 8x8 digits {title: (n, 64), pixel values 0..16}; the first rows x columns of each are shown."""
    for title, images in panels.items():
        require(images.ndim == 2 and images.shape[1] == 64, f"images '{title}' to be a tensor of shape (n, 64)", images,
                "flatten each 8x8 image into a row")
    with figure(1, len(panels), figsize=(7.2, 7.2 / len(panels) * rows / columns + 0.4)) as (fig, axes):
        for axis, (title, images) in zip(axes, panels.items()):
            tiles = images[: rows * columns].detach().cpu().clamp(0, 16).reshape(-1, 8, 8)
            blank = torch.zeros(rows * columns - len(tiles), 8, 8)
            mosaic = torch.cat([tiles, blank]).reshape(rows, columns, 8, 8).permute(0, 2, 1, 3).reshape(rows * 8, columns * 8)
            axis.imshow(mosaic.numpy(), cmap="gray_r", vmin=0, vmax=16, origin="upper")
            for k in range(1, max(rows, columns)):
                axis.axhline(8 * k - 0.5, color="white", linewidth=1.2, linestyle="-") if k < rows else None
                axis.axvline(8 * k - 0.5, color="white", linewidth=1.2, linestyle="-") if k < columns else None
            axis.set(title=title, xticks=[], yticks=[])
            axis.spines[:].set_visible(False)
    return fig
