"""Densities of which the truth is known, and sums over a grid.

Every target has `dim` and `log_prob(x: (n, dim)) -> (n,)` in the dtype of x. All but LogisticRegression draw exactly, by
`sample(n, generator=None) -> (n, dim)` in their own dtype and on their own device. What is known beside:

those of TARGETS_2D, Gaussian, mixtures   normalised; `entropy` (a float, nats); Gaussian, mixtures: `mean`, `covariance`
Funnel, Banana                            normalised, `log_z` = 0; `entropy`, `mean`, `variance` in closed form
TwoModes                                  a mixture; `exact_map` from N(0, I), `strip_probability`
ManyWell                                  `log_z`, `entropy`, `mean`, `variance` by quadrature
EightSchools                              `log_z`, `mean`, `variance` by quadrature
LogisticRegression                        `load_reference(name)`: log Z, means and variances with their errors
"""

import torch

from course_lib.inputs import describe, require
from course_lib.targets.banana import Banana
from course_lib.targets.checkerboard import Checkerboard
from course_lib.targets.eight_schools import EightSchools
from course_lib.targets.funnel import Funnel
from course_lib.targets.gaussian import Gaussian
from course_lib.targets.grid import Grid
from course_lib.targets.logistic_regression import LogisticRegression, logistic_regression
from course_lib.targets.many_gaussians import forty_gaussians, twenty_five_gaussians
from course_lib.targets.many_well import ManyWell
from course_lib.targets.mixture import GaussianMixture, eight_gaussians
from course_lib.targets.moons import TwoMoons
from course_lib.targets.references import Reference, known_references, load_reference
from course_lib.targets.rings import Rings
from course_lib.targets.two_modes import TwoModes

__all__ = ["Banana", "Checkerboard", "EightSchools", "Funnel", "Gaussian", "GaussianMixture", "Grid", "LogisticRegression",
           "ManyWell", "Reference", "Rings", "TARGETS_2D", "TwoModes", "TwoMoons", "eight_gaussians", "forty_gaussians",
           "known_references", "load_reference", "load_target", "logistic_regression", "twenty_five_gaussians"]

TARGETS_2D = {"moons": TwoMoons, "eight_gaussians": eight_gaussians, "rings": Rings, "checkerboard": Checkerboard}


def load_target(name: str, device: str | torch.device = "cpu",
                dtype: torch.dtype = torch.float32) -> TwoMoons | GaussianMixture | Rings | Checkerboard:
    """The two-dimensional target of that name, with its default parameters. Raises InputError for an unknown name."""
    require(isinstance(name, str) and name in TARGETS_2D, "the name of a target", describe(name),
            f"choose one of {', '.join(TARGETS_2D)}")
    return TARGETS_2D[name](device=device, dtype=dtype)
