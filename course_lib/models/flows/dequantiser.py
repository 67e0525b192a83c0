"""Variational dequantisation: noise in the cell of a level that is drawn by a flow, given the image.

    eps ~ N(0, I),   v = couplings(eps; x),   h = m(x) + exp(s(x)) v,   u = d + (1 - 2d) Phi(h)

m, s and the couplings are networks of the levels x. With m = s = 0 and no coupling u is uniform: it starts there, so
that everything learned is gain. d = 2^-19 keeps x + u off the border of the cell in float32, and costs
-dim log(1 - 2d), 2.4e-4 nats for 64 pixels. (Ho and others, 2019, arXiv:1902.00275.)
"""

from collections.abc import Sequence
from math import log1p

import torch
from torch import Tensor, nn

from course_lib.inputs import describe, require, require_batch, require_count
from course_lib.models.flows.flow import standard_normal_log_prob
from course_lib.models.initialisation import linear
from course_lib.models.networks import MLP, zero

MARGIN = 2.0**-19  # the spacing of float32 between 16 and 32
MAX_LOG_SCALE = 2.0


class Dequantiser(nn.Module):
    """q(u|x) on (0, 1)^dim for levels x (n, dim): draws u and tells log q(u|x).

    num_couplings: affine couplings between the pixels' noises; 0 leaves them independent given x. hidden: widths of every
    network. scores: (dim, num_levels), what the networks read for each level of each pixel; None for -1 .. 1, evenly.
    generator: on `device`; same seed, same weights. Raises `InputError` for other shapes, and for what is no level.
    """

    def __init__(self, dim: int, num_levels: int = 17, hidden: Sequence[int] = (64,), num_couplings: int = 0,
                 scores: Tensor | None = None, *, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("dim", dim)
        require_count("num_levels", num_levels, minimum=2)
        require_count("num_couplings", num_couplings, minimum=0)
        where = {"device": device, "dtype": dtype}
        if scores is None:
            scores = torch.linspace(-1, 1, num_levels).repeat(dim, 1)
        require(isinstance(scores, Tensor) and scores.shape == (dim, num_levels), f"scores of shape ({dim}, {num_levels})",
                scores, "give one number for every level of every pixel")
        self.dim, self.num_levels = dim, num_levels
        self.register_buffer("scores", scores.to(**where))
        self.register_buffer("even", (torch.arange(dim, device=device) % 2 == 0).to(dtype))
        self.direct = linear(dim, 2 * dim, **where)  # what a linear map can say is said at once
        zero(self.direct)
        self.net = MLP(dim, 2 * dim, hidden, zero_last=True, generator=generator, **where)
        self.couplings = nn.ModuleList(MLP(2 * dim, 2 * dim, hidden, zero_last=True, generator=generator, **where)
                                       for _ in range(num_couplings))

    def forward(self, levels: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Draw noise for every image: levels (n, dim) -> u (n, dim) in (0, 1), log q(u|x) (n,)."""
        require_batch("levels", levels, self.dim)
        eps = torch.randn(levels.shape, generator=generator, dtype=levels.dtype, device=levels.device)
        return self.transform(levels, eps)

    def transform(self, levels: Tensor, eps: Tensor) -> tuple[Tensor, Tensor]:
        """The same with eps ~ N(0, I) of shape (n, dim) passed in: u and log q(u|x), differentiable in all weights."""
        x = self._read(levels)
        require_batch("eps", eps, self.dim)
        h, log_q = eps, standard_normal_log_prob(eps)
        for number, net in enumerate(self.couplings):
            stays = self.even if number % 2 == 0 else 1 - self.even
            shift, log_scale = ((1 - stays) * part for part in _bounded(net(torch.cat([x, h * stays], 1))))
            h, log_q = shift + log_scale.exp() * h, log_q - log_scale.sum(-1)
        shift, log_scale = _bounded(self.direct(x) + self.net(x))
        h, log_q = shift + log_scale.exp() * h, log_q - log_scale.sum(-1)
        # The density of Phi(h) is that of h over N(h; 0, 1); stretching by 1 - 2d divides by it once a pixel.
        log_q = log_q - standard_normal_log_prob(h) - self.dim * log1p(-2 * MARGIN)
        return MARGIN + (1 - 2 * MARGIN) * torch.special.ndtr(h), log_q

    def _read(self, levels: Tensor) -> Tensor:
        require_batch("levels", levels, self.dim)
        fits = (levels == levels.round()) & (levels >= 0) & (levels < self.num_levels)
        if not bool(fits.all()):
            require(False, f"levels to be whole numbers from 0 to {self.num_levels - 1}",
                    f"{describe(levels)} with {float(levels[~fits][0]):.6g} in it", "pass the pixels as they are stored")
        return self.scores[torch.arange(self.dim, device=levels.device), levels.long()]


def _bounded(parameters: Tensor) -> tuple[Tensor, Tensor]:
    """Shift and log-scale out of the two halves of a network's outputs, the latter within +- MAX_LOG_SCALE, smoothly."""
    shift, raw = parameters.chunk(2, 1)
    return shift, MAX_LOG_SCALE * torch.tanh(raw / MAX_LOG_SCALE)
