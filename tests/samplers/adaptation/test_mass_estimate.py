"""The recursion is the covariance of all draws; the windows are those of Stan; a warm-up finds the target's covariance."""

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import HMC, NUTS, warm_up
from course_lib.samplers.adaptation.mass_estimate import MassEstimate
from course_lib.samplers.adaptation.windows import mass_windows


def draws(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=make_generator(seed))


@pytest.mark.parametrize("chains", [1, 7])
@pytest.mark.parametrize("kind", ["diagonal", "dense"])
def test_recursion_is_the_regularised_covariance(kind, chains):
    x = draws(12, chains, 3) @ draws(3, 3, seed=1) + torch.tensor([1.0, -50.0, 3.0])
    estimate = MassEstimate.start(x[0], kind)
    for batch in x:
        estimate = estimate.update(batch)
    n = 12 * chains
    covariance = torch.cov(x.flatten(0, 1).T)  # by torch, from all draws at once
    expected = n / (n + 5) * covariance + 1e-3 * 5 / (n + 5) * torch.eye(3)
    found = estimate.inverse_mass_matrix()
    torch.testing.assert_close(found, expected.diag() if kind == "diagonal" else expected, rtol=1e-11, atol=1e-11)
    torch.testing.assert_close(estimate.mean, x.mean((0, 1)), rtol=1e-12, atol=1e-12)


def test_digits_are_kept_far_from_zero():
    """A mean of 1e8 against a spread of 1: the difference of squares would have no digit left."""
    x = draws(500, 4, 2)
    near, far = MassEstimate.start(x[0], "dense"), MassEstimate.start(x[0], "dense")
    for batch in x:
        near, far = near.update(batch), far.update(batch + 1e8)
    torch.testing.assert_close(far.inverse_mass_matrix(), near.inverse_mass_matrix(), rtol=1e-5, atol=1e-6)


def test_few_draws_still_give_a_mass():
    """Three draws in ten dimensions have a singular covariance; regularised, it is a mass matrix."""
    estimate = MassEstimate.start(draws(3, 10), "dense").update(draws(3, 10))
    assert NUTS(0.1, estimate.inverse_mass_matrix()).factor.shape == (10, 10)
    with pytest.raises(InputError, match="at least two draws"):
        MassEstimate.start(draws(1, 2), "diagonal").update(draws(1, 2)).inverse_mass_matrix()


def test_windows():
    assert mass_windows(1000) == [(75, 100), (100, 150), (150, 250), (250, 450), (450, 950)]  # as Stan prints them
    assert mass_windows(100) == [(15, 90)] and mass_windows(150) == [(75, 100)] and mass_windows(20) == [(3, 18)]
    for num_steps in range(20, 3000, 7):
        windows = mass_windows(num_steps)
        assert all(a[1] == b[0] for a, b in zip(windows, windows[1:])) and all(b > a for a, b in windows)
        assert 0 < windows[0][0] and windows[-1][1] < num_steps


@pytest.mark.parametrize("kernel", [HMC(1.0, 8, jitter=0.5), NUTS(1.0, max_tree_depth=6)], ids=["hmc", "nuts"])
@pytest.mark.parametrize("kind", ["diagonal", "dense"])
def test_warm_up_finds_the_covariance(kernel, kind):
    """Scales from 0.3 to 4 and correlations of 0.8, from a wrong start.

    The last window holds 40 chains x 150 steps. With 2000 effective draws a variance is known to 3.2 % and an entry of the
    whitened matrix off the diagonal to 2.2 %: 20 % is more than six standard errors.
    """
    sd = torch.tensor([0.3, 1.0, 4.0], dtype=torch.float64)
    correlation = torch.tensor([[1.0, 0.8, 0.0], [0.8, 1.0, 0.3], [0.0, 0.3, 1.0]], dtype=torch.float64)
    covariance = sd[:, None] * correlation * sd
    precision = torch.linalg.inv(covariance)

    def log_prob(x):
        return -((x - 3) @ precision * (x - 3)).sum(-1) / 2

    warm = warm_up(kernel, log_prob, torch.zeros(40, 3, dtype=torch.float64), 300, mass_matrix=kind, generator=make_generator(1))
    found = warm.kernel.inverse_mass_matrix
    if kind == "diagonal":
        torch.testing.assert_close(found, covariance.diag(), rtol=0.2, atol=0)
    else:
        root = torch.linalg.inv(torch.linalg.cholesky(covariance))
        torch.testing.assert_close(root @ found @ root.T, torch.eye(3).double(), rtol=0, atol=0.2)
    assert kernel.inverse_mass_matrix is None  # the kernel that came in is as it was
