"""Pictures for flows on images and in continuous time: noise in cells, errors that shrink, paths of a velocity field."""

from typing import Mapping, Sequence

from matplotlib.figure import Figure
from torch import Tensor

from course_lib.show.style import ACCENT, DATA, MODEL, TRUTH, figure


def level_densities(panels: Mapping[str, tuple[Tensor, Tensor]]) -> Figure:
    """Densities over the pixel levels, side by side: {title: (x, density)}; the same axes in every panel."""
    top = 1.05 * max(float(density.max()) for _, density in panels.values())
    with figure(1, len(panels), figsize=(7.2, 2.6), sharex=True, sharey=True) as (fig, axes):
        for axis, (title, (x, density)) in zip(axes, panels.items()):
            axis.fill_between(x, density, color=MODEL, alpha=0.3, linewidth=0)
            axis.plot(x, density, color=MODEL, linewidth=1, linestyle="-")
            axis.set(title=title, xlabel="level", ylim=(0, top))
        axes[0].set_ylabel("density")
    return fig


def noise_width(x: Tensor, density: Tensor, widths: Sequence[float], values: Sequence[float], width: float,
                entropy: float) -> Figure:
    """Levels with noise of one width, and the best negative log-likelihood as a function of the width, this one marked."""
    with figure(1, 2) as (fig, (left, right)):
        left.fill_between(x, density, color=DATA, alpha=0.45, linewidth=0)
        left.set(xlabel="level + noise", ylabel="density", title=f"width {width:.2f}", ylim=(0, None))
        right.plot(widths, values, color=MODEL)
        at = min(range(len(widths)), key=lambda k: abs(widths[k] - width))
        right.plot(widths[at], values[at], "o", color=ACCENT, markersize=8)
        right.axhline(entropy, color=TRUTH, linewidth=1, linestyle=(0, (6, 3)))
        right.annotate("entropy of the levels", (1, entropy), xycoords=("axes fraction", "data"), xytext=(-2, -12),
                       textcoords="offset points", ha="right")
        right.set(xlabel="width of the noise", ylabel="best NLL (nats)", title=f"{values[at]:.3f} nats")
    return fig


def contraction(z: Tensor, x: Tensor, errors: Tensor, lipschitz: float, title: str) -> Figure:
    """The map x = z + g(z), and how far its fixed-point iteration is from the solution: errors (steps + 1, points)."""
    with figure(1, 2) as (fig, (left, right)):
        left.plot(z, x, color=MODEL)
        left.plot(z, z, color=TRUTH, linewidth=0.8, linestyle=":")
        left.set(xlabel="$z$", ylabel="$x = z + g(z)$", title=title)
        steps = range(len(errors))
        right.plot(steps, errors.clamp(min=1e-17), color=MODEL, linewidth=0.9, linestyle="-", alpha=0.7)
        right.plot(steps, [float(errors[0].max()) * lipschitz**k for k in steps], color=TRUTH, linestyle="--",
                   label="first error times $L^k$")
        right.set(xlabel="step $k$", ylabel="error", yscale="log", ylim=(1e-16, 1e3), title="iteration for nine values of $x$")
        right.legend(loc="upper right")
    return fig


def series(num_terms: int, errors: Sequence[float], bounds: Sequence[float], estimates: Tensor, truth: float,
           title: str) -> Figure:
    """Error of a power series and its bound by number of terms; and one-probe estimates of one log-determinant."""
    with figure(1, 2) as (fig, (left, right)):
        terms = range(1, len(errors) + 1)
        left.plot(terms, errors, color=MODEL, label="largest error")
        left.plot(terms, bounds, color=TRUTH, linestyle="--", label="bound")
        left.plot(num_terms, errors[num_terms - 1], "o", color=ACCENT, markersize=8)
        left.set(xlabel="number of terms", ylabel="nats", yscale="log", title=title, ylim=(1e-9, 1e3))
        left.legend(loc="lower left")
        right.hist(estimates.numpy(), bins=50, color=MODEL, alpha=0.5)
        right.axvline(truth, color=TRUTH, linestyle="-", label="exact")
        right.axvline(float(estimates.mean()), color=DATA, linestyle="--", label="mean of estimates")
        right.set(xlabel="estimated log-determinant (nats)", yticks=[], title="one probe, 4000 times")
        right.margins(y=0.35)
        right.legend(loc="upper left", fontsize=9)
    return fig


def paths(panels: Mapping[str, Tensor], size: float = 4.0) -> Figure:
    """Ways through the plane {title: (steps, n, 2)}: a dot at the start, a cross at the end."""
    with figure(1, len(panels), figsize=(7.2, 7.2 / len(panels) + 0.2), sharex=True, sharey=True) as (fig, axes):
        for axis, (title, way) in zip(axes, panels.items()):
            way = way.cpu()
            axis.plot(way[:, :, 0], way[:, :, 1], color=MODEL, linewidth=0.7, linestyle="-", alpha=0.8)
            axis.plot(*way[0].T, "o", color=DATA, markersize=size, linestyle="none")
            axis.plot(*way[-1].T, "x", color=TRUTH, markersize=size, linestyle="none")
            axis.set(title=title, aspect="equal", xticks=[], yticks=[])
    return fig


def solver(cloud: Tensor, steps: Sequence[int], lines: Mapping[str, Sequence[float]], at: int, floor: float,
           title: str) -> Figure:
    """Draws with some number of solver steps, and the likelihoods reported with each number; one of them marked."""
    with figure(1, 2, width_ratios=(1, 1.1)) as (fig, (left, right)):
        left.scatter(*cloud.T, s=3, color=MODEL, linewidths=0)
        left.set(title=title, aspect="equal", xlim=(-1.8, 2.8), ylim=(-1.4, 1.9), xticks=[], yticks=[])
        for label, values in lines.items():
            right.plot(steps, values, marker="o", markersize=3, label=label)
        right.axhline(floor, color=TRUTH, linewidth=1, linestyle=(0, (6, 3)), label="entropy of the data")
        right.axvline(steps[at], color=ACCENT, linewidth=1)
        right.set(xlabel="number of steps", ylabel="reported NLL (nats)", xscale="log", xticks=steps, xticklabels=steps)
        right.minorticks_off()
        right.legend(fontsize=9)
    return fig
