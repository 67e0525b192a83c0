"""Objectives: plain functions of a model and a batch."""

from course_lib.objectives.denoising import bound_terms, simple_loss
from course_lib.objectives.dequantisation import bits_per_dim, dequantised_bound, importance_bound, uniform_noise
from course_lib.objectives.flow_matching import flow_matching_loss
from course_lib.objectives.maximum_likelihood import PersistentChains, contrastive_loss, negative_log_likelihood
from course_lib.objectives.moment_matching import fit_exponential_family
from course_lib.objectives.reverse_kl import reverse_kl

__all__ = ["PersistentChains", "bits_per_dim", "bound_terms", "contrastive_loss", "dequantised_bound", "fit_exponential_family",
           "flow_matching_loss", "importance_bound", "negative_log_likelihood", "reverse_kl", "simple_loss",
           "uniform_noise"]
