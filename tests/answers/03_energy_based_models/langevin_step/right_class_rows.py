# right: class rows
import torch

class ULA:
    def __init__(self, energy, eta):
        self.energy, self.eta = energy, eta

    def force(self, x):
        with torch.enable_grad():
            z = x.detach().requires_grad_()
            u = self.energy(z)
            total = torch.einsum("i->", u)
            return -torch.autograd.grad(total, [z])[0]

    def step(self, x, noise):
        return x.detach() + self.eta * self.force(x).detach() + (2 * self.eta) ** 0.5 * noise.detach()

def langevin_step(energy, x, noise, step_size):
    return ULA(energy, step_size).step(x, noise)
