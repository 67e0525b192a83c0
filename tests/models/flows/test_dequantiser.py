"""The noise of variational dequantisation. Judges: autograd's slogdet, quadrature over the cell, the mass it bounds."""

import math

import pytest
import torch

from course_lib.inputs import InputError
from course_lib.models.flows.dequantiser import MARGIN, Dequantiser
from course_lib.models.flows.flow import standard_normal_log_prob
from course_lib.objectives.dequantisation import dequantised_bound
from course_lib.randomness import make_generator

DOUBLE = {"dtype": torch.float64}
CELLS = torch.cartesian_prod(torch.arange(3.0, **DOUBLE), torch.arange(3.0, **DOUBLE))


def trained(dim=2, num_levels=3, num_couplings=2, size=0.5):
    """A dequantiser with every weight moved."""
    model = Dequantiser(dim, num_levels, (8,), num_couplings, generator=make_generator(0), **DOUBLE)
    generator = make_generator(1)
    with torch.no_grad():
        for p in model.parameters():
            p += size * torch.randn(p.shape, generator=generator, **DOUBLE)
    return model


def test_it_starts_uniform():
    levels = torch.full((4000, 2), 1.0, **DOUBLE)
    noise, log_q = Dequantiser(2, 3, num_couplings=2, generator=make_generator(0), **DOUBLE)(levels, make_generator(1))
    assert log_q.abs().max() < 2e-5  # -2 log(1 - 2d) = 7.6e-6
    for power in (1, 2, 3):  # 8000 draws; six standard errors: fails with 2e-9 each
        moment, std = 1 / (power + 1), math.sqrt(1 / (2 * power + 1) - 1 / (power + 1) ** 2)
        assert abs(float((noise.detach()**power).mean()) - moment) < 6 * std / math.sqrt(8000)


@pytest.mark.parametrize("num_couplings", [0, 1, 2])
def test_log_q_is_that_of_the_change_of_variables(num_couplings):
    model = trained(3, 5, num_couplings)
    levels = torch.tensor([[0.0, 4, 2], [1, 1, 3], [2, 0, 4]], **DOUBLE)
    eps = torch.randn(3, 3, generator=make_generator(2), **DOUBLE)
    noise, log_q = model.transform(levels, eps)
    for i in range(3):
        jacobian = torch.autograd.functional.jacobian(lambda e: model.transform(levels[i : i + 1], e[None])[0][0], eps[i])
        expected = standard_normal_log_prob(eps[i : i + 1])[0] - torch.linalg.slogdet(jacobian)[1]
        torch.testing.assert_close(log_q[i], expected)
    assert ((noise > 0) & (noise < 1)).all()


def test_q_covers_the_whole_cell_once():
    """The volume of the cell is 1 = integral of du = integral of N(eps; 0, I) / q(u(eps)) over eps, by the trapezoidal rule."""
    model = trained(size=0.3)
    t = torch.linspace(-15, 15, 401, **DOUBLE)
    eps = torch.cartesian_prod(t, t)
    for cell in CELLS[[0, 4, 7]]:
        with torch.no_grad():
            _, log_q = model.transform(cell.expand(len(eps), 2), eps)
        volume = (standard_normal_log_prob(eps) - log_q).exp().sum() * (t[1] - t[0]) ** 2
        assert float(volume) == pytest.approx(1, abs=1e-4)


def test_its_bound_is_below_the_mass_whatever_it_learned():
    """p(x + u) = 4 P(x) u_1 u_2 on the cell: each of 9 means of 20 000 draws may pass log P by 5 standard errors, 3e-6."""
    pmf = torch.softmax(torch.randn(9, generator=make_generator(3), **DOUBLE), 0)

    def log_prob(x):
        k = x.floor().long()
        return pmf.log()[3 * k[:, 0] + k[:, 1]] + (x - k).log().sum(-1) + math.log(4)

    for model in (trained(), Dequantiser(2, 3, generator=make_generator(0), **DOUBLE)):
        levels = CELLS.repeat_interleave(20_000, 0)
        with torch.no_grad():
            noise, log_q = model(levels, make_generator(4))
            bound = dequantised_bound(log_prob, levels, noise, log_q, num_levels=3).view(9, -1)
        assert (bound.mean(1) < pmf.log() + 5 * bound.std(1) / math.sqrt(20_000)).all()
        ratio = bound.exp()
        assert ((ratio.mean(1) - pmf).abs() < 6 * ratio.std(1) / math.sqrt(20_000) + 1e-3 * pmf).all()


def test_training_closes_the_gap_that_uniform_noise_leaves():
    """p(x + u) = 2u on each cell: uniform noise loses 1 - log 2 = 0.31 nats a pixel; trained noise loses less than 0.05."""
    model = Dequantiser(2, 3, (8,), generator=make_generator(0), **DOUBLE)
    generator, optimizer = make_generator(1), torch.optim.Adam(model.parameters(), 2e-2)
    log_prob = lambda x: ((x - x.floor()).log() + math.log(2)).sum(-1) - math.log(9)
    levels = CELLS.repeat(20, 1)
    means = []
    for _ in range(300):
        noise, log_q = model(levels, generator)
        bound = dequantised_bound(log_prob, levels, noise, log_q, num_levels=3).mean()
        optimizer.zero_grad()
        (-bound).backward()
        optimizer.step()
        means.append(float(bound.detach()) + math.log(9))
    assert means[0] == pytest.approx(2 * (math.log(2) - 1), abs=0.4) and -0.1 < sum(means[-50:]) / 50 < 0.02


def test_noise_stays_inside_in_float32_however_far_the_weights_go():
    model = trained(size=20.0).float()
    levels = CELLS.float().repeat(200, 1)
    noise, log_q = model(levels, make_generator(0))
    assert ((noise >= MARGIN / 2) & (noise <= 1 - MARGIN / 2)).all() and torch.isfinite(log_q).all()
    x = 14 + levels + noise  # up to level 16
    assert ((x > 14 + levels) & (x < 15 + levels)).all()


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: trained()(CELLS / 2), "levels to be whole numbers from 0 to 2.*0.5 in it"),
    (lambda: trained()(CELLS + 1), "levels to be whole numbers from 0 to 2.*3 in it"),
    (lambda: trained()(CELLS[:, :1]), "\\(n, 2\\)"),
    (lambda: trained().transform(CELLS, CELLS[:, :1]), "eps to be"),
    (lambda: Dequantiser(2, 3, scores=torch.zeros(2, 4)), "scores of shape \\(2, 3\\)"),
    (lambda: Dequantiser(2, 1), "num_levels"),
])
def test_wrong_input_is_one_sentence(make, sentence):
    with pytest.raises(InputError, match=sentence):
        make()
