"""Figures and widgets: nothing about axes or sliders lives in a notebook.

A figure is a function that returns a matplotlib `Figure`; `picture(figure, alt)` shows it with a sentence for those who
cannot see it. An `explore_...` function shows a figure with sliders under it.
"""

from course_lib.show.curves import curves, energies_and_densities, fit_in_one_dimension, two_terms
from course_lib.show.explore_energies import explore_lift_and_tilt, explore_moments, explore_training, explore_two_terms
from course_lib.show.explore_flows import explore_bend, explore_layers, explore_spline, explore_two_modes
from course_lib.show.maps import clouds, matrices, pushed_line, spline
from course_lib.show.planes import densities, digits, scatter_panels
from course_lib.show.style import picture

__all__ = [
    "clouds", "curves", "densities", "digits", "energies_and_densities", "explore_bend", "explore_layers",
    "explore_lift_and_tilt", "explore_moments", "explore_spline", "explore_training", "explore_two_modes", "explore_two_terms", "fit_in_one_dimension",
    "matrices", "picture", "pushed_line", "scatter_panels", "spline", "two_terms",
]
