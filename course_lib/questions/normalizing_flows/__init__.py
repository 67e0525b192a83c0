"""11a Normalizing flows: the seven questions, in the order of the notebook. Everywhere x = T(z), z ~ ρ, and nats."""

from course_lib.questions.normalizing_flows.affine_coupling import AFFINE_COUPLING
from course_lib.questions.normalizing_flows.change_of_variables import CHANGE_OF_VARIABLES
from course_lib.questions.normalizing_flows.flow_log_prob import FLOW_LOG_PROB
from course_lib.questions.normalizing_flows.masked_autoregressive import MASKED_AUTOREGRESSIVE
from course_lib.questions.normalizing_flows.rational_quadratic import RATIONAL_QUADRATIC
from course_lib.questions.normalizing_flows.reverse_kl import REVERSE_KL
from course_lib.questions.normalizing_flows.two_modes_map import TWO_MODES_MAP

QUESTIONS = (CHANGE_OF_VARIABLES, FLOW_LOG_PROB, AFFINE_COUPLING, MASKED_AUTOREGRESSIVE, RATIONAL_QUADRATIC, TWO_MODES_MAP,
             REVERSE_KL)
