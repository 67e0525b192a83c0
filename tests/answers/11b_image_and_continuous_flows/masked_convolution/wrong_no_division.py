# expect: the division by exp(log_diagonal) is missing
# misconception: forgets to divide
# points: 2
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    earlier = kernel * torch.tensor([[1, 1, 1], [1, 0, 0], [0, 0, 0]])
    log_det = log_diagonal.sum().expand(n)
    d = log_diagonal.exp()
    if not inverse:
        seen = torch.nn.functional.conv2d(values[:, None], earlier[None, None], padding=1)[:, 0]
        return values * d + seen, log_det
    z = values.new_zeros(n, h + 2, w + 2)
    for i in range(h):
        for j in range(w):
            seen = (z[:, i:i + 3, j:j + 3] * earlier).sum(dim=(1, 2))
            z[:, i + 1, j + 1] = values[:, i, j] - seen
    return z[:, 1:-1, 1:-1], -log_det
