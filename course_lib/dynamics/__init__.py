"""How points move between data and noise: differential equations, and chains that add noise and take it away.

No model is in here: a velocity or a denoiser is a function that is passed in.
"""

from course_lib.dynamics.ancestral import ancestral_sample, ancestral_step, step_sequence
from course_lib.dynamics.ddim import ddim_encode, ddim_sample, ddim_step
from course_lib.dynamics.guidance import guided
from course_lib.dynamics.noise_schedule import NoiseSchedule, cosine_schedule, linear_schedule, log_snr_schedule
from course_lib.dynamics.noising import (add_noise, clean_from_noise, clean_from_velocity, noise_from_clean, noise_from_velocity,
                                         posterior, score_from_noise, velocity_from_noise)
from course_lib.dynamics.ode import METHODS, integrate, trajectory

__all__ = ["METHODS", "NoiseSchedule", "add_noise", "ancestral_sample", "ancestral_step", "clean_from_noise",
           "clean_from_velocity", "cosine_schedule", "ddim_encode", "ddim_sample", "ddim_step", "guided", "integrate",
           "linear_schedule", "log_snr_schedule", "noise_from_clean", "noise_from_velocity", "posterior", "score_from_noise",
           "step_sequence", "trajectory", "velocity_from_noise"]
