"""Distances between two samples, of which a number alone says nothing: print `iid_floor` beside it."""

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_batch, require_count, require_positive

BLOCK = 1024  # rows of the kernel matrix at a time


def squared_mmd(x: Tensor, y: Tensor, bandwidth: float, *, unbiased: bool = True) -> Tensor:
    """Squared maximum mean discrepancy with the kernel k(x, y) = exp(-|x - y|^2 / (2 bandwidth^2)): a float64 scalar.

        E k(x, x') + E k(y, y') - 2 E k(x, y)

    x: (n, dim), y: (m, dim). unbiased: x_i is never paired with itself and the first two means divide by n (n - 1) and
    m (m - 1); the estimate of 0 is then 0 on average, and often below 0. Otherwise the diagonal, k = 1, stays
    in and the divisors are n^2 and m^2: never negative, and too large by up to 1/n + 1/m. (The diagonal kept and divided
    by n (n - 1) is neither.) Raises `InputError` for other shapes, NaN, infinity or a bandwidth that is not above 0.
    Gretton et al., A kernel two-sample test, JMLR 13 (2012).
    """
    x, y = _pair(x, y, min_points=2)
    require_positive("bandwidth", bandwidth)
    return (_mean_kernel(x, x, bandwidth, unbiased) + _mean_kernel(y, y, bandwidth, unbiased)
            - 2 * _mean_kernel(x, y, bandwidth, False))


def _mean_kernel(x: Tensor, y: Tensor, bandwidth: float, without_diagonal: bool) -> Tensor:
    total = sum((-_squared_distances(block, y) / (2 * bandwidth**2)).exp().sum() for block in x.split(BLOCK))
    n, m = len(x), len(y)
    return (total - n) / (n * (m - 1)) if without_diagonal else total / (n * m)


def median_bandwidth(x: Tensor, y: Tensor, max_points: int = 1000) -> float:
    """The median distance between different points of both samples together: a usual bandwidth.

    Of more than max_points points a sample, evenly spaced ones are used. Choose the bandwidth once and keep it for the
    floor: a bandwidth that changes with the draws changes the distance. Raises `InputError` as `squared_mmd`, and if
    the median is 0.
    """
    x, y = _pair(x, y)
    require_count("max_points", max_points, minimum=2)
    points = torch.cat([v[:: -(-len(v) // max_points)] for v in (x, y)])
    median = float(torch.pdist(points).median())
    require(median > 0, "more than half of the pairs of points to differ", "a median distance of 0",
            "set the bandwidth yourself, or look why so many draws are equal")
    return median


def sliced_wasserstein(x: Tensor, y: Tensor, num_projections: int = 200, *, order: int = 2,
                       generator: torch.Generator | None = None) -> Tensor:
    """Sliced Wasserstein distance: a float64 scalar >= 0, in the units of x.

        (mean over directions u of  integral_0^1 |F_u^-1(q) - G_u^-1(q)|^order dq)^(1/order)

    F_u and G_u: the empirical laws of u . x and u . y, u uniform on the unit sphere. x: (n, dim), y: (m, dim), n and m
    may differ. order: 1 or 2. generator: on the device of x; the directions are drawn from it. Raises `InputError` for
    other shapes, NaN or infinity. Bonneel et al., J. Math. Imaging Vis. 51 (2015).
    """
    x, y = _pair(x, y)
    require_count("num_projections", num_projections)
    require(order in (1, 2), "order to be 1 or 2", describe(order), "pass order=2")
    require(generator is None or isinstance(generator, torch.Generator) and generator.device.type == x.device.type,
            f"generator to be a torch.Generator on {x.device}, where x is", describe(generator),
            f"make it with make_generator(seed, device='{x.device}')")
    directions = torch.randn(x.shape[1], num_projections, dtype=x.dtype, device=x.device, generator=generator)
    directions = directions / directions.norm(dim=0)
    f, g = (x @ directions).sort(0).values, (y @ directions).sort(0).values
    n, m = len(f), len(g)
    # both quantile functions are constant between the levels k/n and k/m: in units of 1 / (n m), whole numbers
    levels = torch.cat([torch.arange(n + 1, device=x.device) * m, torch.arange(1, m, device=x.device) * n]).sort().values
    width, low = levels.diff(), levels[:-1]
    gap = (f[(low // m).clamp(max=n - 1)] - g[(low // n).clamp(max=m - 1)]).abs() ** order
    return ((gap * width[:, None]).sum(0) / (n * m)).mean() ** (1 / order)


def _squared_distances(x: Tensor, y: Tensor) -> Tensor:
    return torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist").square()


def _pair(x: Tensor, y: Tensor, min_points: int = 1) -> tuple[Tensor, Tensor]:
    require_batch("x", x)
    require_batch("y", y, x.shape[1])
    for name, value in (("x", x), ("y", y)):
        require(len(value) >= min_points, f"at least {min_points} points in {name}", str(len(value)), "pass more draws")
        require(bool(torch.isfinite(value).all()), f"{name} to be finite", "NaN or infinity",
                "find out which draws these are: leaving them out would hide it")
    return x.detach().double(), y.detach().to(x.device).double()
