"""Weights of trained flows, as .npz; read by course_lib.models.saved."""
