"""Layers whose first weights come from a generator, whatever the global random state."""

from math import sqrt

import torch
from torch import nn
from torch.nn.utils import skip_init

from course_lib.inputs import require


def draw_weights(network: nn.Module, generator: torch.Generator | None = None) -> None:
    """Weights and biases ~ Uniform(-b, b), b = 1 / sqrt(inputs of one unit), for every linear and convolutional layer.

    Raises `InputError` if the generator is on another device than the weights.
    """
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            device = layer.weight.device
            require(generator is None or generator.device.type == device.type, f"generator on {device}, like the weights",
                    f"one on {generator and generator.device}", f"make it with make_generator(seed, device='{device}')")
            bound = 1 / sqrt(layer.weight[0].numel())
            nn.init.uniform_(layer.weight, -bound, bound, generator=generator)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)


def linear(num_in: int, num_out: int, **where) -> nn.Linear:
    """A linear layer not yet drawn (torch's own first draw would move the global random state)."""
    return skip_init(nn.Linear, num_in, num_out, **where)


def conv(channels_in: int, channels_out: int, stride: int, **where) -> nn.Conv2d:
    """A 3x3 convolution with padding 1, not yet drawn."""
    return skip_init(nn.Conv2d, channels_in, channels_out, kernel_size=3, stride=stride, padding=1, **where)
