# expect: in the wrong order
# misconception: undoes the layers in the order of the forward pass
# points: 1
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    h, w, half = *values.shape[2:], values.shape[1] // 2
    a, b = log_scale[:, None, None], bias[:, None, None]
    if inverse:
        v = torch.einsum("ij,njhw->nihw", torch.linalg.inv(weight), (values - b) / a.exp())
    else:
        v = torch.einsum("ij,njhw->nihw", weight, values * a.exp() + b)
    kept, rest = v[:, :half], v[:, half:]
    shift, s = network(kept)
    rest = (rest - shift) / s.exp() if inverse else rest * s.exp() + shift
    det = h * w * (log_scale.sum() + torch.linalg.slogdet(weight)[1]) + s.sum((1, 2, 3))
    return torch.cat([kept, rest], 1), -det if inverse else det
