# right: h·w rounds over all pixels
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    k = (kernel * torch.tensor([[1, 1, 1], [1, 0, 0], [0, 0, 0]]))[None, None]
    seen = lambda v: torch.nn.functional.conv2d(v.unsqueeze(1), k, padding=1).squeeze(1)
    log_det = torch.full((n,), float(log_diagonal.sum()))
    if not inverse:
        return log_diagonal.exp() * values + seen(values), log_det
    z = torch.zeros_like(values)
    for _ in range(h * w):
        z = (values - seen(z)) / log_diagonal.exp()
    return z, -log_det
