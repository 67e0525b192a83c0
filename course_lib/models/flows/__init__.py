"""Normalizing flows: invertible layers with a known change of volume, and the densities made of them."""

from course_lib.models.flows.affine import ActNorm, ElementwiseAffine, Standardise
from course_lib.models.flows.autoregressive import MaskedAutoregressive, MaskedMLP
from course_lib.models.flows.continuous import ContinuousFlow, VelocityMLP
from course_lib.models.flows.copula import Correlated, LevelMarginals
from course_lib.models.flows.coupling import AdditiveCoupling, AffineCoupling
from course_lib.models.flows.dequantiser import Dequantiser
from course_lib.models.flows.flow import Flow, standard_normal_log_prob
from course_lib.models.flows.glow import Glow, GlowStep, squeeze, unsqueeze
from course_lib.models.flows.image_layers import ImageActNorm, ImageCoupling, InvertibleConv
from course_lib.models.flows.interpolation import interpolate, latent_path
from course_lib.models.flows.layer import FlowLayer, Inverted
from course_lib.models.flows.linear import Linear, Permutation, reverse
from course_lib.models.flows.mintnet import MaskedInvertibleConv, MintLayer
from course_lib.models.flows.recipes import iaf, maf, nice, real_nvp, spline_flow
from course_lib.models.flows.residual import InvertibleResidual
from course_lib.models.flows.spline_layers import SplineAutoregressive, SplineCoupling, SplineMarginals
from course_lib.models.flows.splines import rational_quadratic

__all__ = ["ActNorm", "AdditiveCoupling", "AffineCoupling", "ContinuousFlow", "Correlated", "Dequantiser",
           "ElementwiseAffine", "Flow", "FlowLayer", "Glow", "GlowStep", "ImageActNorm", "ImageCoupling", "Inverted",
           "InvertibleConv", "InvertibleResidual", "LevelMarginals", "Linear", "MaskedAutoregressive",
           "MaskedInvertibleConv", "MaskedMLP", "MintLayer", "Permutation", "SplineAutoregressive", "SplineCoupling",
           "SplineMarginals", "Standardise", "VelocityMLP", "iaf", "interpolate", "latent_path", "maf", "nice",
           "rational_quadratic", "real_nvp", "reverse", "spline_flow", "squeeze", "standard_normal_log_prob",
           "unsqueeze"]
