# expect: the step without its noise is not right: this drift belongs to the other convention, x − (
# misconception: uses the other text's convention throughout: eta/2 and sqrt(eta)
import math
import torch

def langevin_step(energy, x, noise, step_size):
    z = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(energy(z).sum(), z)
    return (z - step_size / 2 * g + math.sqrt(step_size) * noise).detach()
