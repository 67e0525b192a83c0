"""Sliders over a picture: the picture is drawn first, and the sliders change that same picture.

On GitHub, in a PDF or without a kernel the first picture is what remains. With a kernel, moving a slider redraws it.
"""

from typing import Any, Callable

import ipywidgets
from IPython.display import display
from matplotlib.figure import Figure

from course_lib.inputs import require
from course_lib.show.style import picture


def slide(draw: Callable[..., Figure], alt: str, **controls: ipywidgets.Widget) -> None:
    """Draw the figure `draw(**values)` once, then again whenever a control moves.

    draw      figure from the controls' values; quick (a redraw should take well under 0.3 s)
    alt       one sentence that describes the first figure
    controls  ipywidgets with a `value`, by argument name (`number`, `choice` below make them)
    """
    require(len(controls) > 0, "at least one control", "none", "pass for instance tilt=number('tilt', -1, 1, 0)")
    values = lambda: {name: control.value for name, control in controls.items()}
    handle = picture(draw(**values()), alt, display_id=True)

    def redraw(_: Any) -> None:
        handle.update(draw(**values()), metadata={"image/png": {"alt": alt}})

    for control in controls.values():
        control.observe(redraw, names="value")
    display(ipywidgets.VBox(list(controls.values())))


WIDE = {"style": {"description_width": "170px"}, "layout": ipywidgets.Layout(width="560px")}


def number(label: str, first: float, last: float, start: float, step: float = 0.1) -> ipywidgets.FloatSlider:
    """A slider over real numbers."""
    return ipywidgets.FloatSlider(start, min=first, max=last, step=step, description=label, **WIDE)


def choice(label: str, options: list[tuple[str, Any]], start: Any = None) -> ipywidgets.SelectionSlider:
    """A slider over a few named values."""
    return ipywidgets.SelectionSlider(options=options, value=options[0][1] if start is None else start, description=label, **WIDE)
