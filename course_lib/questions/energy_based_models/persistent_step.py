"""Question 7: one iteration of maximum likelihood with persistent chains."""

from functools import reduce

import numpy as np
import torch

from course_lib.questions.compare import Guess, close, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal, uniform
from course_lib.questions.energy_based_models.exact import draw_energy, gradient_theta, langevin


def cases(generator: torch.Generator) -> list[Case]:
    """More data than chains, three to five sampler steps, all sizes different."""
    drawn = []
    for part in ("chains", "gradient"):
        for kind, dtype in (("wells", "float32"), ("network", "float64"), ("wells", "float64"), ("network", "float32")):
            chains, dim, size = distinct(3, 6, 3, generator)
            n = 7 + distinct(0, 4, 1, generator)[0]
            steps = distinct(3, 5, 1, generator)[0]
            spec = draw_energy(kind, dim, size, generator, dtype)
            drawn.append(Case(part, {
                "part": part, "energy": spec, "x_data": normal((n, dim), generator, dtype) + spec["theta"].dtype.type(0.7),
                "chains": normal((chains, dim), generator, dtype, scale=1.5),
                "noises": normal((steps, chains, dim), generator, dtype), "step_size": uniform(0.02, 0.08, generator)}))
    return drawn


def run(inputs: Inputs, start: np.ndarray, noises: np.ndarray) -> np.ndarray:
    """The chains after one step a noise."""
    return reduce(lambda x, noise: langevin(inputs["energy"], x, noise, inputs["step_size"]), noises, start)


def wrong_chains(inputs: Inputs) -> list[Guess]:
    """Where chains end up when they start elsewhere or use the noise otherwise."""
    data, chains, noises = (inputs[name].astype(np.float64) for name in ("x_data", "chains", "noises"))
    m, steps = len(chains), len(noises)
    data_start = "the chains start from data, that is contrastive divergence; persistent chains go on from `chains`"
    return [
        Guess("they have not moved: these are the old chains", chains),
        Guess(data_start, run(inputs, data[:m], noises)),
        Guess(data_start, run(inputs, data[-m:], noises)),
        Guess("these are data, not chains", data[:m]),
        Guess("the chains start from noise, but persistent chains go on from `chains`", run(inputs, noises[0], noises)),
        Guess("the chains start from noise, but persistent chains go on from `chains`", run(inputs, noises[0], noises[1:])),
        Guess("the chains start from zero, but persistent chains go on from `chains`", run(inputs, 0 * chains, noises)),
        Guess("the noises are used in the opposite order", run(inputs, chains, noises[::-1])),
        Guess("only the last noise is used: every step must start where the one before it ended",
              run(inputs, chains, noises[-1:])),
        Guess("only one step is made, with the first noise", run(inputs, chains, noises[:1])),
        Guess("every step uses the same noise, the first", run(inputs, chains, np.stack([noises[0]] * steps))),
        Guess("every step uses the same noise, the last", run(inputs, chains, np.stack([noises[-1]] * steps))),
        Guess("one step too few: the last noise is left out", run(inputs, chains, noises[:-1])),
        Guess("one step too few: the first noise is left out", run(inputs, chains, noises[1:])),
        Guess("one step too many: the first noise is used twice", run(inputs, chains, noises[[0, *range(steps)]])),
        Guess("one step too many: the last noise is used twice", run(inputs, chains, noises[[*range(steps), -1]])),
        Guess("all noises are used twice", run(inputs, chains, np.concatenate([noises, noises]))),
        Guess("the noises are added up, but each belongs to a step of its own", run(inputs, chains, noises.sum(0)[None])),
        Guess("the noises are averaged, but each belongs to a step of its own", run(inputs, chains, noises.mean(0)[None])),
        Guess("the noise is missing", run(inputs, chains, 0 * noises)),
        Guess("the noise has the opposite sign", run(inputs, chains, -noises)),
    ]


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """Part "chains" looks at the new chains, part "gradient" at the gradient that the right new chains give."""
    chains, again = outputs["chains"], outputs["chains_again"]
    if chains.shape == again.shape and not close(chains, again, 1 + float(np.abs(chains).max(initial=0))):
        return Verdict(False, "the same arguments gave another result: use the noises that are passed in, draw none.")
    if not np.array_equal(outputs["theta_after"], inputs["energy"]["theta"]):
        return Verdict(False, "theta itself was changed: return the gradient, the optimiser moves theta.")
    expected = run(inputs, inputs["chains"].astype(np.float64), inputs["noises"].astype(np.float64))
    if inputs["part"] == "chains":
        if close(outputs["gradient"], expected, float(np.abs(expected).max())):
            return Verdict(False, "the two results are swapped: return (gradient, new_chains).")
        if chains.ndim == 3:
            return Verdict(False, f"new_chains should be where the chains end, of shape {expected.shape}, not their whole path.")
        return compare(chains, expected, "new_chains", wrong_chains(inputs))
    return judge_gradient(inputs, outputs, expected)


def judge_gradient(inputs: Inputs, outputs: Outputs, chains: np.ndarray) -> Verdict:
    """mean ∇U over data minus mean ∇U over the new chains."""
    spec = inputs["energy"]
    g_data, g_model = gradient_theta(spec, inputs["x_data"].astype(np.float64)), gradient_theta(spec, chains)
    data, model, n, m = g_data.mean(0), g_model.mean(0), len(g_data), len(g_model)
    expected = data - model
    guesses = [
        Guess("the sign is flipped: the negative log-likelihood falls when the energy of data falls", -expected),
        Guess("the terms are summed, not averaged", n * data - m * model),
        Guess("the sign is flipped, and the terms are summed, not averaged", m * model - n * data),
        Guess("only the data term is there", data),
        Guess("only the chains' term is there", -model),
        Guess("data and chains enter with the same sign", data + model),
        Guess("both sums are divided by the number of data points", data - m * model / n),
        Guess("both sums are divided by the number of chains", n * data / m - model),
        Guess("both sums are divided by the number of all points", (n * data - m * model) / (n + m)),
        Guess("the data are summed, not averaged", n * data - model),
        Guess("the chains are summed, not averaged", data - m * model),
    ]
    old = gradient_theta(spec, inputs["chains"].astype(np.float64)).mean(0)
    guesses.append(Guess("it is taken at the old chains; move them first", data - old))
    noises, start = (inputs[name].astype(np.float64) for name in ("noises", "chains"))
    visited = [gradient_theta(spec, run(inputs, start, noises[:t])).mean(0) for t in range(len(noises) + 1)]
    on_the_way = "it is averaged over all steps of the chains; only where they end counts"
    guesses += [Guess(on_the_way, data - np.mean(visited[1:], axis=0)), Guess(on_the_way, data - np.mean(visited, axis=0))]
    guesses.append(Guess("it is added up over all steps of the chains", len(noises) * data - np.sum(visited[1:], axis=0)))
    guesses += [Guess(f"it is taken at other chains than the new ones: {message}", data - gradient_theta(spec, value).mean(0))
                for message, value in wrong_chains(inputs)]
    came = outputs["gradient"].astype(np.float64)
    rate = float((came - spec["theta"]) @ expected / (expected @ expected)) if came.shape == expected.shape else 0.0
    if abs(rate) > 1e-6:
        guesses.append(Guess("these are the moved parameters: return the gradient itself", spec["theta"] + rate * expected))
    own = outputs["chains"].astype(np.float64)
    if own.ndim == 2 and own.shape[1] == spec["dim"] and np.isfinite(own).all() and len(own):
        guesses.append(Guess("the formula is right for the chains you return, but these are not the right ones",
                             data - gradient_theta(spec, own).mean(0)))
    return compare(came, expected, "the gradient", guesses,
                   scale=float(max(np.abs(data).max(), np.abs(model).max())),
                   factors={"n_data": float(n), "the number of chains": float(m)})


PERSISTENT_STEP = Question(
    topic="03_energy_based_models", title="Learning with chains that go on", difficulty=4, minutes=30,
    contract=Contract(
        name="persistent_step", signature="persistent_step(energy_gradient, kernel, theta, x_data, chains, noises)",
        arguments={"energy_gradient": "callable (theta, x (n, dim)) -> (n, p): ∇_θ U at each point",
                   "kernel": "callable (theta, x (m, dim), noise (m, dim)) -> (m, dim): one step of a sampler of p_θ",
                   "theta": "float tensor (p,): the parameters; must be left as they are",
                   "x_data": "float tensor (n, dim): data",
                   "chains": "float tensor (m, dim): where the chains stand",
                   "noises": "float tensor (num_steps, m, dim): noises[t] belongs to step t"},
        returns="tuple (gradient (p,), new_chains (m, dim)): gradient of the mean negative log-likelihood, estimated "
                "with the new chains"),
    parts={"chains": 2, "gradient": 2}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.energy_based_models:persistent_step")
