"""Figures of the lecture on denoising diffusion: strips of digits, curves side by side, clouds, and laws on a line."""

from typing import Mapping, Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_lib.inputs import require
from course_lib.show.style import ACCENT, DATA, MODEL, TRUTH, figure

Line = tuple[Sequence[float], Sequence[float]]


def digit_strips(strips: Mapping[str, Tensor], columns: Sequence[str] | None = None, title: str = "") -> Figure:
    """One row of 8x8 digits a strip: {name: (k, 64), pixel values, black is 16}; `columns` are written over them."""
    count = max(len(images) for images in strips.values())
    for name, images in strips.items():
        require(images.ndim == 2 and images.shape[1] == 64, f"images '{name}' to be a tensor of shape (k, 64)", images,
                "flatten each 8x8 image into a row")
    size, tile = min(0.62, 5.6 / count), 10  # every digit stands in the middle of 10x10 pixels
    mosaic = torch.full((tile * len(strips), tile * count), float("nan"))
    for row, images in enumerate(strips.values()):
        for column, image in enumerate(images.detach().cpu().reshape(-1, 8, 8).float()):
            mosaic[tile * row + 1:tile * row + 9, tile * column + 1:tile * column + 9] = image
    with figure(figsize=(1.6 + count * size, len(strips) * size + 0.35 + 0.3 * bool(title))) as (fig, (axis,)):
        axis.imshow(mosaic.numpy(), cmap="gray_r", vmin=0, vmax=16, origin="upper")
        middle = lambda number: [tile * k + tile / 2 - 0.5 for k in range(number)]
        axis.set_yticks(middle(len(strips)), strips, fontsize=9.5)
        axis.set_xticks(*((middle(count), columns) if columns is not None else ([], [])), fontsize=9)
        axis.tick_params(length=0, labeltop=True, labelbottom=False)
        axis.spines[:].set_visible(False)
        if title:
            fig.suptitle(title, fontsize=10.5)
    return fig


def curve_panels(panels: Mapping[str, Mapping[str, Line]], xlabels: Sequence[str], ylabels: Sequence[str],
                 yscales: Sequence[str] = (), xscales: Sequence[str] = (), floor: tuple[str, float] | None = None,
                 bands: Mapping[str, tuple[float, float]] | None = None) -> Figure:
    """Panels of curves {title: {label: (x, y)}}; `bands` {title: (low, high)} shades a range, `floor` a level in all panels."""
    with figure(1, len(panels), figsize=(7.2, 3.3)) as (fig, axes):
        for k, (axis, (title, lines)) in enumerate(zip(axes, panels.items())):
            if bands and title in bands:
                axis.axhspan(*bands[title], color="0.88", label="95 % of data against data")
            for label, (x, y) in lines.items():
                axis.plot(x, y, label=label, marker="o" if len(x) < 12 else None, markersize=3.5)
            axis.set(title=title, xlabel=xlabels[k], ylabel=ylabels[k], yscale=yscales[k] if yscales else "linear",
                     xscale=xscales[k] if xscales else "linear")
            if floor is not None:
                axis.axhline(floor[1], color=TRUTH, linewidth=1, linestyle=(0, (6, 3)), label=floor[0])
            if len(lines) > 1 or floor is not None:
                axis.legend(fontsize=8.5)
    return fig


def laws(panels: Mapping[str, Mapping[str, Line]], xlabels: Sequence[str], filled: str = "") -> Figure:
    """Densities on a line, {title: {label: (x, density)}}; the one called `filled` is drawn as an area."""
    with figure(1, len(panels), figsize=(7.2, 3.0)) as (fig, axes):
        for axis, xlabel, (title, lines) in zip(axes, xlabels, panels.items()):
            colors = iter((MODEL, TRUTH, ACCENT))
            for label, (x, y) in lines.items():
                if label == filled:
                    axis.fill_between(x, y, color=DATA, alpha=0.4, label=label)
                else:
                    color = next(colors)
                    axis.plot(x, y, color=color, linestyle="--" if color == TRUTH else "-", label=label)
            axis.set(title=title, xlabel=xlabel, ylabel="density", ylim=(0, None))
            axis.margins(x=0, y=0.3)
            axis.legend(fontsize=8.5)
    return fig


def clouds(panels: Mapping[str, Tensor], over: Sequence[Tensor] = (), columns: int | None = None,
           reach: float | None = None) -> Figure:
    """Points in the plane {title: (n, 2)}; `over`, one (m, 2) a panel, are drawn as black crosses."""
    columns = columns or len(panels)
    rows = -(-len(panels) // columns)
    side = reach or 1.05 * float(torch.cat(list(panels.values())).abs().max())
    with figure(rows, columns, figsize=(7.2, 7.2 / columns * rows + 0.3), sharex=True, sharey=True) as (fig, axes):
        for k, (axis, (title, x)) in enumerate(zip(axes, panels.items())):
            axis.scatter(*x.detach().cpu().T, s=3, alpha=0.6, linewidths=0, color=MODEL)
            if over:
                axis.scatter(*over[k].cpu().T, s=24, marker="x", color=TRUTH, linewidths=1)
            axis.set(title=title, xlim=(-side, side), ylim=(-side, side), aspect="equal")
            axis.title.set_fontsize(10)
        for axis in axes[len(panels):]:
            axis.remove()
    return fig


def denoiser_errors(rows: Sequence) -> Figure:
    """Error against noise for three denoisers, one panel a split, one scale; rows have split, noise, memorising, linear, unet."""
    panels = {}
    for split in dict.fromkeys(row.split for row in rows):
        mine = [row for row in rows if row.split == split]
        panels[f"{split} digits"] = {label: ([row.noise for row in mine], [getattr(row, name) for row in mine])
                                     for name, label in (("memorising", "memoriser"), ("linear", "linear"), ("unet", "U-Net"))}
    fig = curve_panels(panels, ["noise, grey levels"] * 2, ["error of a pixel, grey levels"] * 2, xscales=["log"] * 2)
    top = max(max(row.memorising, row.linear, row.unet) for row in rows)
    for axis in fig.axes:
        axis.set_ylim(-0.05 * top, 1.05 * top)
    return fig
