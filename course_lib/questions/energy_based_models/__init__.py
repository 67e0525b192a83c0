"""03 Energy-based models: the seven questions, in the order of the notebook. Everywhere p(x) ∝ exp(−U(x))."""

from course_lib.questions.energy_based_models.conditional_gradient import CONDITIONAL_GRADIENT
from course_lib.questions.energy_based_models.contrastive_loss import CONTRASTIVE_LOSS
from course_lib.questions.energy_based_models.langevin_step import LANGEVIN_STEP
from course_lib.questions.energy_based_models.log_partition import LOG_PARTITION
from course_lib.questions.energy_based_models.natural_parameters import NATURAL_PARAMETERS
from course_lib.questions.energy_based_models.normalizable import NORMALIZABLE
from course_lib.questions.energy_based_models.persistent_step import PERSISTENT_STEP

QUESTIONS = (LOG_PARTITION, NORMALIZABLE, NATURAL_PARAMETERS, CONTRASTIVE_LOSS, CONDITIONAL_GRADIENT, LANGEVIN_STEP,
             PERSISTENT_STEP)
