# expect: log|log_scale| is added up
# misconception: scale used without exp, log_det log|s|
import torch


def affine_coupling(values, network, num_kept, inverse):
    k, r = values[:, :num_kept], values[:, num_kept:]
    t, s = network(k)
    r = (r - t) / s if inverse else r * s + t
    d = s.abs().log().sum(1)
    return torch.cat([k, r], 1), -d if inverse else d
