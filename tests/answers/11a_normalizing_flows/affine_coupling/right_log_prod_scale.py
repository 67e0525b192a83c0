# right: log of the product of scales, in float64
import torch


def affine_coupling(values, network, num_kept, inverse):
    a, b = values[:, :num_kept], values[:, num_kept:]
    t, s = network(a)
    scale = s.double().exp()
    if inverse:
        return torch.cat([a.double(), (b - t) / scale], 1), scale.reciprocal().log().sum(1)
    return torch.cat([a.double(), b * scale + t], 1), scale.log().sum(1)
