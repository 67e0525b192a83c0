"""Samplers of a density given by its log_prob: one algorithm a file, one loop for all of them."""

from course_lib.samplers.kernel import Kernel
from course_lib.samplers.loop import Run, sample
from course_lib.samplers.mala import MALA
from course_lib.samplers.random_walk_metropolis import RandomWalkMetropolis
from course_lib.samplers.unadjusted_langevin import UnadjustedLangevin

__all__ = ["Kernel", "MALA", "RandomWalkMetropolis", "Run", "UnadjustedLangevin", "sample"]
