"""Chains that are awkward on purpose, (num_draws, chains), and the autoregression they are made of."""

import numpy as np
import pytest


def autoregression(phi, shape, rng):
    """x_t = phi x_{t-1} + sqrt(1 - phi^2) e_t from its stationary law N(0, 1), along the first axis."""
    x = rng.standard_normal(shape)
    for t in range(1, shape[0]):
        x[t] = phi * x[t - 1] + np.sqrt(1 - phi**2) * x[t]
    return x


def recorded_chains():
    rng = np.random.default_rng(20)

    def ar(phi, *shape):
        return autoregression(phi, shape, rng)

    jumps = np.where(rng.random((250, 4)) < 0.02, rng.standard_normal((250, 4)), 0.3)
    return {
        "slow": ar(0.95, 500, 4),
        "odd number of draws": ar(0.5, 501, 3),
        "antithetic": ar(-0.8, 400, 4),
        "antithetic, odd": ar(-0.5, 301, 2),
        "heavy tail": np.tan(ar(0.3, 333, 5)),
        "ties": np.round(ar(0.8, 300, 4)),
        "two values": (ar(0.7, 200, 4) > 0) * 1.0,
        "nearly always at one value": jumps,
        "one chain stands still": np.concatenate([ar(0.5, 300, 3), np.full((300, 1), 0.1)], 1),
        "chains apart": ar(0.6, 300, 4) + [0, 0, 0, 2.0],
        "chains of different scale": ar(0.6, 300, 4) * [1, 1, 1, 3.0],
        "random walks": np.cumsum(rng.standard_normal((300, 4)), 0),
        "drift": ar(0.5, 400, 4) + np.linspace(-2, 2, 400)[:, None],
        "far from zero": 1e6 + ar(0.5, 300, 4),
        "up and down": np.tile([[1.0], [-1.0]], (50, 4)),
        "4 draws": ar(0.5, 4, 4),
        "5 draws": ar(0.5, 5, 4),
        "6 draws": ar(0.5, 6, 2),
        "7 draws": ar(0.1, 7, 8),
        "9 draws of 200 chains": ar(0.7, 9, 200),
    }


@pytest.fixture
def autoregressive():
    return autoregression


@pytest.fixture(params=recorded_chains().items(), ids=lambda pair: pair[0])
def recorded(request):
    return request.param[1]
