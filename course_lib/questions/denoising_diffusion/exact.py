"""The exact results of the nine questions in numpy, float64: what the judges compare with.

A schedule is indexed by t = 0 ... T: alpha_bar[0] = 1 belongs to the data, beta[0] is never used.
Every formula takes the schedule as an argument, so that a wrong schedule shows what a mistake in it would produce.
"""

from typing import Any, Mapping, NamedTuple

import numpy as np


class Schedule(NamedTuple):
    """β_t and ᾱ_t, both (T + 1,), indexed by t."""

    beta: np.ndarray
    alpha_bar: np.ndarray


class Posterior(NamedTuple):
    """q(x_{t−1} | x_t, x_0) has the mean of_data·x_0 + of_noisy·x_t and the variance `variance` in every coordinate."""

    of_data: float
    of_noisy: float
    variance: float


def schedule(betas: np.ndarray) -> Schedule:
    """From betas (T,), betas[t − 1] = β_t."""
    beta = np.concatenate([[0.0], np.asarray(betas, dtype=np.float64)])
    return Schedule(beta, np.cumprod(1 - beta))


def wrong_schedules(betas: np.ndarray) -> list[tuple[str, Schedule]]:
    """What goes wrong on the way from β to ᾱ: a sentence, and the schedule that comes out."""
    beta, bar = schedule(betas)
    later, earlier = [*range(1, len(bar)), len(bar) - 1], [0, *range(len(bar) - 1)]
    wrapped = [0, len(bar) - 1, *range(1, len(bar) - 1)]  # ᾱ_0 is looked up at index −1
    one_late = "ᾱ is taken one step too late: betas[0] belongs to t = 1, so the index of t is t − 1"
    one_early = "ᾱ is taken one step too early: ᾱ_t contains β_t itself"
    all_late = "β and ᾱ are taken one step too late: betas[0] belongs to t = 1, so the index of t is t − 1"
    return [
        ("α_t stands where ᾱ_t belongs: that is one step, and t steps multiply, ᾱ_t = α_1 ⋯ α_t", Schedule(beta, 1 - beta)),
        ("β_t stands where ᾱ_t belongs: ᾱ_t = (1 − β_1) ⋯ (1 − β_t)", Schedule(beta, beta)),
        ("the β are multiplied, but ᾱ_t is the product of α = 1 − β", Schedule(beta, np.append(1.0, np.cumprod(beta[1:])))),
        ("this is 1 minus the product of the β, but ᾱ_t is the product of α = 1 − β",
         Schedule(beta, np.append(1.0, 1 - np.cumprod(beta[1:])))),
        ("the β are added up, but ᾱ_t is a product: (1 − β_1) ⋯ (1 − β_t)", Schedule(beta, np.clip(1 - np.cumsum(beta), 0, 1))),
        ("the β are added up, but ᾱ_t is a product: (1 − β_1) ⋯ (1 − β_t)", Schedule(beta, 1 - np.cumsum(beta))),
        ("ᾱ_t is 1 minus the product of the α; it should be the product itself", Schedule(beta, 1 - bar)),
        (one_late, Schedule(beta, bar[later])), (all_late, Schedule(beta[later], bar[later])),
        (one_early, Schedule(beta, bar[earlier])), (one_early, Schedule(beta[earlier], bar[earlier])),
        (one_early, Schedule(beta, bar[wrapped])),
        ("β_t is taken one step too late: betas[t − 1] is β_t", Schedule(beta[later], bar)),
        ("β_t is taken one step too early: betas[t − 1] is β_t", Schedule(beta[wrapped], bar)),
        ("ᾱ_t is the power α_t^t only if all β are equal: here it is α_1 ⋯ α_t",
         Schedule(beta, (1 - beta) ** np.arange(len(beta)))),
        ("the product runs over the wrong end: ᾱ_t = α_1 ⋯ α_t, from the data up to t",
         Schedule(beta, np.append(1.0, np.cumprod(1 - beta[:0:-1])[::-1]))),
        ("the root of ᾱ stands where ᾱ belongs", Schedule(beta, np.sqrt(bar))),
        ("exp(−Σβ) equals ᾱ only in the limit of small β: multiply the α", Schedule(beta, np.exp(-np.cumsum(beta)))),
        ("time is reversed: t = 1 is the step next to the data", Schedule(beta, np.append(1.0, bar[:0:-1]))),
    ]


def noised(x_0: np.ndarray, alpha_bar: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """√ᾱ x_0 + √(1 − ᾱ) ε; alpha_bar is a number or (n,), one for each row."""
    bar = np.asarray(alpha_bar)[..., None]
    return np.sqrt(bar) * x_0 + np.sqrt(1 - bar) * noise


def posterior(s: Schedule, t: int) -> Posterior:
    """The coefficients of q(x_{t−1} | x_t, x_0)."""
    beta, bar, before = s.beta[t], s.alpha_bar[t], s.alpha_bar[t - 1]
    return Posterior(np.sqrt(before) * beta / (1 - bar), np.sqrt(1 - beta) * (1 - before) / (1 - bar),
                     beta * (1 - before) / (1 - bar))


def predicted_data(x_t: np.ndarray, eps: np.ndarray, alpha_bar: Any) -> np.ndarray:
    """The x_0 that x_t and ε imply; alpha_bar is a number or (n,)."""
    bar = np.asarray(alpha_bar)[..., None]
    return (x_t - np.sqrt(1 - bar) * eps) / np.sqrt(bar)


def bound_term(s: Schedule, t: int, x_0: np.ndarray, x_t: np.ndarray, eps_hat: np.ndarray) -> np.ndarray:
    """KL(q(x_{t−1}|x_t, x_0) || N(μ_θ, β̃_t I)) in nats: (n,)."""
    q = posterior(s, t)
    difference = q.of_data * (x_0 - predicted_data(x_t, eps_hat, s.alpha_bar[t]))
    return (difference**2).sum(-1) / (2 * q.variance)


def reverse_mean(s: Schedule, t: int, x_t: np.ndarray, eps_hat: np.ndarray) -> np.ndarray:
    """(x_t − β_t/√(1 − ᾱ_t) ε̂)/√α_t."""
    return (x_t - s.beta[t] / np.sqrt(1 - s.alpha_bar[t]) * eps_hat) / np.sqrt(1 - s.beta[t])


def ddim_sigma(bar_t: float, bar_s: float, eta: float) -> float:
    """η √((1 − ᾱ_s)/(1 − ᾱ_t)) √(1 − ᾱ_t/ᾱ_s)."""
    return eta * float(np.sqrt((1 - bar_s) / (1 - bar_t) * (1 - bar_t / bar_s)))


def memorising(x_t: np.ndarray, bar: float, data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[x_0 | x_t] for data that are the only possible x_0, and −|x_t − √ᾱ x_i|²/(2(1 − ᾱ)): (n, dim) and (n, m)."""
    exponents = -((x_t[:, None, :] - np.sqrt(bar) * data) ** 2).sum(-1) / (2 * (1 - bar))
    return softmax(exponents) @ data, exponents


def softmax(a: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp(a)/Σ exp(a) along an axis."""
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def predict(spec: Mapping[str, Any], x: np.ndarray, t: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """The network of `probes.noise_models`, by hand: x (n, dim), t (n,), labels (n,) -> (n, dim)."""
    s = {name: np.asarray(value, dtype=np.float64) for name, value in spec.items()}
    hidden = x @ s["w"] + s["size"] * np.sin(np.asarray(t, dtype=np.float64)[:, None] * s["rate"] + s["phase"])
    if labels is not None:
        hidden = hidden + s["table"][labels]
    return np.tanh(hidden) @ s["v"]
