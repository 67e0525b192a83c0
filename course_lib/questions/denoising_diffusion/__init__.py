"""12 Denoising diffusion: the nine questions, in the order of the notebook. Time runs from data (t = 0) to noise (t = T)."""

from course_lib.questions.denoising_diffusion.add_noise import ADD_NOISE
from course_lib.questions.denoising_diffusion.ancestral_step import ANCESTRAL_STEP
from course_lib.questions.denoising_diffusion.bound_term import BOUND_TERM
from course_lib.questions.denoising_diffusion.convert_prediction import CONVERT_PREDICTION
from course_lib.questions.denoising_diffusion.ddim_step import DDIM_STEP
from course_lib.questions.denoising_diffusion.denoising_loss import DENOISING_LOSS
from course_lib.questions.denoising_diffusion.guided_noise import GUIDED_NOISE
from course_lib.questions.denoising_diffusion.memorising_denoiser import MEMORISING_DENOISER
from course_lib.questions.denoising_diffusion.posterior import POSTERIOR

QUESTIONS = (ADD_NOISE, POSTERIOR, DENOISING_LOSS, CONVERT_PREDICTION, BOUND_TERM, ANCESTRAL_STEP, DDIM_STEP, GUIDED_NOISE,
             MEMORISING_DENOISER)
