"""One look for all figures, and one way to show them: with a sentence for those who cannot see them."""

from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import matplotlib.pyplot as plt
from IPython.display import DisplayHandle, display
from matplotlib.figure import Figure

STYLE = Path(__file__).with_name("course.mplstyle")

# Roles, not hues: the same thing has the same colour in every figure. Okabe-Ito, by luminance far apart.
DATA, MODEL, TRUTH, ACCENT = "#D55E00", "#0072B2", "#000000", "#009E73"


@contextmanager
def figure(rows: int = 1, columns: int = 1, **options) -> Iterator[tuple[Figure, list]]:
    """A figure in the course's look and the flat list of its axes; closed on leaving, so that it is shown only once."""
    with plt.style.context(STYLE):
        fig, axes = plt.subplots(rows, columns, squeeze=False, **options)
        yield fig, list(axes.flat)
        plt.close(fig)


def picture(fig: Figure, alt: str, display_id: bool = False) -> DisplayHandle | None:
    """Show `fig` as a PNG with `alt`, one sentence that says what is to be seen."""
    return display(fig, metadata={"image/png": {"alt": alt}}, display_id=display_id or None)
