"""The figures and sliders of the lecture on flows for images: they draw at both ends of every slider."""

import torch
from matplotlib.figure import Figure

from course_lib.show import explore_image_flows, image_flows


def draw_at_the_ends(monkeypatch, explore, *arguments):
    """Catch what is handed to `slide` and draw the first and the last value of every control."""
    caught = []
    monkeypatch.setattr(explore_image_flows, "slide", lambda draw, alt, **controls: caught.append((draw, controls)))
    explore(*arguments)
    ((draw, controls),) = caught
    ends = lambda control: (control.min, control.max) if hasattr(control, "min") else [control.options[k][1] for k in (0, -1)]
    for side in (0, 1):
        assert isinstance(draw(**{name: ends(control)[side] for name, control in controls.items()}), Figure)
    assert isinstance(draw(**{name: control.value for name, control in controls.items()}), Figure)


def test_every_slider_draws_at_both_ends(monkeypatch):
    x = torch.linspace(0, 1, 20)
    draw_at_the_ends(monkeypatch, explore_image_flows.explore_noise_width, lambda width: (x, x, width), 1.0)
    images = {"0": torch.zeros(27, 64), "1": torch.ones(27, 64)}
    draw_at_the_ends(monkeypatch, explore_image_flows.explore_temperature, images, {"0": 1.0, "1": 2.0})
    draw_at_the_ends(monkeypatch, explore_image_flows.explore_contraction, lambda z, slope: slope * torch.sin(z))
    jacobians = {"0.3": 0.1 * torch.eye(3).repeat(4, 1, 1).double(), "0.6": 0.2 * torch.eye(3).repeat(4, 1, 1).double()}
    draw_at_the_ends(monkeypatch, explore_image_flows.explore_series, jacobians, lambda slope, terms: slope**terms)
    clouds = [torch.zeros(5, 2), torch.ones(5, 2)]
    draw_at_the_ends(monkeypatch, explore_image_flows.explore_solver, [1, 2], clouds, {"reported": [2.0, 1.0]}, 1.0)


def test_bisection_solves():
    x = torch.linspace(-1.5, 1.5, 7, dtype=torch.float64)
    torch.testing.assert_close(explore_image_flows.solve(lambda z: z + z**3, x + x**3), x)


def test_densities_share_their_axes():
    x = torch.linspace(0, 1, 20)
    figure = image_flows.level_densities({"low": (x, x), "high": (x, 5 * x)})
    assert {axis.get_ylim()[1] for axis in figure.axes} == {5.25}
