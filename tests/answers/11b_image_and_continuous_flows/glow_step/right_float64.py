# right: double precision, channels last
import torch


def glow_step(values, log_scale, bias, weight, network, inverse):
    v = values.double().permute(0, 2, 3, 1)
    w, a, b = weight.double(), log_scale.double(), bias.double()
    half, pixels = len(a) // 2, v.shape[1] * v.shape[2]
    if not inverse:
        v = (v * a.exp() + b) @ w.T
    t, s = (r.permute(0, 2, 3, 1) for r in network(v[..., :half].permute(0, 3, 1, 2)))
    log_det = pixels * (a.sum() + torch.linalg.slogdet(w)[1]) + s.sum((1, 2, 3))
    if not inverse:
        v = torch.cat([v[..., :half], v[..., half:] * s.exp() + t], -1)
        return v.permute(0, 3, 1, 2), log_det
    v = torch.cat([v[..., :half], (v[..., half:] - t) / s.exp()], -1) @ torch.linalg.inv(w).T
    return ((v - b) / a.exp()).permute(0, 3, 1, 2), -log_det
