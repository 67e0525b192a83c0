"""How long a chain remembers: autocovariance by the fast Fourier transform.

    c_k = 1/n sum_{t=1}^{n-k} (x_t - mean) (x_{t+k} - mean),          rho_k = c_k / c_0

The divisor is n, not n - k: late lags shrink instead of shaking, and c is positive semi-definite.
"""

import torch
from torch import Tensor

from course_lib.diagnostics.positions import require_positions
from course_lib.inputs import require, require_count


def autocovariance(x: Tensor) -> Tensor:
    """c_0, ..., c_{n-1} along the first axis of x (n, ...), all at once in O(n log n): the same shape."""
    n = x.shape[0]
    padded = 1 << (2 * n - 1).bit_length()  # zeros so that the end does not meet the beginning
    spectrum = torch.fft.rfft(x - x.mean(0), n=padded, dim=0)
    power = spectrum.real.square() + spectrum.imag.square()
    return torch.fft.irfft(power, n=padded, dim=0)[:n] / n


def autocorrelation(positions: Tensor, max_lag: int | None = None) -> Tensor:
    """rho_0 = 1, rho_1, ..., rho_max_lag of every chain and coordinate: (max_lag + 1, chains, dim), float64.

    positions: (num_draws, chains, dim). max_lag: at most num_draws - 1, which is the default. A chain that never moved
    has NaN. Raises `InputError` for less than 4 draws, NaN, infinity, a constant coordinate or
    a max_lag out of range.
    """
    x = require_positions(positions)
    if max_lag is not None:
        require_count("max_lag", max_lag, minimum=0)
        require(max_lag < len(x), f"max_lag to be below the number of draws, {len(x)}", str(max_lag), "pass a smaller one")
    covariance = autocovariance(x)
    constant = (x == x[:1]).all(0)
    covariance = covariance / covariance[0].masked_fill(constant, float("nan"))
    return covariance if max_lag is None else covariance[: max_lag + 1]
