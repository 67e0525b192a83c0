"""Figures and widgets: nothing about axes or sliders lives in a notebook.

A figure is a function that returns a matplotlib `Figure`; `picture(figure, alt)` shows it with a sentence for those who
cannot see it. An `explore_...` function shows a figure with sliders under it.
"""

from course_lib.show.curves import curves, energies_and_densities, fit_in_one_dimension, two_terms
from course_lib.show.explore_energies import explore_lift_and_tilt, explore_moments, explore_training, explore_two_terms
from course_lib.show.planes import densities, digits, scatter_panels
from course_lib.show.style import picture

__all__ = [
    "curves", "densities", "digits", "energies_and_densities", "explore_lift_and_tilt", "explore_moments", "explore_training",
    "explore_two_terms", "fit_in_one_dimension", "picture", "scatter_panels", "two_terms",
]
