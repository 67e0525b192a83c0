# right: halves of the batch, averaged with their sizes
import torch


def reverse_kl(forward, log_base, log_target, z):
    s = 0
    for part in torch.chunk(z, 3):
        x, d = forward(part)
        s = s + torch.einsum("n->", log_base(part) - d - log_target(x))
    return s.div(z.shape[0])
