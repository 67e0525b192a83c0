"""Question 6: the log-density of a continuous flow: Euler steps from data (t = 0) to base (t = 1), with one probe a point."""

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal
from course_lib.questions.image_and_continuous_flows.exact import density, draw_density, draw_velocity, repeated, unchanged
from course_lib.questions.image_and_continuous_flows.euler_paths import Path, higher_order, wrong_paths


def cases(generator: torch.Generator) -> list[Case]:
    """Fields that are linear in x and fields that are not; all change with time. Three to six steps."""
    drawn = []
    for part, kinds in (("path", ("linear", "curved")), ("linear field", ("linear",)), ("curved field", ("curved",))):
        for i, dtype in enumerate(("float32", "float64", "float64", "float32")):
            n, dim, hidden, steps = distinct(3, 7, 4, generator)
            drawn.append(draw_case(part, kinds[i % len(kinds)], (n, dim, hidden, steps), dtype, generator))
    drawn.append(draw_case("curved field", "curved", (1, 3, 5, 4), "float64", generator))  # beside the generic cases
    return drawn


def draw_case(part: str, kind: str, sizes: tuple[int, int, int, int], dtype: str, generator: torch.Generator) -> Case:
    n, dim, hidden, steps = sizes
    return Case(part, {
        "part": part, "velocity": draw_velocity(kind, dim, hidden, generator, dtype), "base": draw_density(dim, generator, dtype),
        "x": normal((n, dim), generator, dtype), "probe": normal((n, dim), generator, dtype), "num_steps": steps})


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Part "path" looks at z, the others at log p(x) = log ρ(z) + Σ_k eᵀ J(x_k, t_k) e / num_steps."""
    if verdict := repeated(outputs, "log_prob", "z"):
        return verdict
    right, came = Path(inputs, np.arange(inputs["num_steps"]) / inputs["num_steps"]), outputs["z"]
    scale = max(float(np.abs(p).max()) for p in right.points) + 1
    if close(outputs["log_prob"], right.end, scale):
        return Verdict(False, "the two results are swapped: return (log_prob, z).")
    if inputs["part"] != "path":
        return judge_log_prob(inputs, outputs["log_prob"], right, close(came, right.end, scale))
    if came.ndim == 3:
        return Verdict(False, f"z should be where the path ends, of shape {right.end.shape}, not the whole path.")
    if close(came, right.end, scale):
        return unchanged(inputs, outputs, "x", "probe")
    guesses = [Guess("this is x: return where the path ends", right.points[0]),
               *(Guess(f"this is {name}; plain Euler steps were asked for", end) for name, end in higher_order(inputs)),
               *(Guess(message, path.end) for message, path in wrong_paths(inputs))]
    return compare(came, right.end, "z", guesses, scale=scale)


def judge_log_prob(inputs: Inputs, came: np.ndarray, right: Path, z_is_right: bool) -> Verdict:
    """The same sentences for the divergence, and for a right sum along a wrong path."""
    base, dt, h, dim = density(right.base, right.end), right.dt, right.hutchinson, right.end.shape[1]
    integral, start = dt * h.sum(0), right.points[0]
    scale = float(max(np.abs(base).max(), dt * np.abs(h).sum(0).max(), 1.0))
    if close(came, base + integral, scale):
        return Verdict(True)
    if came.shape == base.shape and (came > 0).all() and close(np.log(came), base + integral, scale, 1e-4):
        return Verdict(False, "log_prob is not right: this is the density, return its logarithm.")
    normal_base = -(right.end**2).sum(1) / 2 - dim / 2 * np.log(2 * np.pi)
    guesses = [
        Guess("the integral of the divergence has the wrong sign: where v spreads points out on the way to the base, "
              "the density of the data is higher", base - integral),
        Guess("the factor 1/num_steps of the divergences is missing", base + h.sum(0)),
        Guess("the factor 1/num_steps of the divergences is missing, and their sign is wrong", base - h.sum(0)),
        Guess("only the divergence of the last step is used: add all of them up", base + dt * h[-1]),
        Guess("only the divergence of the last step is used, without 1/num_steps", base + h[-1]),
        Guess("only the divergence of the first step is used: add all of them up", base + dt * h[0]),
        Guess("only the divergence of the first step is used, without 1/num_steps", base + h[0]),
        Guess("only the divergence of the first step is used, and its sign is wrong", base - dt * h[0]),
        Guess("only the divergence of the last step is used, and its sign is wrong", base - dt * h[-1]),
        Guess("the integral of the divergence is missing: this is log_base(z)", base),
        Guess("log_base belongs at z, where the path ends, not at x", density(right.base, start) + integral),
        Guess("log_base belongs at z, where the path ends, not at x, and the integral is missing", density(right.base, start)),
        Guess("the base is not the standard normal: ask log_base", normal_base + integral),
        Guess("the base is not the standard normal: ask log_base, and the integral is missing", normal_base),
        Guess("log_base is asked at every step, but only the end of the path, z, stands in the base",
              np.mean([density(right.base, p) for p in right.points[:-1]], axis=0) + integral),
        Guess("log_base is missing", integral), Guess("log_base is missing, and the sign is wrong", -integral),
        Guess("log_base has the wrong sign", integral - base),
    ]
    for message, trace in (
            ("this uses the exact divergence; the estimate eᵀJe with the given probe was asked for", right.exact),
            ("this is Σ_j (∂ Σ_i v_i / ∂x_j) e_j, which has mean 0; eᵀJe needs the probe on both sides, in v·e as well",
             right.one_sided),
            ("this is the sum of all entries of J; the divergence is the sum of its diagonal, estimated by eᵀJe", right.total),
            ("this is Σ_j Σ_i e_i ∂v_i/∂x_j, which has mean 0; eᵀJe needs the probe on both sides", right.unprobed),
            ("the probe enters three times; eᵀJe has it once on each side of J", right.thrice),
            ("all points get the probe of the first; each has its own", right.shared),
            ("v is differentiated with respect to the start of the path; the divergence at x_k is with respect to x_k: detach it",
             right.through),
            ("the divergence is taken after the step, but it belongs to (x_k, t_k), before the step", right.late),
            ("the divergence is taken after the step, but it belongs to (x_k, t_k), before the step", right.next),
            ("the divergence is divided by dim", h / dim), ("the probe is rescaled; take it as it is", right.rescaled),
            ("the probe is replaced by its signs; take it as it is", right.signs), ("the divergence is squared", h**2),
            ("the divergence is summed over the batch; each point has its own", h.sum(1, keepdims=True) + 0 * h),
            ("the divergence is averaged over the batch; each point has its own", h.mean(1, keepdims=True) + 0 * h)):
        guesses += [Guess(message, base + dt * trace.sum(0)),
                    Guess(f"{message}. Its sign is wrong too", base - dt * trace.sum(0)),
                    Guess(f"{message}. Only the last step is used too", base + dt * trace[-1]),
                    Guess(f"{message}. The factor 1/num_steps is missing too", base + trace.sum(0))]
    for message, path in wrong_paths(inputs):
        ends, own = density(path.base, path.end), dt * path.hutchinson.sum(0)
        guesses += [Guess(message, ends + own), Guess(f"{message}. The integral has the wrong sign as well", ends - own),
                    Guess(message, ends + path.hutchinson.sum(0))]
    guesses += [Guess(f"z comes from {name}; plain Euler steps were asked for", density(right.base, end) + integral)
                for name, end in higher_order(inputs)]
    return compare(came, base + integral, "log_prob", guesses, scale=scale,
                   hint="" if z_is_right else "z is judged in the part path: get it right first")


CONTINUOUS_LOG_PROB = Question(
    topic="11b_image_and_continuous_flows", title="The likelihood of a continuous flow", difficulty=5, minutes=35,
    contract=Contract(
        name="continuous_log_prob", signature="continuous_log_prob(velocity, log_base, x, probe, num_steps)",
        arguments={"velocity": "callable (x (n, dim), t) -> (n, dim): v(x, t), differentiable in x; each point alone; t a number "
                               "or a tensor of no dimensions",
                   "log_base": "callable (n, dim) -> (n,): log-density ρ of the base, which stands at t = 1",
                   "x": "float tensor (n, dim): data, at t = 0",
                   "probe": "float tensor (n, dim): a random vector e for each point, the same in all steps",
                   "num_steps": "int ≥ 1: Euler steps of length 1/num_steps"},
        returns="tuple (log_prob (n,), z (n, dim)): log ρ(z) plus the sum over the steps of eᵀJe/num_steps, and where the "
                "path ends"),
    parts={"path": 1, "linear field": 1, "curved field": 2}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.image_and_continuous_flows:continuous_log_prob")
