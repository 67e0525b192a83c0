# right: row by row
import torch


def denoising_loss(model, x_0, t, noise, betas):
    losses = []
    for i in range(len(x_0)):
        a = torch.prod(1 - betas[:t[i]])
        x = (a.sqrt() * x_0[i] + (1 - a).sqrt() * noise[i])[None]
        losses.append(torch.nn.functional.mse_loss(model(x, t[i:i + 1])[0], noise[i]))
    return torch.stack(losses)
