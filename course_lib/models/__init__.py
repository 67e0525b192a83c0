"""Models with weights: one family a file; flows have a folder of their own."""

from course_lib.models.denoisers import MLPDenoiser
from course_lib.models.energies import ConvEnergy, MLPEnergy
from course_lib.models.unet import UNet

__all__ = ["ConvEnergy", "MLPDenoiser", "MLPEnergy", "UNet"]
