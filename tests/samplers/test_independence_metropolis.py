"""Independence Metropolis: the exact transition matrix on a few points, the balance identity, and convergence.

False alarms of what compares draws with a law: at most 1e-6 a test; seeds are fixed.
"""

import numpy as np
import pytest
import torch
from scipy import stats
from torch.distributions import Normal

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import MALA, IndependenceMetropolis, sample
from course_lib.targets import Gaussian, GaussianMixture


class Points:
    """A proposal on the points 0, 1, ..., with the given weights; log_prob without its constant."""

    def __init__(self, weights):
        self.weights = torch.tensor(weights, dtype=torch.float64)

    def sample(self, n, generator=None):
        return torch.multinomial(self.weights, n, replacement=True, generator=generator)[:, None].double()

    def log_prob(self, x):
        return self.weights.log()[x[:, 0].long()] + 3.0  # independence Metropolis must not need the constant


P = torch.tensor([0.05, 0.4, 0.1, 0.15, 0.3], dtype=torch.float64)
Q = torch.tensor([0.3, 0.1, 0.2, 0.25, 0.15], dtype=torch.float64)


def on_points(x):
    return P.log()[x[:, 0].long()] - 1.7


def transition_matrix():
    """P(x, y) = q(y) a(x, y) off the diagonal, a from the kernel; what is refused stays."""
    x, y = (value.flatten()[:, None] for value in torch.meshgrid(*[torch.arange(5.0).double()] * 2, indexing="ij"))
    kernel = IndependenceMetropolis(Points(Q.tolist()))
    _, info = kernel.transition(on_points, kernel.init(on_points, x), y, torch.zeros(25).double())
    matrix = Q * info.acceptance_probability.reshape(5, 5)
    matrix.fill_diagonal_(0)
    return matrix + torch.diag(1 - matrix.sum(1))


def test_the_target_is_invariant_by_enumeration():
    matrix = transition_matrix()
    torch.testing.assert_close(P @ matrix, P, rtol=0, atol=1e-14)
    flow = P[:, None] * matrix
    torch.testing.assert_close(flow, flow.T, rtol=0, atol=1e-14)
    assert (matrix > 0).all()


def test_the_start_is_forgotten_at_the_rate_of_the_largest_weight():
    """The second eigenvalue of the matrix is 1 - 1 / max(p / q) (Liu, 1996)."""
    eigenvalues = torch.linalg.eigvals(transition_matrix()).real.sort(descending=True).values
    assert eigenvalues[1].item() == pytest.approx(1 - 1 / (P / Q).max().item(), abs=1e-12)


def test_the_chain_on_points_is_the_matrix():
    """After 3 steps from point 0, 20 000 chains are spread as row 0 of the cubed matrix: chi-square."""
    x = torch.zeros(20_000, 1, dtype=torch.float64)
    run = sample(IndependenceMetropolis(Points(Q.tolist())), on_points, x, 3, generator=make_generator(5))
    counts = torch.bincount(run.positions[-1, :, 0].long(), minlength=5).numpy()
    expected = 20_000 * torch.linalg.matrix_power(transition_matrix(), 3)[0].numpy()
    assert abs(expected / 20_000 - P.numpy()).max() > 0.02  # not at p yet: the dynamics are seen
    assert stats.chisquare(counts, expected).pvalue > 1e-6


MEAN, COVARIANCE = torch.tensor([0.3, -0.5, 1.0]), torch.diag(torch.tensor([1.5, 0.8, 2.0]) ** 2)


def test_detailed_balance():
    """p(x) q(y) a(x, y) = p(y) q(x) a(y, x) on random pairs, the larger a is 1; q by torch.distributions."""
    def log_prob(x):
        return -((x**2).sum(-1) ** 2) / 4 + x[:, 0]

    def log_q(x):
        return Normal(MEAN.double(), COVARIANCE.double().diag().sqrt()).log_prob(x).sum(-1)

    kernel = IndependenceMetropolis(Gaussian(MEAN, COVARIANCE, dtype=torch.float64))
    x, y = 0.8 * torch.randn(2, 500, 3, dtype=torch.float64, generator=make_generator(1))
    zero = torch.zeros(500, dtype=torch.float64)
    a_xy = kernel.transition(log_prob, kernel.init(log_prob, x), y, zero)[1].acceptance_probability
    a_yx = kernel.transition(log_prob, kernel.init(log_prob, y), x, zero)[1].acceptance_probability
    there, back = log_prob(x) + log_q(y) + a_xy.log(), log_prob(y) + log_q(x) + a_yx.log()
    torch.testing.assert_close(there, back, rtol=0, atol=1e-9)
    torch.testing.assert_close(torch.maximum(a_xy, a_yx), torch.ones_like(a_xy), rtol=0, atol=1e-12)
    assert (torch.minimum(a_xy, a_yx) < 0.9).sum() > 300


def test_a_proposal_is_taken_exactly_when_u_is_below_the_ratio():
    target = Gaussian([0.0, 1.0], [[1.0, 0.3], [0.3, 0.5]])
    kernel = IndependenceMetropolis(Gaussian([0.5, 0.0], 2 * torch.eye(2)))
    x, y = torch.randn(2, 300, 2, dtype=torch.float64, generator=make_generator(2))
    state = kernel.init(target.log_prob, x)
    log_a = kernel.transition(target.log_prob, state, y, torch.zeros(300).double())[1].acceptance_probability.log()
    below, taken = kernel.transition(target.log_prob, state, y, log_a - 1e-9)
    above, refused = kernel.transition(target.log_prob, state, y, log_a + 1e-9)
    downhill = log_a < 0
    assert taken.is_accepted.all() and torch.equal(below.position, y) and 50 < downhill.sum() < 300
    assert not refused.is_accepted[downhill].any() and torch.equal(above.position[downhill], x[downhill])
    fresh = kernel.init(target.log_prob, above.position)
    assert all(torch.equal(cached, anew) for cached, anew in zip(above, fresh))


def test_a_perfect_proposal_is_always_accepted():
    target = GaussianMixture([[-2.0, 0.0], [2.0, 1.0]], [0.5, 0.7], [0.3, 0.7])
    run = sample(IndependenceMetropolis(target), target.log_prob, target.sample(50), 40, generator=make_generator(0))
    assert (run.acceptance_rate == 1).all()


def test_convergence_from_a_wrong_start():
    """Mixture with both weights, proposal N(0, 3^2) in float32 for chains in float64; w < 4: (3/4)^80 of the start is left."""
    target = GaussianMixture([[-2.0], [2.0]], [0.6, 0.8], [0.3, 0.7], dtype=torch.float64)
    grid = torch.linspace(-9, 9, 2001, dtype=torch.float64)[:, None]
    proposal = Gaussian([0.0], [[9.0]])
    assert (target.log_prob(grid) - proposal.log_prob(grid)).max().exp() < 4
    x = torch.full((4000, 1), -6.0, dtype=torch.float64)
    run = sample(IndependenceMetropolis(proposal), target.log_prob, x, 80, thin=80, generator=make_generator(9))
    cdf = lambda v: stats.norm.cdf(np.asarray(v)[:, None], [-2.0, 2.0], [0.6, 0.8]) @ [0.3, 0.7]  # noqa: E731
    assert run.positions.dtype == torch.float64
    assert stats.kstest(run.positions[-1, :, 0].numpy(), cdf).pvalue > 1e-6


class Uniform:
    def sample(self, n, generator=None):
        return torch.rand(n, 2, generator=generator)

    def log_prob(self, x):
        return torch.where(((x > 0) & (x < 1)).all(-1), 0.0, -torch.inf)


def test_a_start_that_the_proposal_cannot_reach_is_refused():
    with pytest.raises(InputError, match="density to be positive at every starting point, but got log_prob = -inf at 2 of 3"):
        IndependenceMetropolis(Uniform()).init(lambda x: 0 * x[:, 0], torch.tensor([[0.5, 0.5], [2.0, 0.1], [0.0, 0.2]]))


@pytest.mark.parametrize("proposal", [3.0, None, MALA(0.1), Gaussian, Normal(0.0, 1.0).log_prob])
def test_what_is_no_proposal_is_refused(proposal):
    with pytest.raises(InputError, match=r"proposal to have sample\(n, generator\) and log_prob\(x\)"):
        IndependenceMetropolis(proposal)


def test_a_proposal_on_another_space_is_refused():
    class Wide(Uniform):
        def sample(self, n, generator=None):
            return torch.rand(n, 3, generator=generator)

    with pytest.raises(InputError, match=r"to return shape \(4, 2\) as x has"):
        sample(IndependenceMetropolis(Wide()), lambda x: 0 * x[:, 0], torch.full((4, 2), 0.5), 2)
