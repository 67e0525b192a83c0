# right: loop with Python floats
import math
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    before = 1.0
    for b in betas.tolist()[:t - 1]:
        before *= 1 - b
    beta = float(betas[t - 1])
    now = before * (1 - beta)
    weight = 0.5 * (before / (1 - before) - now / (1 - now))
    out = []
    for x, y, e in zip(x_0, x_t, eps_hat):
        d = x - (y - math.sqrt(1 - now) * e) / math.sqrt(now)
        out.append(weight * torch.dot(d, d))
    return torch.stack(out)
