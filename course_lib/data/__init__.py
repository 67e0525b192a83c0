"""Small real data sets, inside the package. Where they come from: README.md beside this file."""

from .components import PrincipalComponents, principal_components
from .digits import Digits, load_digits

__all__ = ["Digits", "PrincipalComponents", "load_digits", "principal_components"]
