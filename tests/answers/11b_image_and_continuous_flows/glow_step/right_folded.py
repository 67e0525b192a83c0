# right: actnorm folded into the weight
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    full = weight * log_scale.exp()
    offset = weight @ bias
    half = len(bias) // 2
    if not inverse:
        values = torch.einsum("ij,njhw->nihw", full, values) + offset[:, None, None]
    t, s = network(values[:, :half])
    det = values[0, 0].numel() * torch.linalg.slogdet(full)[1] + s.sum((1, 2, 3))
    result = values.clone()
    if inverse:
        result[:, half:] = (values[:, half:] - t) * torch.exp(-s)
        return torch.einsum("ij,njhw->nihw", torch.linalg.inv(full), result - offset[:, None, None]), -det
    result[:, half:] = values[:, half:] * s.exp() + t
    return result, det
