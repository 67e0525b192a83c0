"""What tests of figures share: no window is opened, none is left open, and what is displayed is caught."""

import matplotlib
import matplotlib.pyplot as plt
import pytest
from IPython.display import DisplayHandle

from course_lib.show import sliders, style


@pytest.fixture(autouse=True)
def no_screen():
    matplotlib.use("agg")
    yield
    assert not plt.get_fignums(), "a figure was left open: it would be shown twice"


@pytest.fixture
def screen(monkeypatch):
    """What is displayed: the first pictures, the updates of each, and the widgets."""
    shown, updates, widgets = [], [], []
    monkeypatch.setattr(DisplayHandle, "update", lambda self, figure, **k: updates.append(figure))
    monkeypatch.setattr(style, "display", lambda figure, **k: shown.append(figure) or DisplayHandle())
    monkeypatch.setattr(sliders, "display", widgets.append)
    return shown, updates, widgets
