"""Figures: what they draw, that they are closed and described, and that sliders redraw the same picture."""

import matplotlib
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from course_lib import show
from course_lib.inputs import InputError
from course_lib.models.flows.splines import evaluate
from course_lib.randomness import make_generator
from course_lib.show import sliders, style
from course_lib.targets import Grid, TwoMoons

LINE = Grid(-4.0, 4.0, 200, dtype=torch.float64)
PLANE = Grid((-2.0, -2.0), (3.0, 2.0), (50, 40))
WELL = lambda x, tilt=0.0: (x[:, 0] ** 2 - 2) ** 2 / 2 + tilt * x[:, 0]


def test_a_density_is_drawn_with_the_second_coordinate_upwards():
    image = show.planes.as_image(PLANE, lambda x: -x[:, 1])  # dense below, whatever the first coordinate
    assert image.shape == (40, 50) and (image[0] > image[-1]).all()
    torch.testing.assert_close(image.sum() * PLANE.cell_volume, torch.tensor(1.0), rtol=1e-5, atol=0)


def test_densities_shares_one_scale_only_if_asked():
    logs = {"wide": lambda x: -x.square().sum(1) / 2, "narrow": lambda x: -8 * x.square().sum(1)}
    shared, own = show.densities(logs, PLANE), show.densities(logs, PLANE, one_scale=False)
    tops = lambda fig: [axis.images[0].get_clim()[1] for axis in fig.axes]
    assert tops(shared)[0] == tops(shared)[1] and tops(own)[0] < tops(own)[1]


def test_digits_are_placed_row_by_row():
    images = torch.arange(4)[:, None] * torch.ones(4, 64)
    mosaic = show.digits({"four": images}, rows=2, columns=2).axes[0].images[0].get_array()
    assert [mosaic[0, 0], mosaic[0, 8], mosaic[8, 0], mosaic[8, 8]] == [0, 1, 2, 3]


def test_digits_of_another_size_are_one_sentence():
    with pytest.raises(InputError, match=r"\(n, 64\).*flatten"):
        show.digits({"square": torch.zeros(3, 8, 8)})


def test_every_other_figure_is_a_figure():
    x = TwoMoons().sample(50, make_generator(0))
    figures = [
        show.curves({"a": ([1, 2, 3], [3.0, 2.0, 1.0])}, "x", "y", floor=("floor", 0.5)),
        show.energies_and_densities({"well": lambda x: -WELL(x)}, LINE),
        show.two_terms(lambda x: -WELL(x), LINE, x[:, :1].double(), x[:, 1:].double(), lambda x: x[:, 0] ** 2, "title"),
        show.fit_in_one_dimension(lambda x: -WELL(x), lambda x: -WELL(x, 0.5), LINE, [("x", 0.1, 0.2, True)], "title"),
        show.scatter_panels({"moons": x, "again": x}, {"moons": x[:, 0]}),
        show.clouds({"moons": x, "again": x, "and again": x}, x[:, 0], columns=2),
        show.matrices({"one": torch.eye(3), "two": -torch.ones(2, 4)}),
        show.pushed_line(x[:, 0], x[:, 0], 0 * x[:, 0], "title", truth=(x[:, 0], x[:, 1])),
        show.spline(x[:, 0], x[:, 0], 1 + 0 * x[:, 0], ([0.0, 1.0], [0.0, 1.0])),
    ]
    assert all(isinstance(figure, Figure) for figure in figures)


def test_a_picture_carries_its_description(monkeypatch):
    shown = []
    monkeypatch.setattr(style, "display", lambda *a, **k: shown.append(k))
    show.picture(show.curves({"a": ([1], [1])}, "x", "y"), "one point")
    assert shown[0]["metadata"] == {"image/png": {"alt": "one point"}}


def explorations():
    x = torch.randn(200, 1, generator=make_generator(0), dtype=torch.float64)
    powers = lambda x, degree: torch.cat([x**k for k in range(1, degree + 1)], 1)
    fits = {2: torch.tensor([0.0, 0.5], dtype=torch.float64), 4: torch.tensor([0.0, -1.0, 0.0, 0.5], dtype=torch.float64)}
    snapshots = [(i, 1.0, lambda x, i=i: -(1 + i) * x.square().sum(1)) for i in range(3)]
    yield lambda: show.explore_lift_and_tilt(WELL, LINE)
    yield lambda: show.explore_two_terms(lambda x, t: t * x[:, 0] ** 2, LINE, x, lambda x: x[:, 0] ** 2, start=0.5)
    yield lambda: show.explore_moments(lambda x: -WELL(x), powers, fits, LINE)
    yield lambda: show.explore_training(snapshots, PLANE, x.repeat(1, 2))
    yield lambda: show.explore_bend(lambda z, a: (z + a * z.tanh(), (1 + a / z.cosh() ** 2).log()), x[:, 0].sort().values)
    yield lambda: show.explore_layers([x.repeat(1, 2) + k for k in range(4)], x[:, 0], ["base", "1 of 3", "2 of 3", "3 of 3"])
    yield lambda: show.explore_spline(lambda x, at, y_at, d: evaluate(x, torch.stack([at, y_at, d]), 2.0))
    yield lambda: show.explore_two_modes(lambda z, m: (m * z, 0 * z), scale=0.5)


@pytest.mark.parametrize("explore", list(explorations()))
def test_a_slider_redraws_the_picture_that_was_drawn_first(explore, screen):
    shown, updates, widgets = screen
    explore()
    assert len(shown) == 1 and len(widgets) == 1 and not updates
    for control in widgets[0].children:
        before = len(updates)
        if hasattr(control, "options"):
            control.value = control.options[-1][1]
        else:
            control.value = control.min if control.value != control.min else control.max
        assert len(updates) == before + 1 and isinstance(updates[-1], Figure)


def test_no_controls_are_one_sentence():
    with pytest.raises(InputError, match="at least one control"):
        sliders.slide(lambda: None, "nothing")


def luminance(color: str) -> float:
    """Relative luminance (WCAG): what is left of a colour in grey."""
    channels = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# Machado, Oliveira & Fernandes (2009), full severity, on linear RGB.
DEFICIENCIES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_colours_of_roles_differ_for_every_kind_of_eye(deficiency):
    matrix = torch.tensor(DEFICIENCIES[deficiency])
    colors = [style.DATA, style.MODEL, style.TRUTH, style.ACCENT]
    seen = [matrix @ torch.tensor([(int(c[i:i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]) for c in colors]
    for i in range(4):
        for j in range(i):
            assert (seen[i] - seen[j]).norm() > 0.12, (colors[i], colors[j])


def test_lines_differ_in_grey_by_style_or_luminance():
    cycle = [dict(entry) for entry in matplotlib.rc_params_from_file(style.STYLE, use_default_template=False)["axes.prop_cycle"]]
    for i, a in enumerate(cycle):
        for b in cycle[:i]:
            assert a["linestyle"] != b["linestyle"] or abs(luminance(to_hex(a["color"])) - luminance(to_hex(b["color"]))) > 0.05
