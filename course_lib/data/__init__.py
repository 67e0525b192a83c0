"""Small real data sets, inside the package. Where they come from: README.md beside this file."""

from .classification import Classification, load_classification
from .components import PrincipalComponents, principal_components
from .digits import Digits, load_digits

__all__ = ["Classification", "Digits", "PrincipalComponents", "load_classification", "load_digits", "principal_components"]
