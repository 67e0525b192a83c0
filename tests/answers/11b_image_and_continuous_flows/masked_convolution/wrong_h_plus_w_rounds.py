# expect: do not arrive
# misconception: information moves one pixel a round, straight to the corner
# points: 2
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    earlier, d = kernel * torch.tensor([[1, 1, 1], [1, 0, 0], [0, 0, 0]]), log_diagonal.exp()
    seen = lambda v: torch.nn.functional.conv2d(v[:, None], earlier[None, None], padding=1)[:, 0]
    if not inverse:
        return values * d + seen(values), log_diagonal.sum().expand(n)
    z = torch.zeros_like(values)
    for _ in range(h + w):
        z = (values - seen(z)) / d
    return z, -log_diagonal.sum().expand(n)
