"""Probes of 11b: call an answer on one case and bring back arrays. Nothing here knows what is right.

The tensors that were passed in come back too, under their name and "_after", as the answer leaves them. Where random numbers
are passed in the answer is called twice, so that one that draws its own is seen.
"""

from typing import Any, Callable, Mapping

import numpy as np
import torch

from course_lib.questions.boundary import AnswerError, coerce
from course_lib.questions.probes.fields import build_coupling, build_density, build_map, build_velocity

Inputs = Mapping[str, Any]
Arrays = dict[str, np.ndarray]


def once(answer: Callable, inputs: Inputs, names: tuple[str, ...], results: tuple[str, ...], *,
         first: tuple = (), last: tuple = ()) -> Arrays:
    """answer(*first, *fresh tensors `names`, *last): its results by name, and what it left of the tensors.

    Of several results it must return a tuple. "has_grad" says for each tensor whether it requires a gradient or holds one.
    """
    tensors = {name: torch.tensor(inputs[name]) for name in names}
    result = answer(*first, *tensors.values(), *last)
    if len(results) == 1:
        arrays = {results[0]: coerce(result, results[0])}
    elif not isinstance(result, (tuple, list)) or len(result) != len(results):
        came = f"{len(result)}" if isinstance(result, (tuple, list)) else f"one {type(result).__name__}"
        raise AnswerError(f"Expected two things, ({', '.join(results)}), but got {came}.")
    else:
        arrays = {name: coerce(part, name) for name, part in zip(results, result)}
    left = {f"{name}_after": coerce(tensor, name) for name, tensor in tensors.items()}
    return arrays | left | {"has_grad": np.array([t.requires_grad or t.grad is not None for t in tensors.values()])}


def twice(answer: Callable, inputs: Inputs, names: tuple[str, ...], results: tuple[str, ...], **others: tuple) -> Arrays:
    """`once`, and the results of a second call with the same arguments under their names and "_again"."""
    first = once(answer, inputs, names, results, **others)
    again = once(answer, inputs, names, results, **others)
    return first | {f"{name}_again": again[name] for name in results}


def dequantised_bound(answer: Callable, inputs: Inputs) -> Arrays:
    """The bound of each image."""
    log_prob = build_density(inputs["density"], "log_prob")
    return twice(answer, inputs, ("levels", "noise", "log_q"), ("bound",), first=(log_prob,), last=(inputs["num_levels"],))


def glow_step(answer: Callable, inputs: Inputs) -> Arrays:
    """The images on the other side of the step, and log_det."""
    names, network = ("values", "log_scale", "bias", "weight"), build_coupling(inputs["network"])
    return once(answer, inputs, names, ("values", "log_det"), last=(network, inputs["inverse"]))


def residual_log_det(answer: Callable, inputs: Inputs) -> Arrays:
    """The estimate of each point."""
    g = build_map(inputs["map"])
    return twice(answer, inputs, ("z", "probes"), ("log_det",), first=(g,), last=(inputs["num_terms"],))


def fixed_point_inverse(answer: Callable, inputs: Inputs) -> Arrays:
    """Where the iteration stands in the end."""
    return once(answer, inputs, ("x",), ("z",), first=(build_map(inputs["map"]),), last=(inputs["num_iterations"],))


def masked_convolution(answer: Callable, inputs: Inputs) -> Arrays:
    """The images on the other side of the layer, and log_det."""
    return once(answer, inputs, ("values", "kernel", "log_diagonal"), ("values", "log_det"), last=(inputs["inverse"],))


def continuous_log_prob(answer: Callable, inputs: Inputs) -> Arrays:
    """The log-density of each point, and where its path ends."""
    functions = build_velocity(inputs["velocity"]), build_density(inputs["base"], "log_base")
    return twice(answer, inputs, ("x", "probe"), ("log_prob", "z"), first=functions, last=(inputs["num_steps"],))
