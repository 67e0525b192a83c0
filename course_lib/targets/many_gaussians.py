"""Mixtures with many separate modes: 25 on a grid, 40 strewn over a square."""

import math
from importlib.resources import files

import numpy as np
import torch

from course_lib.targets.mixture import GaussianMixture


def twenty_five_gaussians(device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32) -> GaussianMixture:
    """Equal Gaussians at {-10, -5, 0, 5, 10}^2, each of covariance 0.3 I (standard deviation 0.5477); entropy 4.8528.

    Neighbours are 9 standard deviations apart. mean = 0, variance = 50.3 on both axes.
    """
    axis = torch.arange(-10.0, 11.0, 5.0, dtype=torch.float64)
    return GaussianMixture(torch.cartesian_prod(axis, axis), math.sqrt(0.3), device=device, dtype=dtype)


def forty_gaussians(scale: float = math.log1p(math.e), device: str | torch.device = "cpu",
                    dtype: torch.dtype = torch.float32) -> GaussianMixture:
    """Equal Gaussians at 40 fixed places, uniform in [-40, 40]^2, of standard deviation softplus(1) = log(1 + e) = 1.3133.

    The target of FAB (arXiv:2208.01893): the places are those of its code and stand in data/forty_gaussian_means.csv.
    Another target of the same name (in JAX) has other places and scale 1: results on the two cannot be compared.
    """
    with (files("course_lib.data") / "forty_gaussian_means.csv").open(encoding="utf-8") as file:
        means = np.loadtxt(file, delimiter=",")
    return GaussianMixture(means, scale, device=device, dtype=dtype)
