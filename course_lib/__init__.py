"""Generative modelling and sampling: the library that the lectures and the exercises call.

Rooms, in the order in which they may import each other (a room uses only those before it):
data, targets, diagnostics, samplers, dynamics, models, objectives, learned_samplers, experiments, show,
questions, grading, cli. `inputs` and `randomness` stand before all of them.
"""

__version__ = "0.1.0"
