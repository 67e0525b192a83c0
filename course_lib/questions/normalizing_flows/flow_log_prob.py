"""Question 2: the density of a chain of layers: invert from the last to the first and add up the log-determinants."""

from typing import Sequence

import numpy as np
import torch

from course_lib.questions.compare import Guess, compare
from course_lib.questions.contract import Case, Contract, Inputs, Outputs, Question, Verdict
from course_lib.questions.draws import distinct, normal
from course_lib.questions.normalizing_flows.arguments import left_alone
from course_lib.questions.normalizing_flows.exact import (cast, draw_base, draw_layer, layer_forward, layer_inverse, log_base,
                                                          log_normal)


def cases(generator: torch.Generator) -> list[Case]:
    """Layers that do not commute. In "order" they keep volumes, so only the order counts; in "log_det" they do not."""
    drawn = []
    for part in ("order", "log_det"):
        for dtype in ("float32", "float64", "float64", "float32"):
            n, dim = 5 + distinct(0, 4, 1, generator)[0], distinct(2, 4, 1, generator)[0]
            depth = distinct(3, 5, 1, generator)[0]
            layers = [draw_layer(dim, part == "order", generator) for _ in range(depth)]
            x = normal((n, dim), generator)
            for layer in layers:
                x, _ = layer_forward(layer, x)
            drawn.append(Case(part, {"layers": [cast(layer, dtype) for layer in layers],
                                     "base": cast(draw_base(dim, generator), dtype), "x": x.astype(dtype)}))
    return drawn


def through(layers: Sequence, x: np.ndarray, step=layer_inverse) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Where x ends after one step a layer, the log-determinants (depth, n), and all points on the way."""
    terms, visited = [], [x]
    for layer in layers:
        x, term = step(layer, x)
        terms.append(term)
        visited.append(x)
    return x, np.stack(terms), visited


def wrong_ways(layers: Sequence, x: np.ndarray, base) -> list[Guess]:
    """Layers in another order or another direction."""
    depth, backwards, n = len(layers), layers[::-1], len(x)
    order = "the layers are inverted in the order in which they are applied: undo the last layer first"
    forward = "layer.forward is used: x is known, and z is where layer.inverse leads"
    guesses = []
    for message, way in ((order, through(layers, x)), (forward, through(layers, x, layer_forward)),
                         (forward, through(backwards, x, layer_forward))):
        total = way[1].sum(0)
        guesses += [Guess(message, base(way[0]) + total), Guess(f"{message}; and the log-determinants are subtracted",
                                                                base(way[0]) - total), Guess(message, base(way[0]))]
    alone = [layer_inverse(layer, x) for layer in layers]
    end, _, _ = through(backwards, x)
    guesses.append(Guess("every log-determinant is taken at x, but each belongs where that layer's inverse is applied",
                         base(end) + sum(term for _, term in alone)))
    every = "every layer got x itself: each must get what the one before it returned"
    guesses += [Guess(every, base(z) + sum(term for _, term in alone)) for z, _ in (alone[0], alone[-1])]
    for message, some in (("only the last layer is inverted", backwards[:1]), ("only the first layer is inverted", layers[:1]),
                          ("the first layer is left out", backwards[:-1]), ("the last layer is left out", backwards[1:])):
        z, terms, _ = through(some, x)
        guesses.append(Guess(f"{message}: all {depth} belong to the flow", base(z) + terms.sum(0)))
    z, terms, _ = through(backwards, x)
    guesses.append(Guess("the log-determinants belong to another order than z: take both from one pass",
                         base(z) + through(layers, x)[1].sum(0)))
    whole = (base(z) + terms.sum(0)).sum()
    return guesses + [Guess("the points are taken as one: every point has its own log p", np.full(n, whole))]


def judge(inputs: Inputs, outputs: Outputs) -> Verdict:
    """One number for each point."""
    x, layers = inputs["x"].astype(np.float64), inputs["layers"]
    z, terms, visited = through(layers[::-1], x)
    total = terms.sum(0)

    def base(points: np.ndarray) -> np.ndarray:
        return log_base(inputs["base"], points)

    expected = base(z) + total
    guesses = [
        Guess("the log-determinants have the wrong sign: add what layer.inverse returns, log|det dz/dx|, or subtract what "
              "layer.forward returns", base(z) - total),
        Guess("the log-determinants are missing", base(z)),
        Guess("only the log-determinant of the first layer, the last to be inverted, is there: add up all of them",
              base(z) + terms[-1]),
        Guess("only the log-determinant of the last layer is there: add up all of them", base(z) + terms[0]),
        Guess("the log-determinants are averaged over the layers: add them up", base(z) + terms.mean(0)),
        Guess("the log-determinants are summed over the batch: every point has its own", base(z) + total.sum()),
        Guess("the log-determinants are averaged over the batch: every point has its own", base(z) + total.mean()),
        Guess("log_base is taken at x, but ρ is the law of z", base(x) + total),
        Guess("log_base is taken at x, but ρ is the law of z; and the log-determinants are subtracted", base(x) - total),
        Guess("this is log ρ(x): the layers are not used at all", base(x)),
        Guess("this is the sum of the log-determinants: log ρ(z) is missing", total),
        Guess("log ρ is added after every layer: it belongs to the base alone", sum(base(v) for v in visited[1:]) + total),
        Guess("the standard normal law is used, not the log_base that was given", log_normal(z) + total),
        Guess("this is the density, its logarithm was asked for", np.exp(expected)),
        *wrong_ways(layers, x, base),
    ]
    scale = max(1.0, float(np.abs(base(z)).max()), float(np.abs(terms).max()))
    verdict = compare(outputs["log_prob"], expected, "log p(x)", guesses, scale=scale,
                      factors={"n": float(len(x)), "the number of layers": float(len(layers))})
    if verdict.passed and not np.array_equal(outputs["layers_after"], np.arange(len(layers))):
        return Verdict(False, "its numbers are right, but the list of layers was changed: leave the arguments as they are, and "
                              "go through reversed(layers) or layers[::-1], neither layers.reverse() nor layers.pop().")
    return left_alone(inputs, outputs, "x") if verdict.passed else verdict


FLOW_LOG_PROB = Question(
    topic="11a_normalizing_flows", title="The density of a chain of layers", difficulty=2, minutes=10,
    contract=Contract(
        name="flow_log_prob", signature="flow_log_prob(layers, log_base, x)",
        arguments={"layers": "list of objects with forward(z) -> (x, log|det dx/dz|) and inverse(x) -> (z, log|det dz/dx|); "
                             "points (n, dim), log-determinants (n,); layers[0] is applied to z first",
                   "log_base": "callable (n, dim) -> (n,): log ρ, in nats",
                   "x": "float tensor (n, dim): data points"},
        returns="float tensor (n,): log p(x) of each point, in nats"),
    parts={"order": 1, "log_det": 1}, cases=cases, judge=judge,
    probe="course_lib.questions.probes.normalizing_flows:flow_log_prob")
