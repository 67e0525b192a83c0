"""Models with weights: one family a file."""

from course_lib.models.energies import ConvEnergy, MLPEnergy

__all__ = ["ConvEnergy", "MLPEnergy"]
