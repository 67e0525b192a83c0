"""A warm-up that chooses step size, mass matrix and trajectory length, and then ends: what it returns never adapts."""

from course_lib.samplers.adaptation.dual_averaging import DualAveraging
from course_lib.samplers.adaptation.mass_estimate import MassEstimate
from course_lib.samplers.adaptation.trajectory_length import TrajectoryLength
from course_lib.samplers.adaptation.warm_up import WarmUp, warm_up

__all__ = ["DualAveraging", "MassEstimate", "TrajectoryLength", "WarmUp", "warm_up"]
