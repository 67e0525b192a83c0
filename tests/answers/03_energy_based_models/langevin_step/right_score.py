# right: through log p = −U
import torch


def langevin_step(energy, x, noise, step_size):
    with torch.enable_grad():
        z = x.detach().requires_grad_()
        log_prob = -energy(z)
        score = torch.autograd.grad(log_prob, z, torch.ones_like(log_prob))[0]
    return x + step_size * score + torch.sqrt(torch.tensor(2 * step_size)) * noise
