"""Small real data sets, inside the package. Where they come from: README.md beside this file."""

from course_lib.data.classification import Classification, load_classification
from course_lib.data.components import PrincipalComponents, principal_components
from course_lib.data.digits import Digits, load_digits

__all__ = ["Classification", "Digits", "PrincipalComponents", "load_classification", "load_digits", "principal_components"]
