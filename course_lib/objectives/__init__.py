"""Objectives: plain functions of a model and a batch."""

from course_lib.objectives.maximum_likelihood import PersistentChains, contrastive_loss, negative_log_likelihood
from course_lib.objectives.moment_matching import fit_exponential_family

__all__ = ["PersistentChains", "contrastive_loss", "fit_exponential_family", "negative_log_likelihood"]
