# right: the rows of each t together
import torch


def denoising_loss(model, x_0, t, noise, betas):
    out = torch.zeros_like(x_0[:, 0])
    for step in t.unique():
        rows = (t == step).nonzero()[:, 0]
        a = torch.prod(1 - betas[:step])
        x = a.sqrt() * x_0[rows] + (1 - a).sqrt() * noise[rows]
        out = out.index_add(0, rows, (model(x, t[rows]) - noise[rows]).pow(2).mean(1))
    return out
