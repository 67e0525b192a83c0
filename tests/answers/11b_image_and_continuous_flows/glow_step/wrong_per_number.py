# expect: per number
# misconception: divides by c·h·w
# points: 2
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    n, c, h, w = values.shape
    half = c // 2
    a, b = log_scale[:, None, None], bias[:, None, None]
    logabs = torch.linalg.slogdet(weight).logabsdet
    mix = lambda matrix, v: torch.einsum("ij,njhw->nihw", matrix, v)
    if not inverse:
        v = values * a.exp() + b
        v = mix(weight, v)
        kept, rest = v[:, :half], v[:, half:]
        shift, s = network(kept)
        log_det = (h * w * (log_scale.sum() + logabs) + s.sum(dim=(1, 2, 3))) / (c * h * w)
        return torch.cat([kept, rest * s.exp() + shift], dim=1), log_det
    kept, rest = values[:, :half], values[:, half:]
    shift, s = network(kept)
    log_det = (h * w * (log_scale.sum() + logabs) + s.sum(dim=(1, 2, 3))) / (c * h * w)
    v = torch.cat([kept, (rest - shift) * (-s).exp()], dim=1)
    v = mix(torch.linalg.inv(weight), v)
    return (v - b) * (-a).exp(), -log_det
