"""Were the arguments left as they are? The probe brings back what became of them."""

import numpy as np

from course_lib.questions.contract import Inputs, Outputs, Verdict


def left_alone(inputs: Inputs, outputs: Outputs, *names: str) -> Verdict:
    """Every tensor as it came, and not requiring a gradient. Asked once the numbers are right."""
    for name in names:
        if not np.array_equal(outputs[f"{name}_after"], inputs[name]):
            return Verdict(False, f"its numbers are right, but {name} was changed in place: leave the arguments as they are, "
                                  f"and work on {name}.clone().")
        if outputs[f"{name}_has_grad"]:
            return Verdict(False, f"its numbers are right, but {name} is left requiring a gradient, or with one in {name}.grad: "
                                  f"use {name}.detach().requires_grad_(), which leaves {name} itself alone.")
    return Verdict(True)
