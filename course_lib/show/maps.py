"""Pictures of invertible maps: a curve with the density it makes, Jacobians, and what a flow does to a cloud of points."""

import math
from typing import Mapping, Sequence

from matplotlib.figure import Figure
from torch import Tensor

from course_lib.show.style import ACCENT, DATA, MODEL, TRUTH, figure


def pushed_line(z: Tensor, x: Tensor, log_slope: Tensor, title: str = "", truth: tuple[Tensor, Tensor] | None = None) -> Figure:
    """A map x = T(z) of the line, and the density it makes of N(0, 1): log p(x) = log rho(z) - log |T'(z)|.

    z, x, log_slope: (n,), z increasing. truth: (points, density) drawn dashed on the right.
    """
    log_base = -z.square() / 2 - 0.5 * math.log(2 * math.pi)
    with figure(1, 2) as (fig, (left, right)):
        left.plot(z, x, color=MODEL)
        left.set(xlabel="base $z$", ylabel="$x = T(z)$", title=title)
        right.plot(z, log_base.exp(), color=TRUTH, linestyle=":", label=r"base $\rho(z)$")
        right.plot(x, (log_base - log_slope).exp(), color=MODEL, linestyle="-", label="$p(x)$")
        if truth is not None:
            right.plot(*truth, color=DATA, linestyle="--", label="target")
        right.set(xlabel="$z$ or $x$", ylabel="density")
        right.legend()
    return fig


def matrices(panels: Mapping[str, Tensor]) -> Figure:
    """Matrices {title: (rows, columns)} as pictures: 0 white, positive purple, negative orange."""
    with figure(1, len(panels), figsize=(7.2, 7.2 / len(panels) + 0.3)) as (fig, axes):
        for axis, (title, matrix) in zip(axes, panels.items()):
            top = float(matrix.abs().max())
            axis.imshow(matrix.cpu().numpy(), cmap="PuOr_r", vmin=-top, vmax=top, origin="upper")
            axis.set(title=title, xlabel="input", ylabel="output", xticks=[], yticks=[])
    return fig


def clouds(panels: Mapping[str, Tensor], colors: Tensor, columns: int | None = None, limit: float | None = None) -> Figure:
    """The same points at several stages {title: (n, 2)}, each point in one colour throughout.

    limit: all panels show [-limit, limit] on both axes; None: every panel has its own axes.
    """
    columns = columns or len(panels)
    rows = -(-len(panels) // columns)
    with figure(rows, columns, figsize=(7.2, 7.2 / columns * rows + 0.3)) as (fig, axes):
        for axis, (title, x) in zip(axes, panels.items()):
            axis.scatter(*x.T.cpu(), s=3, c=colors.cpu(), cmap="viridis", linewidths=0)
            axis.set(title=title, aspect="equal", xticks=[], yticks=[])
            if limit is not None:
                axis.set(xlim=(-limit, limit), ylim=(-limit, limit), xticks=(-limit, 0, limit), yticks=(-limit, 0, limit))
        for axis in axes[len(panels):]:
            axis.remove()
    return fig


def spline(x: Tensor, y: Tensor, slope: Tensor, knots: tuple[Sequence[float], Sequence[float]], title: str = "") -> Figure:
    """A monotone spline with its knots, and its slope."""
    with figure(1, 2) as (fig, (left, right)):
        left.plot(x, y, color=MODEL)
        left.plot(*knots, "o", color=ACCENT, markersize=6)
        left.plot(x, x, color=TRUTH, linewidth=0.8, linestyle=":")
        left.set(xlabel="$x$", ylabel="$y$", title=title, aspect="equal")
        right.plot(x, slope, color=MODEL)
        right.axhline(0, color=TRUTH, linewidth=0.8)
        right.set(xlabel="$x$", ylabel="slope $dy/dx$", ylim=(-0.15, max(3.0, 1.1 * float(slope.max()))))
    return fig
