# right: no more rounds than the longest chain of pixels
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    k = kernel.double() * torch.tensor([[1, 1, 1], [1, 0, 0], [0, 0, 0]])
    d, x = log_diagonal.double(), values.double()
    pad = lambda v: torch.nn.functional.pad(v, (1, 1, 1, 1))
    seen = lambda v: sum(k[a, b] * pad(v)[:, a:a + h, b:b + w] for a in range(3) for b in range(3))
    if not inverse:
        return x * d.exp() + seen(x), d.sum().expand(n)
    z = x
    for _ in range(w + 2 * (h - 1)):
        z = (x - seen(z)) * (-d).exp()
    return z, -d.sum().expand(n)
