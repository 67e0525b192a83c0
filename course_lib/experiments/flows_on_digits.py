"""Flows on the 8x8 digits: lower bounds on the likelihood of the 17 levels, in nats an image, and trained weights.

Every model ends in `LevelMarginals` (but one Glow, to show what it is worth) and so starts at independent pixels or at the
Gaussian copula. Settings and stopping were chosen on validation.
"""

import math
import time
from importlib.resources import files
from typing import NamedTuple

import torch
from torch import Tensor

from course_lib.data import load_digits
from course_lib.experiments.dequantised_training import DequantisedFlow, draws_of_bound, fit_bound
from course_lib.inputs import require
from course_lib.models.flows.affine import Standardise
from course_lib.models.flows.autoregressive import MaskedAutoregressive
from course_lib.models.flows.copula import Correlated, LevelMarginals
from course_lib.models.flows.dequantiser import Dequantiser
from course_lib.models.flows.flow import Flow
from course_lib.models.flows.glow import Glow
from course_lib.models.saved import load_weights
from course_lib.objectives.dequantisation import bits_per_dim, importance_bound, uniform_noise
from course_lib.randomness import make_generator

DIM, LEVELS, NUM_DRAWS = 64, 17, 20
SETTINGS = {  # chosen on validation
    "gaussian copula": {"num_epochs": 60, "learning_rate": 2e-3, "weight_decay": 1.0},  # its noise, when that is variational
    "maf": {"num_epochs": 160, "learning_rate": 4e-3, "weight_decay": 2.0},
    "glow": {"num_epochs": 120, "learning_rate": 2e-3, "weight_decay": 1.0},
}
SETTINGS["independent pixels"] = SETTINGS["gaussian copula"]
SETTINGS["glow without marginals"] = SETTINGS["glow"]


class DigitsRow(NamedTuple):
    """One line of the table. Bounds are means of -log P over images in nats: the smaller the better, none can be too good.

    validation, test: the bound with one draw of noise, averaged over 20; error: the standard error of test over its 447 images;
    importance: test with the 20 draws inside the logarithm, also a bound; bits_per_dim: of test; seconds: of one processor.
    """

    model: str
    noise: str
    validation: float
    test: float
    error: float
    importance: float
    bits_per_dim: float
    seconds: float
    parameters: int


def gaussian_copula(images: Tensor, shrinkage: float = 0.05, seed: int = 0) -> list[Correlated | LevelMarginals]:
    """The two fixed layers next to the data: a Gaussian on the normal scale of every pixel, from images (n, 64).

    20 draws of noise an image make the covariance; the shrinkage was chosen on validation among 0.02 ... 0.5, where
    0.02, 0.05 and 0.1 are within 0.2 nats.
    """
    marginals, generator = LevelMarginals.from_levels(images), make_generator(seed, images.device)
    wide = images.double()
    z = torch.cat([marginals.inverse(wide + uniform_noise(wide, generator))[0] for _ in range(20)])
    return [Correlated.from_data(z, shrinkage).to(images.dtype), marginals]


def digits_model(kind: str, noise: str = "uniform", seed: int = 0, device: str | torch.device = "cpu") -> DequantisedFlow:
    """An untrained model of the table.

    kind: 'independent pixels', 'gaussian copula', 'maf', 'glow' or 'glow without marginals'; noise: 'uniform' or 'variational'.
    """
    kinds = ("independent pixels", "gaussian copula", "maf", "glow", "glow without marginals")
    require(kind in kinds, f"kind to be one of {', '.join(kinds)}", kind, "choose one of these")
    require(noise in ("uniform", "variational"), "noise to be 'uniform' or 'variational'", noise, "choose one of the two")
    images, generator = load_digits("train", device).images, make_generator(seed, device)
    copula = gaussian_copula(images)
    where = {"generator": generator, "device": device}
    if kind == "maf":
        orders = (range(DIM), range(DIM)[::-1])
        layers = [MaskedAutoregressive(DIM, (128,), list(order), **where) for order in orders] + copula
    elif kind == "independent pixels":
        layers = copula[1:]
    elif kind == "gaussian copula":
        layers = copula
    else:
        dequantised = images + uniform_noise(images, make_generator(0, device))
        last = Standardise.from_data(dequantised) if kind == "glow without marginals" else copula[1]
        layers = [Glow(num_scales=2, num_steps=4, hidden=32, **where), last]
    scores = copula[1].inverse(torch.arange(LEVELS, device=device)[:, None].expand(LEVELS, DIM) + 0.5)[0].T
    dequantiser = Dequantiser(DIM, LEVELS, (64,), scores=scores, **where) if noise == "variational" else None
    return DequantisedFlow(Flow(layers, DIM), dequantiser).to(device)


def train_digits(kind: str, noise: str = "uniform", short: bool = False, seed: int = 0,
                 device: str | torch.device = "cpu") -> DequantisedFlow:
    """The model of one row, trained on the first 1000 digits and stopped by the next 350; `short`: two epochs."""
    model = digits_model(kind, noise, seed, device)
    if any(True for _ in model.parameters()):
        train, validation = (load_digits(split, device).images for split in ("train", "validation"))
        settings = SETTINGS[kind] | ({"num_epochs": 2} if short else {})
        fit_bound(model, train, validation, **settings, generator=make_generator(seed + 1, device))
    return model.eval()


def judge(model: DequantisedFlow, kind: str, noise: str, seconds: float = 0.0, seed: int = 0,
          num_draws: int = NUM_DRAWS) -> DigitsRow:
    """The row of a trained model: num_draws draws of noise for every image of validation and test."""
    device = model.flow.centre.device
    generator = make_generator(seed + 2, device)
    validation, test = (draws_of_bound(model, load_digits(split, device).images, num_draws, generator).double()
                        for split in ("validation", "test"))
    per_image = test.mean(0)
    nats = -float(per_image.mean())
    return DigitsRow(kind, noise, -float(validation.mean()), nats, float(per_image.std()) / math.sqrt(len(per_image)),
                     -float(importance_bound(test).mean()), bits_per_dim(nats, DIM), seconds,
                     sum(p.numel() for p in model.parameters()))


def row(kind: str, noise: str = "uniform", short: bool = False, seed: int = 0,
        device: str | torch.device = "cpu") -> DigitsRow:
    """Train and judge one model."""
    start = time.process_time()
    model = train_digits(kind, noise, short, seed, device)
    return judge(model, kind, noise, time.process_time() - start, seed, 4 if short else NUM_DRAWS)


def digits_table(short: bool = False, seed: int = 0, device: str | torch.device = "cpu") -> list[DigitsRow]:
    """All rows, from knowing nothing to variational dequantisation; `short` trains two epochs and judges
    with 4 draws, to see that everything runs."""
    nothing = DIM * math.log(LEVELS)
    rows = [DigitsRow("uniform levels", "none", nothing, nothing, 0.0, nothing, bits_per_dim(nothing, DIM), 0.0, 0)]
    for kind, noise in (("independent pixels", "uniform"), ("gaussian copula", "uniform"), ("gaussian copula", "variational"),
                        ("glow without marginals", "uniform"), ("glow", "uniform"), ("glow", "variational"),
                        ("maf", "uniform"), ("maf", "variational")):
        rows.append(row(kind, noise, short, seed, device))
    return rows


def trained_digits_model(device: str | torch.device = "cpu") -> DequantisedFlow:
    """The row 'glow', 'variational' as `train_digits` with seed 0 left it, loaded in a moment from a file beside the flows.

    .flow samples (floor its pixels to get levels) and interpolates; the model itself gives the bound.
    """
    model = digits_model("glow", "variational", device=device)
    return load_weights(model, files("course_lib.models.flows.trained") / "digits_glow.npz").eval()
