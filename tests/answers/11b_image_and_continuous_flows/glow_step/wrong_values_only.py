# expect: Expected two things
# misconception: forgets log_det
# points: 0
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    v = torch.einsum("ij,njhw->nihw", weight, values * log_scale.exp()[:, None, None] + bias[:, None, None])
    shift, s = network(v[:, :len(bias) // 2])
    return torch.cat([v[:, :len(bias) // 2], v[:, len(bias) // 2:] * s.exp() + shift], 1)
