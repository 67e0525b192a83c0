"""Probes of 12: call an answer on one case and bring back arrays. Nothing here knows what is right."""

from typing import Any, Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from course_lib.questions.boundary import AnswerError, coerce
from course_lib.questions.probes.noise_models import NoiseModel

Inputs = Mapping[str, Any]
Arrays = dict[str, np.ndarray]


def call(answer: Callable, inputs: Inputs, *names: str) -> tuple[Any, Arrays]:
    """The answer for the inputs of these names, arrays as fresh tensors; and "left <name>" for every one of these.

    0: as before, 1: changed, 2: requires a gradient or holds one.
    """
    arguments = [torch.tensor(inputs[name]) if isinstance(inputs[name], np.ndarray) else inputs[name] for name in names]
    result = answer(*arguments)
    left = {}
    for name, argument in zip(names, arguments):
        if isinstance(inputs[name], np.ndarray):
            changed = not np.array_equal(coerce(argument, name), inputs[name])
            left[f"left {name}"] = np.array(1 if changed else 2 if argument.requires_grad or argument.grad is not None else 0)
    return result, left


def together(*left: Arrays) -> Arrays:
    """What several calls left: as before only if it was so after each."""
    return {name: np.array(max(int(one[name]) for one in left)) for name in left[0]}


def unpack(result: Any, *names: str) -> list[np.ndarray]:
    """As many arrays as there are names; anything else is an `AnswerError`."""
    if isinstance(result, (Tensor, np.ndarray)) and result.ndim == 3:  # arrays of one shape, stacked
        result = list(result)
    if not isinstance(result, (tuple, list)) or len(result) != len(names):
        came = f"{len(result)}" if isinstance(result, (tuple, list)) else f"one {type(result).__name__}"
        raise AnswerError(f"Expected {len(names)} things, ({', '.join(names)}), but got {came}.")
    return [coerce(value, name) for value, name in zip(result, names)]


def add_noise(answer: Callable, inputs: Inputs) -> Arrays:
    """x_t, twice."""
    names = ("x_0", "t", "noise", "betas")
    (result, left), (again, _) = call(answer, inputs, *names), call(answer, inputs, *names)
    return {"x_t": coerce(result, "x_t"), "again": coerce(again, "x_t"), **left}


def posterior(answer: Callable, inputs: Inputs) -> Arrays:
    """Mean and variance at each of the times."""
    arrays, lefts = {}, []
    for i, t in enumerate(inputs["times"]):
        result, left = call(answer, {**inputs, "t": t}, "x_t", "x_0", "t", "betas")
        arrays[f"mean_{i}"], arrays[f"variance_{i}"] = unpack(result, "mean", "variance")
        lefts.append(left)
    return arrays | together(*lefts)


def reaches(loss: Tensor, parameters: list[Tensor]) -> bool:
    """Does a gradient of the loss arrive at any of the parameters?"""
    try:
        return any(gradient is not None for gradient in torch.autograd.grad(loss.sum(), parameters, allow_unused=True))
    except RuntimeError as error:
        if "inplace" not in str(error):
            raise
        raise AnswerError("the loss has a value but no gradient: a tensor that the gradient needs was changed in place (*=, or "
                          "a method that ends in _).") from None


def denoising_loss(answer: Callable, inputs: Inputs) -> Arrays:
    """The loss of each row, twice; it must lead back to the parameters of the model."""
    names = ("model", "x_0", "t", "noise", "betas")
    model = NoiseModel(inputs["model"])
    (loss, left), (again, _) = (call(answer, {**inputs, "model": model}, *names) for _ in range(2))
    value = coerce(loss, "the loss")
    if not isinstance(loss, Tensor) or not loss.requires_grad or not reaches(loss, list(model.parameters())):
        raise AnswerError("Expected the loss to depend on the parameters of the model, but no gradient can flow through it: "
                          "return a tensor, and detach nothing that the model returned.")
    return {"loss": value, "again": coerce(again, "the loss"), **left}


def convert_prediction(answer: Callable, inputs: Inputs) -> Arrays:
    """x_0, v and score."""
    names = ("x_0", "v", "score")
    result, left = call(answer, inputs, "x_t", "eps", "alpha_bar")
    return dict(zip(names, unpack(result, *names))) | left


def bound_term(answer: Callable, inputs: Inputs) -> Arrays:
    """The term of each row."""
    result, left = call(answer, inputs, "x_0", "x_t", "eps_hat", "t", "betas")
    return {"term": coerce(result, "the term"), **left}


def with_both_noises(answer: Callable, inputs: Inputs, names: tuple[str, ...], what: str) -> Arrays:
    """The step with the noise, with minus the noise, and once more with the noise."""
    arrays, lefts = {}, []
    for name, factor in (("plus", 1), ("minus", -1), ("again", 1)):
        result, left = call(answer, {**inputs, "noise": factor * inputs["noise"]}, *names)
        arrays[name] = coerce(result, what)
        lefts.append(left)
    return arrays | together(*lefts)


def ancestral_step(answer: Callable, inputs: Inputs) -> Arrays:
    """x_{t−1} for three noises."""
    return with_both_noises(answer, inputs, ("x_t", "eps_hat", "t", "noise", "betas"), "x_{t−1}")


def ddim_step(answer: Callable, inputs: Inputs) -> Arrays:
    """x_s for three noises."""
    return with_both_noises(answer, inputs, ("x_t", "eps_hat", "alpha_bar_t", "alpha_bar_s", "eta", "noise"), "x_s")


def guided_noise(answer: Callable, inputs: Inputs) -> Arrays:
    """The guided noise."""
    result, left = call(answer, {**inputs, "model": NoiseModel(inputs["model"])},
                        "model", "x", "t", "labels", "null_label", "weight")
    return {"eps": coerce(result, "the guided noise"), **left}


def memorising_denoiser(answer: Callable, inputs: Inputs) -> Arrays:
    """The mean of x_0."""
    result, left = call(answer, inputs, "x_t", "alpha_bar", "data")
    return {"x_0": coerce(result, "the mean of x_0"), **left}
