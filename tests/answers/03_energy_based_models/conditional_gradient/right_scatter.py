# right: scatter
import torch

def conditional_gradient(weights, x, y, reduction="mean"):
    s = torch.nn.functional.linear(x, weights)
    s = s - s.amax(1, keepdim=True)
    e = torch.exp(s)
    r = e / e.sum(1, keepdim=True)
    r = r.scatter_add(1, y[:, None], -torch.ones_like(r[:, :1]))
    g = torch.tensordot(r, x, dims=([0], [0]))
    return g / len(y) if reduction == "mean" else g
