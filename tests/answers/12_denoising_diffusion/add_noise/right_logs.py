# right: through a sum of logarithms
import torch


def add_noise(x_0, t, noise, betas):
    a = torch.exp(torch.log1p(-betas.double()).cumsum(0))[t - 1]
    return torch.einsum("i,ij->ij", a.sqrt(), x_0.double()) + torch.einsum("i,ij->ij", (1 - a).sqrt(), noise.double())
