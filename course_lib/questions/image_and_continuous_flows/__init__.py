"""11b Flows on images and in continuous time: the six questions, in the order of the notebook. Time runs from data to base."""

from course_lib.questions.image_and_continuous_flows.continuous_log_prob import CONTINUOUS_LOG_PROB
from course_lib.questions.image_and_continuous_flows.dequantised_bound import DEQUANTISED_BOUND
from course_lib.questions.image_and_continuous_flows.fixed_point_inverse import FIXED_POINT_INVERSE
from course_lib.questions.image_and_continuous_flows.glow_step import GLOW_STEP
from course_lib.questions.image_and_continuous_flows.masked_convolution import MASKED_CONVOLUTION
from course_lib.questions.image_and_continuous_flows.residual_log_det import RESIDUAL_LOG_DET

QUESTIONS = (DEQUANTISED_BOUND, GLOW_STEP, RESIDUAL_LOG_DET, FIXED_POINT_INVERSE, MASKED_CONVOLUTION, CONTINUOUS_LOG_PROB)
