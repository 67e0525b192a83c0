"""Probes of 03: call an answer on one case and bring back arrays. Nothing here knows what is right."""

from typing import Any, Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from course_lib.questions.boundary import AnswerError, coerce, coerce_bool
from course_lib.questions.probes.energies import Energy, build_energy, require_points

Inputs = Mapping[str, Any]
Arrays = dict[str, np.ndarray]


def log_partition(answer: Callable, inputs: Inputs) -> Arrays:
    """log Z of the rows of `energies`."""
    return {"log_z": coerce(answer(torch.as_tensor(inputs["energies"]), inputs["cell_volume"]))}


def normalizable(answer: Callable, inputs: Inputs) -> Arrays:
    """One answer for each of several polynomials, each a list of its own."""
    return {"finite": np.array([coerce_bool(answer(list(c)), f"normalizable({c})") for c in inputs["polynomials"]])}


def natural_parameters(answer: Callable, inputs: Inputs) -> Arrays:
    """(θ_1, θ_2) of the data."""
    return {"theta": coerce(answer(torch.as_tensor(inputs["x"])))}


def contrastive_loss(answer: Callable, inputs: Inputs) -> Arrays:
    """The loss and the gradient that reaches θ; with "drift", x_model was made from θ and carries its graph."""
    energy = Energy(inputs["energy"])
    x_data, x_model = torch.as_tensor(inputs["x_data"]), torch.as_tensor(inputs["x_model"])
    if inputs["drift"] is not None:  # (m·dim, p): how x_model moves with θ
        x_model = x_model + (torch.as_tensor(inputs["drift"]) @ (energy.theta - energy.theta.detach())).reshape(x_model.shape)
    loss = answer(energy, x_data, x_model)
    value = coerce(loss, "the loss")
    if not isinstance(loss, Tensor) or not loss.requires_grad:
        raise AnswerError("Expected the loss to depend on the parameters of energy, but no gradient can flow through it: "
                          "return a tensor, and detach the samples only.")
    if value.size == 1:
        energy.theta.grad = None
        loss.sum().backward()
    grad = torch.zeros_like(energy.theta) if energy.theta.grad is None else energy.theta.grad
    return {"loss": value, "gradient": coerce(grad)}


def conditional_gradient(answer: Callable, inputs: Inputs) -> Arrays:
    """The gradient with respect to the weights."""
    arguments = [torch.as_tensor(inputs[name]) for name in ("weights", "x", "y")]
    return {"gradient": coerce(answer(*arguments), "the gradient")}


def langevin_step(answer: Callable, inputs: Inputs) -> Arrays:
    """The step with the noise, with minus the noise, and once more with the noise; and what it left of x."""
    energy, step_size = Energy(inputs["energy"]), inputs["step_size"]
    arrays = {}
    for name, factor in (("plus", 1.0), ("minus", -1.0), ("again", 1.0)):
        x, noise = torch.tensor(inputs["x"]), factor * torch.tensor(inputs["noise"])
        result = answer(energy, x, noise, step_size)
        arrays[name] = coerce(result)
        if name == "plus":
            arrays |= {"x_after": coerce(x), "x_has_grad": np.array(x.requires_grad or x.grad is not None),
                       "result_has_graph": np.array(isinstance(result, Tensor) and result.requires_grad)}
    return arrays


def persistent_step(answer: Callable, inputs: Inputs) -> Arrays:
    """Gradient and new chains, twice (the same arguments must give the same), and what was left of θ."""
    energy, dim, step_size = build_energy(inputs["energy"]), inputs["energy"]["dim"], inputs["step_size"]
    slope = torch.func.grad(lambda x, theta: energy(theta, x).sum())
    one = torch.func.grad(lambda theta, x: energy(theta, x[None])[0])

    def energy_gradient(theta: Tensor, x: Tensor) -> Tensor:
        require_points(x, dim, "energy_gradient(theta, x)")
        return torch.func.vmap(one, (None, 0))(theta.detach(), x.detach())

    def kernel(theta: Tensor, x: Tensor, noise: Tensor) -> Tensor:
        require_points(x, dim, "kernel(theta, x, noise)")
        if not isinstance(noise, Tensor) or noise.shape != x.shape:
            raise ValueError(f"kernel takes one row of noise for each chain: x has the shape {tuple(x.shape)}, but noise "
                             f"{tuple(getattr(noise, 'shape', ()))}")
        x = x.detach()
        return x - step_size * slope(x, theta.detach()) + (2 * step_size) ** 0.5 * noise.detach()

    arrays = {}
    for run in ("", "_again"):
        theta = torch.tensor(inputs["energy"]["theta"])
        tensors = [torch.tensor(inputs[name]) for name in ("x_data", "chains", "noises")]
        result = answer(energy_gradient, kernel, theta, *tensors)
        if not isinstance(result, (tuple, list)) or len(result) != 2:
            raise AnswerError("Expected two things, (gradient, new_chains), but got "
                              + (f"{len(result)}." if isinstance(result, (tuple, list)) else f"one {type(result).__name__}."))
        arrays |= {f"gradient{run}": coerce(result[0], "the gradient"), f"chains{run}": coerce(result[1], "new_chains"),
                   "theta_after": coerce(theta)}
    return arrays
