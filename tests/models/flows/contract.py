"""What every flow layer and every flow must keep. Judges: autograd's slogdet, quadrature on a grid, the draws themselves.

Add a layer to LAYERS or a recipe to RECIPES: `make(generator=, dtype=, device=)` builds it; test_contract.py and
test_gpu_flows.py do the rest. The functions also serve alone, for instance `check_layer(layer, z)`.
"""

import math

import torch

from course_lib.models import flows
from course_lib.randomness import make_generator
from course_lib.targets import Grid

HIDDEN = (16, 12)


def affine(kind):
    """A maker for layers that draw nothing."""
    return lambda generator, dtype, device="cpu": kind(device=device, dtype=dtype)


def drawn(kind, *args, **settings):
    """A maker for layers whose weights come from the generator."""
    return lambda generator, dtype, device="cpu": kind(*args, generator=generator, device=device, dtype=dtype, **settings)


def standardise(generator, dtype, device="cpu"):
    """A layer that standardises data of a known seed."""
    x = torch.randn(50, 3, generator=make_generator(4), dtype=torch.float64) * torch.tensor([0.5, 1.0, 9.0]) + 2
    return flows.Standardise.from_data(x.to(device, dtype))


# name: (make, dim, whether the map changes volumes)
LAYERS = {
    "elementwise affine": (affine(lambda **w: flows.ElementwiseAffine(3, **w)), 3, True),
    "act norm": (affine(lambda **w: flows.ActNorm(3, **w)), 3, True),
    "standardise": (standardise, 3, True),
    "permutation": (affine(lambda device, dtype: flows.Permutation([2, 0, 3, 1], device=device)), 4, False),
    "reverse": (affine(lambda device, dtype: flows.reverse(3, device=device)), 3, False),
    "linear": (drawn(flows.Linear, 4), 4, True),
    "additive coupling": (drawn(flows.AdditiveCoupling, 3, HIDDEN), 3, False),
    "additive coupling, flipped": (drawn(flows.AdditiveCoupling, 5, HIDDEN, flip=True), 5, False),
    "affine coupling": (drawn(flows.AffineCoupling, 5, HIDDEN), 5, True),
    "affine coupling, flipped": (drawn(flows.AffineCoupling, 3, HIDDEN, flip=True, zero_last=False), 3, True),
    "maf": (drawn(flows.MaskedAutoregressive, 4, HIDDEN, order=[2, 0, 3, 1]), 4, True),
    "maf, two": (drawn(flows.MaskedAutoregressive, 2, HIDDEN, zero_last=False), 2, True),
    "iaf": (lambda **w: flows.Inverted(drawn(flows.MaskedAutoregressive, 4, HIDDEN, order=[3, 1, 0, 2])(**w)), 4, True),
}

RECIPES = {"nice": flows.nice, "real_nvp": flows.real_nvp, "maf": flows.maf, "iaf": flows.iaf}  # recipe(dim, num_layers, hidden)


def settle(layer, z, scale=0.5, seed=5):
    """Let the layer see data once, move all parameters away from their start, and switch to eval mode."""
    generator = make_generator(seed, z.device)
    with torch.no_grad():
        layer.train().inverse(z)
        for p in layer.parameters():
            noise = torch.randn(p.shape, generator=generator, dtype=p.dtype, device=p.device)
            p += scale * noise / math.sqrt(p[0].numel() if p.ndim > 1 else 1)
    return layer.eval()


def log_det_of(function, z):
    """log|det| of the Jacobian of every point, by autograd: it takes for granted that no point sees another."""
    jacobian = torch.autograd.functional.jacobian(lambda z: function(z).flatten(1).sum(0), z)  # (D, n, ...)
    return torch.linalg.slogdet(jacobian.flatten(2).transpose(0, 1))[1]


def check_layer(layer, z, changes_volume=True, tolerance=1e-8):
    """All that a single layer must keep, at points z, (n, ...) in float64, n >= 4."""
    settle(layer, z)
    x, log_det = layer(z)
    back, log_det_back = layer.inverse(x)
    assert x.shape == back.shape == z.shape and log_det.shape == log_det_back.shape == z.shape[:1]
    assert x.dtype == log_det.dtype == back.dtype == log_det_back.dtype == z.dtype
    close = {"rtol": tolerance, "atol": tolerance}
    torch.testing.assert_close(back, z, **close)
    torch.testing.assert_close(layer(layer.inverse(z)[0])[0], z, **close)
    torch.testing.assert_close(log_det, -log_det_back, **close)
    torch.testing.assert_close(log_det, log_det_of(lambda z: layer(z)[0], z), **close)
    torch.testing.assert_close(layer.inverse(z)[1], log_det_of(lambda x: layer.inverse(x)[0], z), **close)
    assert bool(log_det.abs().mean() > 1e-3) == changes_volume  # a wrong sign shows only where there is something to see
    assert (x - z).abs().max() > 0.1
    check_points_alone(layer, z, tolerance)
    check_modes_agree(layer, z)
    check_gradients(layer, z)


def check_points_alone(layer, z, tolerance=1e-8):
    """In eval mode no point sees another: alone, in another order, among others, all the same."""
    for direction in (layer, layer.inverse):
        together, turned, alone = direction(z), direction(z.flip(0)), direction(z[1:2])
        for a, b, c in zip(together, turned, alone):
            torch.testing.assert_close(a, b.flip(0), rtol=tolerance, atol=tolerance)
            torch.testing.assert_close(a[1:2], c, rtol=tolerance, atol=tolerance)


def check_modes_agree(layer, z):
    """A layer that has seen data is the same map in train and in eval mode."""
    for direction in (layer, layer.inverse):
        trained, evaluated = layer.train() and direction(z), layer.eval() and direction(z)
        assert all(torch.equal(a, b) for a, b in zip(trained, evaluated))


def check_gradients(layer, z):
    """Every parameter and every point gets a finite gradient from both directions."""
    weight = torch.randn(z.shape, generator=make_generator(6, z.device), dtype=z.dtype, device=z.device)
    for direction in (layer, layer.inverse):
        layer.zero_grad()
        z = z.detach().requires_grad_()
        value, log_det = direction(z)
        ((weight * value).sum() + log_det.sum()).backward()
        for name, p in [("z", z), *layer.named_parameters()]:
            assert p.grad is not None and p.grad.isfinite().all() and p.grad.abs().sum() > 0, name


def check_maker(make, z):
    """Same generator, same weights; what is saved is the whole layer; the global random state stays; dtypes are kept."""
    before = torch.get_rng_state()
    first, second = (make(generator=make_generator(3), dtype=z.dtype) for _ in range(2))
    other = make(generator=make_generator(4), dtype=z.dtype)
    assert torch.equal(before, torch.get_rng_state())
    saved = first.state_dict()
    assert all(torch.equal(saved[key], value) for key, value in second.state_dict().items())
    settle(first, z)
    other.load_state_dict(first.state_dict())
    other.train()
    for ours, theirs in ((first(z), other(z)), (first.inverse(z), other.inverse(z)), (first(z), other(z))):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs))
    single = make(generator=make_generator(3), dtype=torch.float32)
    assert {t.dtype for t in single.state_dict().values() if t.is_floating_point()} <= {torch.float32}
    assert all(t.dtype == torch.float32 for t in (*single.inverse(z.float()), *single(z.float())))


def check_integral(flow, radius=12.0, num_points=240, tolerance=1e-4):
    """The density of a 2-D flow integrates to 1: the midpoint rule on a square about 0 that holds nearly all mass."""
    grid = Grid((-radius, -radius), (radius, radius), num_points, dtype=torch.float64)
    with torch.no_grad():
        assert abs(float(grid.log_z(flow.log_prob))) < tolerance and grid.edge_mass(flow.log_prob) < tolerance
    return grid


def check_draws(flow, grid, n=20_000, cells=40, seed=7):
    """The draws have the law of the density: counts in cells x cells large cells against the grid's probabilities.

    Over the k cells where 5 or more are expected (the others taken as one), chi^2 has about k degrees of freedom, and is
    above k + 2 sqrt(k t) + 2 t with probability below e^-t (Laurent and Massart, 2000): with t = 14 a false alarm in a
    million. Raises where the number of cells per axis does not divide the grid's.
    """
    x = flow.sample(n, make_generator(seed, flow.centre.device))
    assert x.shape == (n, 2) and not x.requires_grad
    with torch.no_grad():
        p = grid.probabilities(flow.log_prob).reshape(cells, grid.shape[0] // cells, cells, grid.shape[1] // cells)
    p = p.sum((1, 3)).flatten()
    low, high = float(grid.axes[0][0]), float(grid.axes[0][-1])
    half = (high - low) / (grid.shape[0] - 1) / 2
    bin_of = ((x.double() - low + half) / (high - low + 2 * half) * cells).floor().long().clamp(0, cells - 1)
    counts = torch.bincount(bin_of[:, 0] * cells + bin_of[:, 1], minlength=cells**2).double()
    often = n * p >= 5
    expected = torch.cat((n * p[often], (n * p[~often].sum()).clamp(min=1)[None]))
    counts = torch.cat((counts[often], counts[~often].sum()[None]))
    k, t = len(counts), 14
    assert k > 20 and float(((counts - expected) ** 2 / expected).sum()) < k + 2 * math.sqrt(k * t) + 2 * t
