"""Probes of 11a: call an answer on one case and bring back arrays. Nothing here knows what is right."""

from typing import Any, Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from course_lib.questions.boundary import AnswerError, coerce
from course_lib.questions.probes.flow_maps import (Autoregressive, Layer, build_forward, build_inverse, build_log_base,
                                                   build_log_target, build_network)

Inputs = Mapping[str, Any]
Arrays = dict[str, np.ndarray]


def pair(result: Any, first: str, second: str) -> Arrays:
    """Two results by name, or a sentence that says what came instead."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        came = f"{len(result)}" if isinstance(result, (tuple, list)) else f"one {type(result).__name__}"
        raise AnswerError(f"Expected two things, ({first}, {second}), but got {came}.")
    return {first: coerce(result[0], first), second: coerce(result[1], second)}


def left(**arguments: Tensor) -> Arrays:
    """What became of the arguments: their numbers, and whether a gradient was asked for."""
    arrays = {}
    for name, tensor in arguments.items():
        arrays |= {f"{name}_after": coerce(tensor, name),
                   f"{name}_has_grad": np.array(tensor.requires_grad or tensor.grad is not None)}
    return arrays


def change_of_variables(answer: Callable, inputs: Inputs) -> Arrays:
    """log p of each point."""
    x = torch.tensor(inputs["x"])
    return {"log_prob": coerce(answer(build_log_base(inputs["base"]), build_inverse(inputs["map"]), x)), **left(x=x)}


def flow_log_prob(answer: Callable, inputs: Inputs) -> Arrays:
    """log p of each point under a chain of layers, and where each layer stands in the list afterwards."""
    layers, x = [Layer(spec) for spec in inputs["layers"]], torch.tensor(inputs["x"])
    given = list(layers)
    result = coerce(answer(given, build_log_base(inputs["base"]), x))
    order = [next((i for i, layer in enumerate(layers) if layer is one), -1) for one in given]
    return {"log_prob": result, "layers_after": np.array(order, dtype=np.int64), **left(x=x)}


def affine_coupling(answer: Callable, inputs: Inputs) -> Arrays:
    """New values and log_det in the direction of the case."""
    num_kept, values = int(inputs["network"]["w_in"].shape[1]), torch.tensor(inputs["values"])
    arrays = pair(answer(values, build_network(inputs["network"]), num_kept, inputs["inverse"]), "values", "log_det")
    return {**arrays, **left(values=values)}


def masked_autoregressive(answer: Callable, inputs: Inputs) -> Arrays:
    """New values and log_det, and how many times the network saw the batch."""
    network, values = Autoregressive(inputs["network"]), torch.tensor(inputs["values"])
    arrays = pair(answer(values, network, inputs["inverse"]), "values", "log_det")
    return {**arrays, "passes": np.array(network.rows / len(inputs["values"])), **left(values=values)}


def rational_quadratic(answer: Callable, inputs: Inputs) -> Arrays:
    """The spline and the logarithm of its slope."""
    arguments = {name: torch.tensor(inputs[name]) for name in ("x", "knots_x", "knots_y", "slopes")}
    return {**pair(answer(*arguments.values()), "y", "log_slope"), **left(**arguments)}


def two_modes_map(answer: Callable, inputs: Inputs) -> Arrays:
    """The monotone map and the logarithm of its slope."""
    z = torch.tensor(inputs["z"])
    return {**pair(answer(z, inputs["m"], inputs["s"]), "x", "log_slope"), **left(z=z)}


def reverse_kl(answer: Callable, inputs: Inputs) -> Arrays:
    """The loss and the gradient that reaches θ; without a graph, or after a backward of its own, the gradient is empty."""
    theta, z = torch.tensor(inputs["theta"], requires_grad=True), torch.tensor(inputs["z"])
    loss = answer(build_forward(theta), build_log_base(inputs["base"]), build_log_target(inputs["target"]), z)
    value, has_graph = coerce(loss, "the loss"), isinstance(loss, Tensor) and loss.requires_grad
    called = theta.grad is not None
    if has_graph and not called:
        loss.sum().backward()
    grad = torch.zeros_like(theta) if theta.grad is None else theta.grad
    return {"value": value, "gradient": coerce(grad) if has_graph and not called else np.zeros(0),
            "backward_called": np.array(called), **left(z=z)}
