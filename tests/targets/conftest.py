"""What the tests of this room share: a chi-square of draws against a density."""

import numpy as np
import pytest
import torch
from scipy import stats


@pytest.fixture
def chi_square():
    """p_value(log_prob, x, low, high, cells): are the 2-D points x draws of exp(log_prob)?

    The box is cut into cells x cells; every cell's probability is an 8 x 8 Gauss-Legendre integral, cells with fewer
    than 25 expected points and all that lies outside the box are one cell. `test_chi_square_sees_a_wrong_scale`
    shows that it refuses.
    """

    def p_value(log_prob, x, low, high, cells=24):
        edges = [np.linspace(a, b, cells + 1) for a, b in zip(low, high)]
        nodes, weights = np.polynomial.legendre.leggauss(8)
        axes = [((e[:-1, None] + e[1:, None]) / 2 + np.diff(e)[:, None] / 2 * nodes).ravel() for e in edges]
        points = torch.from_numpy(np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 2))
        p = log_prob(points).exp().numpy().reshape(cells, 8, cells, 8)
        volume = np.prod([np.diff(e)[0] / 2 for e in edges])
        expected = len(x) * volume * np.einsum("iajb,a,b->ij", p, weights, weights)
        counts, *_ = np.histogram2d(*x.double().numpy().T, bins=edges)
        full = expected >= 25
        observed, expected = counts[full], expected[full]
        rest = len(x) - expected.sum()
        if rest >= 25:
            observed, expected = np.append(observed, len(x) - observed.sum()), np.append(expected, rest)
        else:  # nothing left over to speak of: Poisson tail, a part of the verdict of its own
            assert stats.poisson.sf(len(x) - observed.sum() - 1, max(rest, 1e-9)) > 1e-7 or len(x) == observed.sum()
            expected = expected * observed.sum() / expected.sum()
        return stats.chi2.sf(((observed - expected) ** 2 / expected).sum(), len(expected) - 1)

    return p_value
