"""A step of Glow in numpy, right, and as known misconceptions would have it."""

import itertools
from dataclasses import dataclass
from typing import Callable

import numpy as np

from course_lib.questions.compare import Guess

Layer = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Step:
    """Actnorm, 1x1 convolution, affine coupling; images are (n, c, h, w)."""

    log_scale: np.ndarray
    bias: np.ndarray
    weight: np.ndarray
    network: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    inverse: bool

    def actnorm(self, v: np.ndarray) -> np.ndarray:
        scale, bias = np.exp(self.log_scale)[:, None, None], self.bias[:, None, None]
        return (v - bias) / scale if self.inverse else v * scale + bias

    def conv(self, v: np.ndarray) -> np.ndarray:
        return mix(np.linalg.inv(self.weight) if self.inverse else self.weight, v)

    def coupling(self, v: np.ndarray) -> np.ndarray:
        kept, rest = np.split(v, [v.shape[1] // 2], axis=1)
        shift, log_scale = self.network(kept)
        rest = (rest - shift) * np.exp(-log_scale) if self.inverse else rest * np.exp(log_scale) + shift
        return np.concatenate([kept, rest], 1)

    def layers(self) -> list[Layer]:
        """In the order in which they act."""
        order = [self.actnorm, self.conv, self.coupling]
        return order[::-1] if self.inverse else order

    def run(self, v: np.ndarray) -> tuple[np.ndarray, float]:
        """The result, and the largest number on the way."""
        largest = float(np.abs(v).max())
        for layer in self.layers():
            v = layer(v)
            largest = max(largest, float(np.abs(v).max()))
        return v, largest

    def sees(self, v: np.ndarray) -> np.ndarray:
        """What the network is fed: the kept channels of the x side of the coupling."""
        before = v if self.inverse else self.conv(self.actnorm(v))
        return before[:, :v.shape[1] // 2]

    def terms(self, v: np.ndarray) -> dict[str, np.ndarray]:
        """What each layer adds to log_det, (n,) each."""
        sign, pixels, one = -1.0 if self.inverse else 1.0, v[0, 0].size, np.ones(len(v))
        return {"actnorm": sign * pixels * self.log_scale.sum() * one,
                "convolution": sign * pixels * np.linalg.slogdet(self.weight)[1] * one,
                "coupling": sign * self.network(self.sees(v))[1].sum((1, 2, 3))}


def mix(matrix: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The 1x1 convolution."""
    return np.einsum("ij,njhw->nihw", matrix, v)


def chain(v: np.ndarray, *layers: Layer) -> np.ndarray:
    for layer in layers:
        v = layer(v)
    return v


def value_guesses(step: Step, v: np.ndarray) -> list[Guess]:
    """Layers left out, in another order, or each in another form."""
    first, second, third = step.layers()
    other = Step(step.log_scale, step.bias, step.weight, step.network, not step.inverse)
    a, b, half = step.log_scale[:, None, None], step.bias[:, None, None], v.shape[1] // 2
    direction = "inverse=True must undo the step" if step.inverse else "inverse=False is the step itself"
    guesses = [
        Guess(f"this is the other direction: {direction}", other.run(v)[0]),
        Guess("the layers are right one by one, but in the wrong order: the inverse undoes the last layer first"
              if step.inverse else "the layers are in the wrong order: actnorm, convolution, coupling",
              chain(v, third, second, first)),
        *(Guess("the layers are in the wrong order: " + ("coupling, convolution, actnorm are undone in this order"
                if step.inverse else "actnorm, convolution, coupling"), chain(v, *order))
          for order in itertools.permutations((first, second, third)) if order != (first, second, third)),
        *(Guess(f"the {name} is missing", chain(v, *(layer for layer in step.layers() if layer != left)))
          for name, left in (("actnorm", step.actnorm), ("1x1 convolution", step.conv), ("coupling", step.coupling))),
        Guess("nothing has changed: these are the values that came in", v),
    ]
    matrices = [("the weight is transposed: channel i of the result is Σ_j weight[i, j] · channel j",
                 np.linalg.inv(step.weight).T if step.inverse else step.weight.T)]
    if step.inverse:
        matrices += [("the transpose is not the inverse: weight is not orthogonal", step.weight.T),
                     ("the 1x1 convolution is done with weight itself, but the inverse needs its inverse", step.weight)]
    else:
        matrices.append(("the 1x1 convolution uses the inverse of weight", np.linalg.inv(step.weight)))
    actnorms = [("the actnorm multiplies by log_scale, not by exp(log_scale)",
                 lambda u: (u - b) / a if step.inverse else u * a + b),
                ("the actnorm multiplies by exp(−log_scale) where exp(log_scale) belongs, or the other way round",
                 lambda u: (u - b) * np.exp(a) if step.inverse else u * np.exp(-a) + b),
                ("the actnorm scales first and shifts second; the inverse undoes the shift first" if step.inverse else
                 "the actnorm scales first and adds the bias second",
                 lambda u: u * np.exp(-a) - b if step.inverse else (u + b) * np.exp(a)),
                ("the bias of the actnorm has the wrong sign",
                 lambda u: (u + b) * np.exp(-a) if step.inverse else u * np.exp(a) - b),
                ("the bias of the actnorm is missing", lambda u: u * np.exp(-a if step.inverse else a)),
                ("the scale of the actnorm is missing", lambda u: u - b if step.inverse else u + b)]
    for left, forms in ((step.conv, [(m, lambda u, k=k: mix(k, u)) for m, k in matrices]), (step.actnorm, actnorms),
                        (step.coupling, coupling_forms(step, v, half))):
        guesses += [Guess(message, chain(v, *(form if layer == left else layer for layer in step.layers())))
                    for message, form in forms]
    return guesses


def coupling_forms(step: Step, start: np.ndarray, half: int) -> list[tuple[str, Layer]]:
    """The coupling in other forms."""
    def form(change: Callable, swap: bool = False, seen: np.ndarray | None = None) -> Layer:
        def layer(u: np.ndarray) -> np.ndarray:
            kept, rest = u[:, :half], u[:, half:]
            parts = [kept, change(rest, *step.network(kept if seen is None else seen))]
            return np.concatenate(parts[::-1] if swap else parts, 1)
        return layer

    right = (lambda r, t, s: (r - t) * np.exp(-s)) if step.inverse else (lambda r, t, s: r * np.exp(s) + t)
    forms = [
        ("the coupling multiplies by exp(−s) where exp(s) belongs, or the other way round",
         form((lambda r, t, s: (r - t) * np.exp(s)) if step.inverse else (lambda r, t, s: r * np.exp(-s) + t))),
        ("the coupling undoes the shift first and the scale second" if step.inverse else
         "the coupling scales first and shifts second",
         form((lambda r, t, s: r * np.exp(-s) - t) if step.inverse else (lambda r, t, s: (r + t) * np.exp(s)))),
        ("the coupling uses s itself, not exp(s)",
         form((lambda r, t, s: (r - t) / s) if step.inverse else (lambda r, t, s: r * s + t))),
        ("the coupling shifts only: its scale is missing",
         form((lambda r, t, s: r - t) if step.inverse else (lambda r, t, s: r + t))),
        ("the coupling scales only: its shift is missing", form(lambda r, t, s: r * np.exp(-s if step.inverse else s))),
        ("the two results of network are swapped: it returns (shift, s)", form(lambda r, t, s: right(r, s, t))),
        ("the shift of the coupling has the wrong sign", form(lambda r, t, s: right(r, -t, s))),
        ("the kept channels come first, the changed ones after them", form(right, swap=True)),
    ]
    first = start.shape[1] - half

    def last_kept(u: np.ndarray, swap: bool) -> np.ndarray:
        parts = [u[:, first:], right(u[:, :first], *step.network(u[:, first:]))]
        return np.concatenate(parts[::-1] if swap else parts, 1)

    wrong_half = "the first c//2 channels are kept, not the last"
    forms += [(wrong_half, lambda u: last_kept(u, True)), (wrong_half, lambda u: last_kept(u, False))]
    if not step.inverse:
        early = step.actnorm(start)
        fed = "the network is fed the channels before the convolution; it needs the kept channels after it"
        forms += [(fed, form(right, seen=start[:, :half])), (fed, form(right, seen=early[:, :half]))]
        forms += [("the kept channels are taken before the convolution; the coupling sees only what comes out of it",
                   lambda u, seen=seen: np.concatenate([early[:, :half], form(right, seen=seen)(u)[:, half:]], 1))
                  for seen in (early[:, :half], None)]
    return forms
