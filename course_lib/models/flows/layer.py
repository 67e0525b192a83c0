"""What every layer of a normalizing flow is: a map that can be undone, with the logarithm of its change of volume."""

from torch import Tensor, nn


class FlowLayer(nn.Module):
    """An invertible, differentiable map x = T(z) between latent z and data x, both (n, dim).

        forward(z) -> (x, log|det dx/dz|),   inverse(x) -> (z, log|det dz/dx|)

    Both log-determinants have shape (n,), one number a point, and cancel at the same pair (z, x). `forward` is the way
    from the latent to the data (sampling), `inverse` the way back (the density).
    """

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """From the latent to the data: (n, dim) -> x of the same shape and log|det dx/dz|, (n,)."""
        raise NotImplementedError

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """From the data to the latent: (n, dim) -> z of the same shape and log|det dz/dx|, (n,)."""
        raise NotImplementedError


class Inverted(FlowLayer):
    """The same map the other way round: its `forward` is the layer's `inverse`.

    It decides which of the two directions is cheap: MAF is fast from the data to the latent, MAF inverted is IAF
    (Kingma and others, 2016, arXiv:1606.04934), fast from the latent to the data.
    """

    def __init__(self, layer: FlowLayer):
        super().__init__()
        self.layer = layer

    def forward(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """The layer's inverse at z: (n, dim) -> x and log|det dx/dz|, (n,)."""
        return self.layer.inverse(z)

    def inverse(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The layer's forward at x: (n, dim) -> z and log|det dz/dx|, (n,)."""
        return self.layer(x)
