# right: in Python floats
import math

import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    now = 1.0
    for beta in betas[:t].tolist():
        before, now = now, now * (1 - beta)
    sd = math.sqrt(beta * (1 - before) / (1 - now))
    rows = [[(x - beta / math.sqrt(1 - now) * e) / math.sqrt(1 - beta) + sd * z for x, e, z in zip(*row)]
            for row in zip(x_t.tolist(), eps_hat.tolist(), noise.tolist())]
    return torch.tensor(rows, dtype=x_t.dtype)
