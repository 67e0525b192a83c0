"""Classifier-free guidance: overstate what the label says.

    eps = eps_u + w (eps_c - eps_u),     eps_c = eps(x, t, label),  eps_u = eps(x, t, null label)

w = 0 ignores the label, w = 1 is the conditional model, w > 1 goes beyond it: sharper, less varied, and draws of no model's law.
Ho and Salimans, 2022, arXiv:2207.12598; their weight is w - 1.
"""

from typing import Callable

import torch
from torch import Tensor

from course_lib.dynamics.ancestral import PredictNoise
from course_lib.inputs import describe, require

LabelledDenoiser = Callable[[Tensor, Tensor, Tensor], Tensor]  # x (n, dim), t (n,), labels (n,) -> eps (n, dim)


def guided(denoiser: LabelledDenoiser, labels: Tensor, null_label: int, weight: float) -> PredictNoise:
    """predict_noise(x, t) = eps_u + weight (eps_c - eps_u), for the samplers.

    labels: int64 (n,), one for each row of the x that will be passed. Both predictions come from one call with 2n rows;
    weights 0 and 1 need only n. Raises `InputError` for labels that are not such a tensor, or a weight that is not a number.
    """
    require(isinstance(labels, Tensor) and labels.dtype == torch.int64 and labels.ndim == 1,
            "labels to be an int64 tensor of shape (n,)", describe(labels), "give every example its class")
    require(isinstance(weight, (int, float)) and abs(weight) < float("inf"), "weight to be a finite number", describe(weight),
            "take 0 for no guidance, 1 for the conditional model, more for more")
    null = torch.full_like(labels, null_label)
    if weight in (0, 1):
        return lambda x, t: denoiser(x, t, labels if weight == 1 else null)

    def predict_noise(x: Tensor, t: Tensor) -> Tensor:
        conditional, unconditional = denoiser(x.repeat(2, 1), t.repeat(2), torch.cat([labels, null])).chunk(2)
        return unconditional + weight * (conditional - unconditional)

    return predict_noise
