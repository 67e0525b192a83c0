"""What the judges of 11a compare with, against autograd, quadrature and scipy."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, optimize, stats

from course_lib.questions import load_question
from course_lib.questions.normalizing_flows import exact, masked_autoregressive, rational_quadratic, reverse_kl, two_modes_map
from course_lib.questions.probes import flow_maps


def drawn(name, seed, part=None):
    cases = load_question("11a_normalizing_flows", name).cases(torch.Generator().manual_seed(seed))
    return [case.inputs for case in cases if part in (None, case.part)]


def test_maps_by_hand_agree_with_autograd():
    for seed in range(5):
        for inputs in drawn("change_of_variables", seed):
            spec, x = exact.cast(inputs["map"], "float64"), torch.as_tensor(inputs["x"]).double()
            inverse = flow_maps.build_inverse(spec)
            z, jacobian = exact.inverse_map(spec, x.numpy())
            by_autograd = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
            assert np.allclose(z, inverse(x), atol=1e-12) and np.allclose(jacobian, by_autograd, atol=1e-12)
            assert len(set(np.sign(np.linalg.det(jacobian)))) == 1, "an invertible map keeps or turns the orientation"


def test_bases_are_normalised_and_their_slopes_agree_with_autograd():
    spec = exact.draw_base(1, torch.Generator().manual_seed(0))
    mass, _ = integrate.quad(lambda z: math.exp(exact.log_base(spec, np.array([[z]]))[0]), -30, 30, limit=200)
    assert abs(mass - 1) < 1e-8
    spec = exact.draw_base(3, torch.Generator().manual_seed(1))
    z = torch.randn(6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    base = flow_maps.build_log_base(spec)
    logistic = stats.logistic.logpdf(z.numpy(), spec["centre"], spec["width"]).sum(1)
    assert np.allclose(exact.log_base(spec, z.numpy()), base(z), atol=1e-12)
    assert np.allclose(exact.log_base(spec, z.numpy()), logistic, atol=1e-12)
    assert np.allclose(exact.log_base_slope(spec, z.numpy()), torch.func.grad(lambda v: base(v).sum())(z), atol=1e-12)


@pytest.mark.parametrize("preserving", [True, False])
def test_layers_by_hand_agree_with_autograd_and_go_there_and_back(preserving):
    generator = torch.Generator().manual_seed(3)
    first, second = (exact.draw_layer(3, preserving, generator) for _ in range(2))
    z = torch.randn(7, 3, dtype=torch.float64, generator=generator)
    x, log_det = exact.layer_forward(first, z.numpy())
    layer = flow_maps.Layer(first)
    jacobian = torch.func.vmap(torch.func.jacrev(lambda p: layer(p[None])[0][0]))(z)
    assert np.allclose(layer(z)[0], x) and np.allclose(layer(z)[1], log_det, atol=1e-12)
    assert np.allclose(torch.linalg.slogdet(jacobian).logabsdet, log_det, atol=1e-12)
    assert np.allclose(log_det, 0, atol=1e-12) == preserving
    for back, back_log_det in (exact.layer_inverse(first, x), layer.inverse(torch.as_tensor(x))):
        assert np.allclose(back, z, atol=1e-10) and np.allclose(back_log_det, -log_det, atol=1e-10)
    there, other = exact.layer_forward(second, x)[0], exact.layer_forward(first, exact.layer_forward(second, z.numpy())[0])[0]
    assert np.abs(there - other).max() > 0.05, "the layers do not commute"


def test_networks_by_hand_agree_with_the_probes_and_the_masked_one_is_masked():
    generator = torch.Generator().manual_seed(4)
    spec, kept = exact.draw_network(2, 3, generator), torch.randn(6, 2, dtype=torch.float64, generator=generator)
    for by_hand, by_torch in zip(exact.network(spec, kept.numpy()), flow_maps.build_network(spec)(kept)):
        assert np.allclose(by_hand, by_torch, atol=1e-12) and by_hand.shape == (6, 3)
    spec, x = exact.draw_autoregressive(4, generator), torch.randn(6, 4, dtype=torch.float64, generator=generator)
    network = flow_maps.Autoregressive(spec)
    for i, by_hand in enumerate(exact.autoregressive(spec, x.numpy())):
        assert np.allclose(by_hand, network(x)[i], atol=1e-12)
        jacobian = torch.func.jacrev(lambda p: network(p[None])[i][0])(x[0])
        assert (jacobian.triu() == 0).all() and (jacobian[torch.ones(4, 4).tril(-1) == 1] != 0).all()


def test_autoregressive_forward_undoes_inverse():
    for inputs in drawn("masked_autoregressive", 5, "forward"):
        x, _, _ = masked_autoregressive.exact(inputs)
        z, _, _ = masked_autoregressive.exact({**inputs, "values": x, "inverse": True})
        assert np.allclose(z, inputs["values"], atol=1e-10)


def test_splines_go_through_their_knots_with_their_slopes_and_increase():
    for inputs in drawn("rational_quadratic", 6):
        table = {name: inputs[name].astype(np.float64) for name in ("knots_x", "knots_y", "slopes")}
        y, log_slope, _ = rational_quadratic.exact({**table, "x": table["knots_x"]})
        assert np.allclose(y, table["knots_y"], atol=1e-12) and np.allclose(log_slope, np.log(table["slopes"]), atol=1e-12)
        x = np.linspace(table["knots_x"][0] - 2, table["knots_x"][-1] + 2, 2001)
        y, log_slope, _ = rational_quadratic.exact({**table, "x": x})
        assert (np.diff(y) > 0).all()
        ahead, behind = (rational_quadratic.exact({**table, "x": x + h})[0] for h in (1e-6, -1e-6))
        slope = (ahead - behind) / 2e-6
        assert np.allclose(np.log(slope), log_slope, atol=1e-4)


def test_all_bins_are_tried_and_some_batches_lie_outside():
    for seed in range(10):
        tails = [rational_quadratic.exact(inputs)[2] for inputs in drawn("rational_quadratic", seed, "tails")]
        assert all((tail != 0).all() for tail in tails) and {t for tail in tails for t in tail} == {-1, 1}
        for inputs in drawn("rational_quadratic", seed, "inside"):
            bins = np.searchsorted(inputs["knots_x"], inputs["x"]) - 1
            assert set(range(len(inputs["slopes"]) - 1)) <= set(bins)


def test_the_map_to_two_modes_agrees_with_scipy():
    for m, s in ((0.7, 1.1), (2.0, 0.8), (3.0, 0.5)):
        z = np.array([-3.5, -1.0, -0.01, 0.0, 0.3, 2.2])
        x = two_modes_map.quantile(z, m, s)
        for zi, xi in zip(z, x):
            root = optimize.brentq(lambda v: (stats.norm.cdf(v, -m, s) + stats.norm.cdf(v, m, s)) / 2 - stats.norm.cdf(zi),
                                   -20, 20, xtol=1e-14)
            assert abs(root - xi) < 1e-7
        assert np.allclose(two_modes_map.quantile_to_z(x, m, s), z, atol=1e-9)
        density = (stats.norm.pdf(x, -m, s) + stats.norm.pdf(x, m, s)) / 2
        assert np.allclose(two_modes_map.log_p(x, m, s), np.log(density), atol=1e-12)
    assert np.isclose(-math.log(math.sqrt(2 * math.pi)) - two_modes_map.log_p(np.zeros(1), 3.0, 0.5)[0], math.log(0.5) + 18)


def test_the_hard_cases_lie_between_the_modes():
    """Maps so steep that a step of 1e-4 in z crosses the gap, scales far apart, x beyond ±10, and one batch of one."""
    for seed in range(10):
        for part in ("map", "log_slope"):
            cases = drawn("two_modes_map", seed, part)
            steepest = [case["m"] ** 2 / (2 * case["s"] ** 2) for case in cases]
            assert max(steepest) > 17 and min(steepest) < 0.5
            assert min(case["s"] for case in cases) < 0.03 and max(case["s"] for case in cases) > 19
            assert max(case["m"] + 4 * case["s"] for case in cases) > 10
            assert sum(len(case["z"]) == 1 for case in cases) == 1
            for case in cases:
                x = two_modes_map.quantile(case["z"], case["m"], case["s"])
                assert np.abs(case["z"]).max() <= two_modes_map.FARTHEST and case["m"] <= 6 * case["s"]
                if (case["z"] == 0).any():
                    assert (np.abs(x) < 0.9 * case["m"]).sum() >= 4 and (np.abs(case["z"]) == two_modes_map.TINY).sum() == 1
                else:
                    assert (np.abs(x) < 0.07 * case["m"]).all() and (x != 0).all()


def test_a_chain_of_coordinates_fools_a_loose_stop():
    """Some pass changes x by less than 1/100 of a unit, and still the result is off by ten times the tolerance."""
    for seed in range(10):
        case = drawn("masked_autoregressive", seed, "forward")[-1]
        x, _, _ = masked_autoregressive.exact(case)
        steps = [masked_autoregressive.sweep(case["network"], case["values"], 0 * x, k) for k in range(8)]
        changes = [np.abs(after - before).max() for before, after in zip(steps, steps[1:])]
        first = next(k for k, change in enumerate(changes) if change < 1e-2)
        assert first < 6 and np.abs(steps[first + 1] - x).max() > 3e-4 and np.allclose(steps[7], x, atol=1e-12)


def test_gradients_of_the_reverse_kl_by_hand_agree_with_autograd():
    for inputs in drawn("reverse_kl", 7):
        inputs = {key: exact.cast(value, "float64") if isinstance(value, dict) else value for key, value in inputs.items()}
        inputs = {key: value.astype(np.float64) if isinstance(value, np.ndarray) else value for key, value in inputs.items()}
        terms, z = reverse_kl.terms(inputs), torch.as_tensor(inputs["z"])
        theta = torch.tensor(inputs["theta"])

        def each(theta):
            x, log_det = flow_maps.build_forward(theta)(z)
            return (log_det, flow_maps.build_log_target(inputs["target"])(x), flow_maps.build_log_base(inputs["base"])(x))

        for name, value, gradient in zip(("log_det", "target", "base_x"), each(theta), torch.func.jacrev(each)(theta)):
            assert np.allclose(terms[name].value, value, atol=1e-12) and np.allclose(terms[name].gradient, gradient, atol=1e-12)
