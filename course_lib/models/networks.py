"""Plain networks inside other models."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course_lib.inputs import describe, require, require_count
from course_lib.models.initialisation import draw_weights, linear


class MLP(nn.Module):
    """A fully connected network, with a bend `a` between its layers: (n, num_in) -> (n, num_out).

        h_0 = x,   h_k = a(W_k h_{k-1} + b_k),   y = W h + b

    hidden: the widths of the hidden layers, as many as there are numbers. zero_last: W and b start at 0, so that the
    network starts as the function 0 whatever the rest is. activation: a; SiLU is smooth, ReLU makes sharp edges.
    generator: on `device`; same seed, same weights.
    Raises `InputError` for sizes that are no whole numbers of at least 1.
    """

    def __init__(self, num_in: int, num_out: int, hidden: Sequence[int] = (64, 64), zero_last: bool = False, *,
                 activation: type[nn.Module] = nn.SiLU, generator: torch.Generator | None = None,
                 device: str | torch.device = "cpu", dtype: torch.dtype = torch.float32):
        super().__init__()
        require_count("num_in", num_in)
        require_count("num_out", num_out)
        widths = [num_in, *require_hidden(hidden)]
        layers = []
        for a, b in zip(widths, widths[1:]):
            layers += [linear(a, b, device=device, dtype=dtype), activation()]
        self.net = nn.Sequential(*layers, linear(widths[-1], num_out, device=device, dtype=dtype))
        draw_weights(self.net, generator)
        if zero_last:
            zero(self.net[-1])

    def forward(self, x: Tensor) -> Tensor:
        """The value at every point: (..., num_in) -> (..., num_out)."""
        return self.net(x)


def require_hidden(hidden: Sequence[int], minimum: int = 1) -> tuple[int, ...]:
    """The widths of the hidden layers as a tuple; `InputError` unless there is one or more, each of at least `minimum`."""
    require(isinstance(hidden, (tuple, list)) and len(hidden) > 0,
            "hidden to be the widths of the hidden layers, at least one", describe(hidden),
            "pass for instance hidden=(64, 64)")
    for width in hidden:
        require_count("every width in hidden", width, minimum)
    return tuple(hidden)


def zero(layer: nn.Module) -> None:
    """Set weight and bias of a layer to 0."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
