"""The leapfrog map is reversible, keeps volume and is of second order; HMC balances exactly and finds its law.

Tests that compare draws with a law have a false-alarm rate of at most 1e-6, shared among their comparisons; seeds are fixed.
"""

from math import pi

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.integrate import solve_ivp

from course_lib.inputs import InputError
from course_lib.randomness import make_generator
from course_lib.samplers import HMC, sample
from course_lib.samplers.leapfrog import PhasePoint, leapfrog
from course_lib.samplers.mass_matrix import mass_factor

DENSE = torch.tensor([[2.0, 0.5, -0.3], [0.5, 0.6, 0.1], [-0.3, 0.1, 1.5]], dtype=torch.float64)
INVERSE_MASSES = {"identity": None, "diagonal": DENSE.diag(), "dense": DENSE}
inverse_masses = pytest.mark.parametrize("inverse_mass", INVERSE_MASSES.values(), ids=INVERSE_MASSES)
DRIFT = torch.tensor([0.5, -1.0, 0.2], dtype=torch.float64)


def log_prob(x):  # p = exp(-|x|^4 / 4 + b . x)
    return -((x**2).sum(-1) ** 2) / 4 + x @ DRIFT.to(x)


def gradient(x):  # by hand
    return -(x**2).sum(-1, keepdim=True) * x + DRIFT


def normal(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=make_generator(seed))


def run(x, v, step_size, num_steps, inverse_mass):
    point = PhasePoint(x, v, log_prob(x), gradient(x))
    for _ in range(num_steps):
        point = leapfrog(log_prob, point, step_size, mass_factor(inverse_mass))
    return point


def momentum_unit(inverse_mass):
    """The matrix A with p = A v, from M = A A^T, not by the library: any F with F F^T = M^-1 has A = F^-T."""
    if inverse_mass is None:
        return torch.eye(3, dtype=torch.float64)
    return torch.linalg.inv(torch.linalg.cholesky(inverse_mass if inverse_mass.ndim == 2 else inverse_mass.diag())).T


@inverse_masses
def test_leapfrog_runs_back_to_its_start(inverse_mass):
    x, v = normal(50, 3), normal(50, 3, seed=1)
    there = run(x, v, 0.1, 15, inverse_mass)
    assert (there.position - x).abs().amax(-1).min() > 0.05
    back = leapfrog_back(there, 0.1, 15, inverse_mass)
    torch.testing.assert_close(back.position, x, rtol=0, atol=1e-11)
    torch.testing.assert_close(back.momentum, v, rtol=0, atol=1e-11)
    flipped = run(there.position, -there.momentum, 0.1, 15, inverse_mass)  # time reversed by the sign of v instead
    torch.testing.assert_close(flipped.position, x, rtol=0, atol=1e-11)
    torch.testing.assert_close(flipped.momentum, -v, rtol=0, atol=1e-11)


def leapfrog_back(point, step_size, num_steps, inverse_mass):
    for _ in range(num_steps):
        point = leapfrog(log_prob, point, -step_size, mass_factor(inverse_mass))
    return point


@inverse_masses
def test_leapfrog_keeps_volume(inverse_mass):
    """The 6 x 6 Jacobian of five steps by central differences: determinant 1, though the map is far from the identity."""
    for seed in range(5):
        z = normal(6, seed=seed)
        h = 1e-5
        points = torch.cat([z + h * torch.eye(6), z - h * torch.eye(6)]).to(z)
        end = run(points[:, :3], points[:, 3:], 0.25, 5, inverse_mass)
        end = torch.cat([end.position, end.momentum], -1)
        jacobian = (end[:6] - end[6:]).T / (2 * h)
        assert torch.linalg.det(jacobian).item() == pytest.approx(1, abs=1e-6)
        assert (jacobian - torch.eye(6).to(z)).abs().max() > 0.5


@inverse_masses
def test_leapfrog_solves_hamiltons_equations_to_second_order(inverse_mass):
    """Against scipy's integrator of dx/dt = M^-1 p, dp/dt = grad log p; halving the step quarters both errors."""
    x, v = normal(8, 3), normal(8, 3, seed=1)
    unit = momentum_unit(inverse_mass)
    inverse = np.linalg.inv((unit @ unit.T).numpy())
    energy = -log_prob(x) + (v**2).sum(-1) / 2

    def motion(_, z):
        x, p = z.reshape(2, 8, 3)
        return np.stack([p @ inverse, gradient(torch.from_numpy(x)).numpy()]).ravel()

    start = np.stack([x.numpy(), (v @ unit.T).numpy()])
    exact = torch.from_numpy(solve_ivp(motion, (0, 1), start.ravel(), rtol=1e-11, atol=1e-11).y[:, -1].reshape(2, 8, 3))
    errors, energy_errors = [], []
    for steps in (50, 100, 200):
        end = run(x, v, 1 / steps, steps, inverse_mass)
        errors.append(torch.cat([end.position - exact[0], end.momentum @ unit.T - exact[1]]).norm().item())
        energy_errors.append((end.energy - energy).norm().item())
    assert errors[0] < 0.02
    for e in (errors, energy_errors):
        assert e[0] / e[1] == pytest.approx(4, rel=0.05) and e[1] / e[2] == pytest.approx(4, rel=0.02)


@inverse_masses
def test_momentum_has_the_covariance_of_the_mass(inverse_mass):
    """On a flat density one step is x + h M^-1 p with p ~ N(0, M), hence N(x, h^2 M^-1); every proposal is taken."""
    n, h = 20_000, 0.7
    kernel = HMC(h, 1, inverse_mass)
    state = kernel.init(lambda x: 0 * x.sum(-1), torch.zeros(n, 3, dtype=torch.float64))
    state, info = kernel.step(lambda x: 0 * x.sum(-1), state, make_generator(5))
    assert info.is_accepted.all()
    unit = momentum_unit(inverse_mass)
    moved = (state.position / h).numpy()
    whitened = moved @ unit.numpy()  # unit^T M^-1 unit = I
    p_values = [stats.kstest(whitened[:, k], "norm").pvalue for k in range(3)]
    p_values.append(stats.kstest((whitened**2).sum(1), stats.chi2(3).cdf).pvalue)
    for i, j in ((0, 1), (0, 2), (1, 2)):  # independent of each other, too: (a + b) / sqrt 2 is normal
        p_values.append(stats.kstest((whitened[:, i] + whitened[:, j]) / np.sqrt(2), "norm").pvalue)
    assert min(p_values) > 1e-6 / len(p_values)


@inverse_masses
@pytest.mark.parametrize("shortening", [None, 0.6])
def test_exact_balance_on_random_pairs(inverse_mass, shortening):
    """(x, v) -> (y, -w) is its own inverse, and exp(-H(x, v)) a(x, v) = exp(-H(y, -w)) a(y, -w); the larger a is 1."""
    kernel, n = HMC(0.25, 4, inverse_mass), 500
    x, v, log_u = normal(n, 3), normal(n, 3, seed=1), torch.zeros(n, dtype=torch.float64)
    factor = None if shortening is None else torch.full((n,), shortening, dtype=torch.float64)
    _, there = kernel.transition(log_prob, kernel.init(log_prob, x), v, log_u, factor)
    y, w = there.proposal, there.momentum
    _, back = kernel.transition(log_prob, kernel.init(log_prob, y), -w, log_u, factor)
    torch.testing.assert_close(back.proposal, x, rtol=0, atol=1e-10)
    torch.testing.assert_close(back.momentum, -v, rtol=0, atol=1e-10)
    weight_there = log_prob(x) - (v**2).sum(-1) / 2 + there.acceptance_probability.log()
    weight_back = log_prob(y) - (w**2).sum(-1) / 2 + back.acceptance_probability.log()
    seen = (there.acceptance_probability > 1e-250) & (back.acceptance_probability > 1e-250)
    assert seen.sum() > 0.9 * n
    torch.testing.assert_close(weight_there[seen], weight_back[seen], rtol=0, atol=1e-8)
    larger = torch.maximum(there.acceptance_probability, back.acceptance_probability)
    torch.testing.assert_close(larger, torch.ones_like(larger), rtol=0, atol=1e-9)
    assert (torch.minimum(there.acceptance_probability, back.acceptance_probability) < 0.9).sum() > 50


def test_kept_energy_is_that_of_the_kept_point():
    kernel = HMC(0.5, 3, DENSE)
    x, v = normal(300, 3), normal(300, 3, seed=1)
    log_u = torch.rand(300, dtype=torch.float64, generator=make_generator(2)).log()
    state, info = kernel.transition(log_prob, kernel.init(log_prob, x), v, log_u)
    kept = torch.where(info.is_accepted[:, None], info.momentum, v)
    torch.testing.assert_close(info.energy, (kept**2).sum(-1) / 2 - log_prob(state.position), rtol=1e-12, atol=1e-12)
    assert 20 < info.is_accepted.sum() < 280
    assert (info.num_integration_steps == 3).all() and torch.allclose(info.trajectory_length, torch.tensor(1.5).double())


@pytest.mark.parametrize("kernel", [HMC(0.2, 5, DENSE), HMC(0.35, 8, None, jitter=0.5)], ids=["dense", "jitter"])
def test_units_of_the_mass_are_a_change_of_coordinates(kernel):
    """HMC with M^-1 = F F^T on p(x) is HMC with the identity on the density of F^-1 x, noise for noise."""
    if kernel.inverse_mass_matrix is None:
        kernel = HMC(kernel.step_size, kernel.num_integration_steps, DENSE.diag(), kernel.jitter)
    factor = kernel.factor if kernel.factor.ndim == 2 else kernel.factor.diag()
    plain = HMC(kernel.step_size, kernel.num_integration_steps, jitter=kernel.jitter)
    y = normal(20, 3)
    there = sample(kernel, log_prob, y @ factor.T, 10, generator=make_generator(3)).positions
    here = sample(plain, lambda y: log_prob(y @ factor.T), y, 10, generator=make_generator(3)).positions
    torch.testing.assert_close(there, here @ factor.T, rtol=0, atol=1e-9)


MEAN = np.array([1.0, -2.0, 0.5])
COVARIANCE = torch.linalg.inv(DENSE).numpy() * np.outer([1, 2, 0.5], [1, 2, 0.5])


def gaussian_log_prob(x):
    d = x - torch.from_numpy(MEAN)
    return -(d @ torch.from_numpy(np.linalg.inv(COVARIANCE)) * d).sum(-1) / 2


def assert_gaussian(x, false_alarms=1e-6):
    whitened = (x - MEAN) @ np.linalg.inv(np.linalg.cholesky(COVARIANCE)).T
    values = [stats.kstest(whitened[:, k], "norm").pvalue for k in range(3)]
    squares = (whitened**2).sum(1)
    values += [stats.kstest(squares, stats.chi2(3).cdf).pvalue]
    values += [2 * min(stats.chi2.cdf(squares.sum(), 3 * len(x)), stats.chi2.sf(squares.sum(), 3 * len(x)))]
    assert min(values) > false_alarms / len(values)


KERNELS = {
    "identity": HMC(0.5, 5),
    "diagonal": HMC(0.6, 4, torch.from_numpy(COVARIANCE).diag()),
    "dense": HMC(1.1, 2, torch.from_numpy(COVARIANCE)),
    "wrong mass": HMC(0.4, 5, DENSE),
    "jitter": HMC(0.5, 7, jitter=1.0),
}


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
def test_gaussian_is_kept_and_found(kernel):
    """One step from exact draws keeps the law; 80 steps from a wrong start find it."""
    factor = torch.from_numpy(np.linalg.cholesky(COVARIANCE))
    exact = normal(5000, 3, seed=7) @ factor.T + torch.from_numpy(MEAN)
    state, info = kernel.step(gaussian_log_prob, kernel.init(gaussian_log_prob, exact), make_generator(8))
    assert 0.5 < info.acceptance_probability.mean() < 0.99  # the test counts
    assert_gaussian(state.position.numpy())
    wrong = torch.tensor([[-3.0, 4.0, 3.0]], dtype=torch.float64).expand(4000, -1)
    assert_gaussian(sample(kernel, gaussian_log_prob, wrong, 80, thin=80, generator=make_generator(9)).positions[0].numpy())


def test_a_length_of_one_period_does_not_move_and_jitter_does():
    """On N(0, 1) the trajectory of length 2 pi ends where it began. Lengths uniform in [pi, 2 pi] forget the start: E cos = 0."""
    def standard(x):
        return -(x**2).sum(-1) / 2

    x = normal(4000, 1)
    moves = {}
    for jitter in (0.0, 0.5):
        kernel = HMC(2 * pi / 40, 40, jitter=jitter)
        state, info = kernel.step(standard, kernel.init(standard, x), make_generator(1))
        moves[jitter] = np.corrcoef(state.position[:, 0], x[:, 0])[0, 1]
    assert moves[0.0] > 0.98 and abs(moves[0.5]) < 0.1  # 0.1 is 6 standard errors
    share = info.trajectory_length.numpy() / (2 * pi)
    assert stats.kstest(share, stats.uniform(0.5, 0.5).cdf).pvalue > 1e-6


def test_divergence_is_recorded_and_rejected_and_stays_in_its_chain():
    """A step size far above the stability limit 2 sd for the narrow chains only. torch.distributions refuses to evaluate NaN."""
    scale = torch.tensor([1.0, 1e-3, 1.0, 1e-3], dtype=torch.float64)
    narrow = torch.distributions.Normal(torch.zeros(4).double(), scale, validate_args=True)
    x = torch.full((4, 1), 1e-3, dtype=torch.float64)
    kernel = HMC(0.5, 400)

    def density(x):
        return narrow.log_prob(x[:, 0])

    state, info = kernel.step(density, kernel.init(density, x), make_generator(0))
    assert info.is_divergent.tolist() == [False, True, False, True]
    assert not info.is_accepted[1::2].any() and torch.equal(state.position[1::2], x[1::2])
    assert (info.acceptance_probability[1::2] == 0).all() and (info.acceptance_probability[::2] > 0.5).all()
    assert torch.isfinite(info.energy).all() and all(torch.isfinite(value).all() for value in state)


@pytest.mark.parametrize("settings, part", [
    ({"step_size": 0.0}, "step_size to be a finite number above 0"),
    ({"num_integration_steps": 0}, "num_integration_steps to be a whole number of at least 1"),
    ({"num_integration_steps": 2.5}, "the float 2.5"),
    ({"jitter": 1.5}, "jitter to be a number between 0 and 1"),
    ({"jitter": None}, "jitter to be a number between 0 and 1"),
    ({"inverse_mass_matrix": [1.0, 2.0]}, "pass the variances of the target"),
    ({"inverse_mass_matrix": torch.ones(2, 3)}, "(dim,) or (dim, dim)"),
    ({"inverse_mass_matrix": torch.ones(2, dtype=torch.int64)}, "float32 or float64"),
    ({"inverse_mass_matrix": torch.tensor([1.0, 0.0])}, "its entries are variances"),
    ({"inverse_mass_matrix": torch.tensor([1.0, torch.nan])}, "NaN or infinity in it"),
    ({"inverse_mass_matrix": torch.tensor([[1.0, 0.5], [0.2, 1.0]])}, "to be symmetric"),
    ({"inverse_mass_matrix": torch.tensor([[1.0, 2.0], [2.0, 1.0]])}, "to be positive definite"),
])
def test_settings_that_do_not_fit_are_refused_in_one_sentence(settings, part):
    with pytest.raises(InputError) as caught:
        HMC(**{"step_size": 0.1, "num_integration_steps": 5, **settings})
    assert part in str(caught.value) and str(caught.value).startswith("Expected ")


def test_mass_of_another_dimension_or_device_is_refused_at_the_start():
    with pytest.raises(InputError, match="inverse_mass_matrix for the 3 dimensions of x, but got one for 2"):
        sample(HMC(0.1, 5, torch.ones(2)), log_prob, normal(4, 3), 3)
    kernel = HMC(0.1, 5, torch.ones(3))
    object.__setattr__(kernel, "factor", torch.ones(3, device="meta"))  # without a GPU the meta device stands in
    with pytest.raises(InputError, match="inverse_mass_matrix on cpu, where x is, but got one on meta"):
        kernel.init(log_prob, normal(4, 3))
