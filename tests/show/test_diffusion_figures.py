"""The figures of the lecture on denoising diffusion: what they draw, and that sliders redraw the same picture."""

from typing import NamedTuple

import pytest
import torch
from matplotlib.figure import Figure

from course_lib.dynamics import linear_schedule
from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.show import diffusion, explore_diffusion, sliders, style
from course_lib.targets import GaussianMixture, Grid

LINE = Grid(-6.0, 6.0, 2000, dtype=torch.float64)
HUMPS = GaussianMixture([[-1.5], [1.0]], [0.25, 0.25], [0.3, 0.7], dtype=torch.float64)
POINTS = torch.randn(40, 2, generator=make_generator(0))


def test_strips_are_rows_of_upright_digits_and_a_short_one_ends_early():
    image = torch.zeros(8, 8)
    image[0] = 16.0  # the first row of pixels is the upper one
    fig = diffusion.digit_strips({"two": image.reshape(1, 64).repeat(2, 1), "one": torch.zeros(1, 64)}, ["a", "b"], "title")
    (axis,) = fig.axes
    names = [[label.get_text() for label in side.get_ticklabels()] for side in (axis.xaxis, axis.yaxis)]
    assert names == [["a", "b"], ["two", "one"]]
    drawn, pixels = axis.images[0], axis.images[0].get_array().filled(-1)
    assert drawn.origin == "upper" and drawn.get_clim() == (0, 16) and pixels.shape == (20, 20)
    assert (pixels[1, 1:9] == 16).all() and (pixels[2:9, 1:9] == 0).all() and (pixels[1, 11:19] == 16).all()
    assert (pixels[11:19, 1:9] == 0).all() and (pixels[10:, 10:] == -1).all()


def test_strips_of_another_size_are_one_sentence():
    with pytest.raises(InputError, match=r"'square'.*\(k, 64\).*flatten"):
        diffusion.digit_strips({"square": torch.zeros(3, 8, 8)})


def test_curves_get_their_band_and_their_floor():
    panels = {"left": {"a": ([1, 2], [1.0, 2.0]), "b": ([1, 2], [2.0, 1.0])}, "right": {"a": ([1, 2], [1.0, 3.0])}}
    fig = diffusion.curve_panels(panels, ["x"] * 2, ["y"] * 2, ["log", "linear"], floor=("floor", 0.5), bands={"left": (1.0, 1.5)})
    left, right = fig.axes
    assert [len(left.lines), len(right.lines), len(left.patches), len(right.patches)] == [3, 2, 1, 0]
    assert (left.get_yscale(), right.get_yscale()) == ("log", "linear") and list(right.lines[-1].get_ydata()) == [0.5, 0.5]
    assert "95 % of data against data" in [text.get_text() for text in left.get_legend().get_texts()]


def test_one_law_is_an_area_and_the_others_are_lines():
    (axis,) = diffusion.laws({"p": {"normal": ([0, 1], [1, 1]), "data": ([0, 1], [0, 2])}}, ["x"], filled="data").axes
    assert len(axis.lines) == 1 and len(axis.collections) == 1 and axis.get_ylim()[0] == 0


def test_clouds_share_their_axes_and_carry_crosses():
    fig = diffusion.clouds({"a": POINTS, "b": 3 * POINTS, "c": POINTS}, [POINTS[:3]] * 3, columns=2)
    assert [axis.get_title() for axis in fig.axes] == ["a", "b", "c"]  # no empty fourth panel
    assert len({axis.get_xlim() + axis.get_ylim() for axis in fig.axes}) == 1
    assert fig.axes[0].get_xlim()[1] == pytest.approx(1.05 * float((3 * POINTS).abs().max()))
    assert [len(dots.get_offsets()) for dots in fig.axes[1].collections] == [40, 3]


class Row(NamedTuple):
    split: str
    noise: float
    memorising: float
    linear: float
    unet: float


def test_the_errors_of_both_splits_have_one_scale():
    rows = [Row("train", 1.0, 0.0, 0.9, 0.6), Row("train", 3.0, 0.1, 1.8, 1.3), Row("test", 1.0, 2.5, 0.9, 0.7)]
    train, test = diffusion.denoiser_errors(rows).axes
    assert (train.get_title(), test.get_title()) == ("train digits", "test digits") and train.get_ylim() == test.get_ylim()
    assert list(train.lines[2].get_ydata()) == [0.6, 1.3] and train.get_ylim()[1] > 2.5


def test_noise_keeps_the_mass_and_the_moments_of_a_mixture():
    """Mean sqrt(a) m and variance a v + 1 - a, by a sum over the line."""
    law = explore_diffusion.noised(HUMPS, 0.8)
    mean, square = LINE.expectation(law.log_prob, lambda x: torch.cat([x, x**2], 1)).tolist()
    assert mean == pytest.approx(0.8**0.5 * 0.25) and square - mean**2 == pytest.approx(0.8 * 1.375 + 0.2)


def test_the_reverse_law_of_a_gaussian_is_the_gaussian_that_bayes_says():
    """x ~ N(0.5, 0.49), x_t | x ~ N(sqrt(0.7) x, 0.3): precisions add; the KL to the Gaussian of the same moments is 0."""
    law = GaussianMixture([[0.5]], [0.7], dtype=torch.float64)
    exact, normal, kl = explore_diffusion.reverse_law(law, LINE, 0.3, -0.4)
    variance = 1 / (1 / 0.49 + 0.7 / 0.3)
    mean = variance * (0.5 / 0.49 + 0.7**0.5 * -0.4 / 0.3)
    by_hand = torch.distributions.Normal(mean, variance**0.5).log_prob(LINE.points[:, 0]).exp()
    torch.testing.assert_close(exact, by_hand)
    torch.testing.assert_close(normal, by_hand)
    assert abs(kl) < 1e-9


def explorations():
    terms = lambda num_steps: (torch.tensor(0.0), torch.full((num_steps - 1,), 1 / num_steps), torch.tensor(0.1))
    walk, digits = [(10, POINTS), (0, POINTS / 2)], torch.zeros(4, 64)
    yield lambda: explore_diffusion.explore_noising(HUMPS, linear_schedule(100), LINE)
    yield explore_diffusion.explore_schedules
    yield lambda: explore_diffusion.explore_reverse(HUMPS, LINE)
    yield lambda: explore_diffusion.explore_bound(terms, (10, 30), 0.7)
    yield lambda: explore_diffusion.explore_walk({"noisy": walk, "still": walk}, dict.fromkeys(("noisy", "still"), POINTS[:, 0]))
    yield lambda: explore_diffusion.explore_guidance({0.0: digits, 1.0: digits}, ["0", "1"])
    yield lambda: explore_diffusion.explore_denoisers({0.5: {"noisy": digits}, 3.0: {"noisy": digits}}, start=0)


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


def test_the_picture_says_the_gap_of_the_bound(screen):
    """L_T + sum of L_t + L_0 - H = 0.2 + 9 * 0.1 + 0.1 - 0.7 = 0.5."""
    explore_diffusion.explore_bound(lambda n: (torch.tensor(0.2), torch.full((n - 1,), 0.1), torch.tensor(0.1)), (10,), 0.7)
    (fig,) = screen[0]
    assert "bound 1.2000, entropy 0.7000, gap 0.5000" in fig.axes[0].get_title()


def test_points_keep_the_colour_of_where_they_end(screen):
    groups = {"noisy": torch.arange(40.0)}
    explore_diffusion.explore_walk({"noisy": [(10, POINTS), (0, POINTS / 2)]}, groups)
    (fig,) = screen[0]
    assert list(fig.axes[0].collections[0].get_array()) == groups["noisy"].tolist()
    assert fig.axes[0].get_title() == "noisy, t = 10"
