"""How points move: differential equations and their solvers, without a model and without data."""

from course_lib.dynamics.ode import METHODS, integrate, trajectory

__all__ = ["integrate", "METHODS", "trajectory"]
