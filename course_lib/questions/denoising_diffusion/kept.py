"""Are the arguments left as they were? Looked at in every case; it costs a part that is right only in one part of a question."""

from typing import Callable

from course_lib.questions.contract import Inputs, Outputs, Verdict

Judge = Callable[[Inputs, Outputs], Verdict]


def keeping_arguments(judge: Judge, counts_in: str) -> Judge:
    """`judge`, and then: in the part `counts_in` a right result fails if an argument was changed; a wrong one is told so too.

    Needs inputs["part"], and outputs "left <name>": 0 if that argument is as before, 1 if changed, 2 if it requires a gradient.
    """
    def judged(inputs: Inputs, outputs: Outputs) -> Verdict:
        verdict, said = judge(inputs, outputs), what_was_left(outputs)
        if not said or verdict.passed and inputs["part"] != counts_in:
            return verdict
        return Verdict(False, f"the result is right, but {said}" if verdict.passed else f"{verdict.message} Besides, {said}")

    return judged


def what_was_left(outputs: Outputs) -> str:
    """A sentence on the first argument that is not as before, or nothing."""
    left = {name.removeprefix("left "): int(value) for name, value in outputs.items() if name.startswith("left ")}
    for name, code in left.items():
        if code == 1:
            return (f"{name} was changed in place: -=, {name}[:] = ... and methods that end in _ change the tensor of whoever "
                    f"called you. Leave {name} as it is and work on a new tensor, for instance {name}.clone().")
    for name, code in left.items():
        if code == 2:
            return (f"{name} is left requiring a gradient, or with one in {name}.grad: {name}.detach().requires_grad_() leaves "
                    f"{name} itself alone.")
    return ""
