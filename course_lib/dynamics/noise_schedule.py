"""How fast data turn into noise: a chain of T small steps, t = 0 data, t = T noise.

    x_t = sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) noise
    alpha_t = 1 - beta_t,   alpha_bar_t = alpha_1 ... alpha_t,   alpha_bar_0 = 1
    x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) noise,   snr_t = alpha_bar_t / (1 - alpha_bar_t)

A short chain needs larger betas than a long one: check that alpha_bar_T is near 0, or x_T still shows the data.
"""

import math
from dataclasses import dataclass, field
from numbers import Integral

import torch
from torch import Tensor

from course_lib.inputs import describe, require, require_count, require_positive

TABLES = ("beta", "alpha_bar", "noise_variance", "snr", "posterior_variance")


@dataclass(frozen=True, eq=False)
class NoiseSchedule:
    """Betas of the steps 1..T, and what follows from them. Arithmetic in float64.

    beta: (T,) numbers in (0, 1); beta[t - 1] belongs to step t. The other tables have length T + 1 and are indexed by t:
    alpha_bar (1 at t = 0), noise_variance = 1 - alpha_bar (without the rounding of that difference), snr (infinite at
    t = 0) and posterior_variance = beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t), the variance of x_{t-1} given x_t and
    x_0, which is 0 at t = 1. Raises `InputError` unless every beta is in (0, 1). Ho et al., 2020, arXiv:2006.11239.
    """

    beta: Tensor
    alpha_bar: Tensor = field(init=False)
    noise_variance: Tensor = field(init=False)
    snr: Tensor = field(init=False)
    posterior_variance: Tensor = field(init=False)

    def __post_init__(self):
        beta = self.beta
        require(isinstance(beta, Tensor) and beta.is_floating_point() and beta.ndim == 1 and len(beta) > 0,
                "beta to be a floating tensor of shape (T,)", describe(beta), "pass one number in (0, 1) for each step 1..T")
        beta = beta.detach().double().clone()
        bad = int((~((beta > 0) & (beta < 1))).sum())
        require(bad == 0, "every beta to be above 0 and below 1", f"{bad} of {len(beta)} that are not",
                "beta is the variance of the noise added in one step")
        log_alpha_bar = torch.cat([beta.new_zeros(1), torch.log1p(-beta).cumsum(0)])
        alpha_bar, noise_variance = log_alpha_bar.exp(), torch.expm1(log_alpha_bar).abs()
        posterior_variance = torch.cat([beta.new_zeros(1), beta * noise_variance[:-1] / noise_variance[1:]])
        tables = (beta, alpha_bar, noise_variance, alpha_bar / noise_variance, posterior_variance)
        self._set(dict(zip(TABLES, tables)))

    def _set(self, tables: dict[str, Tensor]) -> None:
        for name, table in tables.items():
            object.__setattr__(self, name, table)

    @property
    def num_steps(self) -> int:
        """T."""
        return len(self.beta)

    def to(self, device: str | torch.device = "cpu", dtype: torch.dtype = torch.float64) -> "NoiseSchedule":
        """The same tables elsewhere. float32 only where a device has no float64: coefficients are cast at the end anyway."""
        copy = object.__new__(NoiseSchedule)
        copy._set({name: getattr(self, name).to(device, dtype) for name in TABLES})
        return copy

    def require_times(self, t: Tensor | int, n: int, minimum: int = 1) -> None:
        """Raise `InputError` unless t is a whole number, or an int64 tensor of shape (n,), of minimum..T."""
        single = isinstance(t, Integral) and not isinstance(t, bool)
        fits = single or (isinstance(t, Tensor) and t.dtype == torch.int64 and t.shape == (n,))
        require(fits, f"t to be a whole number or an int64 tensor of shape ({n},)", describe(t),
                "give every example its step, for instance with torch.randint(1, T + 1, (n,))")
        low, high = (t, t) if single else (int(t.min()), int(t.max()))
        require(minimum <= low and high <= self.num_steps, f"t in {minimum}..{self.num_steps}",
                f"{low}" if low == high else f"{low}..{high}", "t = 0 is data and T is noise: no step lies outside")


def linear_schedule(num_steps: int, beta_first: float = 1e-4, beta_last: float = 0.02, rescale: bool = False) -> NoiseSchedule:
    """Betas that grow evenly from beta_first to beta_last (Ho et al., 2020, arXiv:2006.11239; their T is 1000).

    With these defaults a chain much shorter than 1000 ends far from noise. rescale: read the alpha_bar of the chain of 1000
    steps at t = 1000 / T, 2000 / T, ..., 1000 (log alpha_bar linear in between), so that alpha_bar_T is the same for every T.
    Raises `InputError` for betas that are not in (0, 1).
    """
    require_count("num_steps", num_steps)
    require_positive("beta_first", beta_first)
    require_positive("beta_last", beta_last)
    full = NoiseSchedule(torch.linspace(beta_first, beta_last, 1000 if rescale else num_steps, dtype=torch.float64))
    if not rescale:
        return full
    log_alpha_bar = torch.log1p(-full.beta).cumsum(0)
    log_alpha_bar = torch.cat([log_alpha_bar.new_zeros(1), log_alpha_bar])
    place = torch.arange(num_steps + 1, dtype=torch.float64) * 1000 / num_steps
    below = place.floor().long().clamp(max=999)
    return _from_log_alpha_bar(torch.lerp(log_alpha_bar[below], log_alpha_bar[below + 1], place - below))


def cosine_schedule(num_steps: int, offset: float = 0.008, largest_beta: float = 0.999) -> NoiseSchedule:
    """alpha_bar_t = f(t) / f(0), f(t) = cos^2(pi / 2 (t / T + offset) / (1 + offset)); betas are cut at largest_beta.

    Nichol and Dhariwal, 2021, arXiv:2102.09672. Raises `InputError` for numbers outside (0, 1).
    """
    require_count("num_steps", num_steps)
    require_positive("offset", offset)
    require(0 < largest_beta < 1, "largest_beta in (0, 1)", describe(largest_beta), "take 0.999")
    angle = (torch.arange(num_steps + 1, dtype=torch.float64) / num_steps + offset) / (1 + offset) * math.pi / 2
    f = angle.cos() ** 2
    return NoiseSchedule((1 - f[1:] / f[:-1]).clamp(max=largest_beta))


def log_snr_schedule(log_snr: Tensor) -> NoiseSchedule:
    """The chain that visits given signal-to-noise ratios: log snr_t for t = 1..T, falling. (T,) -> NoiseSchedule.

    alpha_bar_t = sigmoid(log snr_t). A likelihood bound wants log snr_1 high and log snr_T low (Kingma et al., 2021,
    arXiv:2107.00630). Raises `InputError` unless the numbers are finite and fall.
    """
    require(isinstance(log_snr, Tensor) and log_snr.is_floating_point() and log_snr.ndim == 1 and len(log_snr) > 0,
            "log_snr to be a floating tensor of shape (T,)", describe(log_snr), "pass for instance torch.linspace(8, -9, T)")
    log_snr = log_snr.detach().double()
    require(bool(torch.isfinite(log_snr).all()) and bool((log_snr.diff() < 0).all()), "log_snr to be finite and to fall",
            "something else", "time runs from data to noise: sort it, largest first")
    log_alpha_bar = torch.nn.functional.logsigmoid(log_snr)
    return _from_log_alpha_bar(torch.cat([log_alpha_bar.new_zeros(1), log_alpha_bar]))


def _from_log_alpha_bar(log_alpha_bar: Tensor) -> NoiseSchedule:
    return NoiseSchedule(-torch.expm1(log_alpha_bar.diff()))
