"""Lines over a number: training curves, and one-dimensional energies with their densities."""

from typing import Callable, Mapping, Sequence

import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_lib.show.style import ACCENT, DATA, MODEL, TRUTH, figure
from course_lib.targets import Grid


def curves(lines: Mapping[str, tuple[Sequence[float], Sequence[float]]], xlabel: str, ylabel: str,
           floor: tuple[str, float] | None = None, log: bool = False) -> Figure:
    """Curves {label: (x, y)}; `floor` = (label, value) draws the level that nothing can beat."""
    with figure() as (fig, (axis,)):
        for label, (x, y) in lines.items():
            axis.plot(x, y, label=label)
        if floor is not None:
            axis.axhline(floor[1], color=TRUTH, linewidth=1, linestyle=(0, (6, 3)))
            axis.annotate(floor[0], (0, floor[1]), xycoords=("axes fraction", "data"), xytext=(4, 4), textcoords="offset points")
            axis.margins(y=0.1)
        axis.set(xlabel=xlabel, ylabel=ylabel, yscale="symlog" if log else "linear")
        axis.legend()
    return fig


def energies_and_densities(log_probs: Mapping[str, Callable[[Tensor], Tensor]], grid: Grid,
                           energy_range: tuple[float, float] | None = None, title: str = "") -> Figure:
    """One-dimensional models {label: log_prob}: their energies on the left, their normalised densities on the right."""
    x = grid.points[:, 0]
    with figure(1, 2) as (fig, (left, right)):
        for label, log_prob in log_probs.items():
            left.plot(x, -log_prob(grid.points).detach(), label=label)
            right.plot(x, (grid.probabilities(log_prob) / grid.cell_volume).detach())
        left.set(xlabel="$x$", ylabel=r"energy $U(x)$", ylim=energy_range)
        right.set(xlabel="$x$", ylabel="density $p(x)$")
        if energy_range is not None:
            low = x[torch.stack([-log_prob(grid.points).detach() < energy_range[1] for log_prob in log_probs.values()]).any(0)]
            left.set_xlim(float(low.min()) - 1, float(low.max()) + 1)
            right.set_xlim(left.get_xlim())
        if title:
            fig.suptitle(title, fontsize=11)
        if len(log_probs) > 1:
            left.legend()
    return fig


def two_terms(log_prob: Callable[[Tensor], Tensor], grid: Grid, x_data: Tensor, x_model: Tensor,
              strength: Callable[[Tensor], Tensor], title: str = "") -> Figure:
    """The gradient's two terms on a one-dimensional energy: data press it down, model draws lift it, by strength(x) = dU/dtheta."""
    x = grid.points[:, 0]
    edges = torch.linspace(float(x[0]), float(x[-1]), 61)
    with figure(1, 2) as (fig, (left, right)):
        energy = -log_prob(grid.points).detach()
        left.plot(x, energy, color=MODEL)
        for points, direction, color in ((x_data[:40], -1, DATA), (x_model[:40], 1, ACCENT)):
            height = -log_prob(points).detach()
            left.quiver(points[:, 0], height, 0 * height, direction * strength(points), color=color, width=0.004, scale=25, alpha=0.7)
        reach = 6 * float(x_data.std())
        left.set(xlabel="$x$", ylabel=r"energy $U_\theta(x)$", xlim=(-reach, reach), title=title,
                 ylim=(float(energy.min()) - 1.5, float(energy.min()) + 7))
        density = grid.probabilities(log_prob).detach() / grid.cell_volume
        right.hist(x_data[:, 0], bins=edges, density=True, color=DATA, alpha=0.45, label="data (press down)")
        right.hist(x_model[:, 0], bins=edges, density=True, histtype="step", color=ACCENT, linewidth=1.6, label="model draws (lift)")
        right.plot(x, density, color=MODEL, linestyle="-", label=r"model density $p_\theta$")
        right.set(xlabel="$x$", xlim=(-reach, reach))
        right.margins(y=0.35)
        right.legend(loc="upper center", ncols=1, fontsize=9)
    return fig


def fit_in_one_dimension(truth: Callable[[Tensor], Tensor], model: Callable[[Tensor], Tensor], grid: Grid,
                         matched: Sequence[tuple[str, float, float, bool]], title: str) -> Figure:
    """A fitted density over the true one, and beside it which averages agree: (name, data, model, is matched by the fit)."""
    x = grid.points[:, 0]
    with figure(1, 2, width_ratios=(1.25, 1)) as (fig, (left, right)):
        left.fill_between(x, grid.probabilities(truth) / grid.cell_volume, color=DATA, alpha=0.35, label="data")
        left.plot(x, grid.probabilities(model).detach() / grid.cell_volume, color=MODEL, label="model")
        inside = x[grid.probabilities(truth) > 1e-12]
        left.set(xlabel="$x$", ylabel="density", title=title, xlim=(float(inside.min()), float(inside.max())))
        left.legend()
        right.axis("off")
        rows = [[name, f"{data:.3f}", f"{fitted:.3f}", "yes" if is_matched else "no"] for name, data, fitted, is_matched in matched]
        table = right.table(rows, colLabels=["moment", "data", "model", "asked for"], loc="center", cellLoc="center")
        table.auto_set_font_size(False)
        table.set_fontsize(10)
        table.scale(1, 1.5)
    return fig
