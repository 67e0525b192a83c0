# expect: and their sign is wrong
# misconception: subtracts the sum of divergences
# points: 1
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    integral = 0.0
    start = x
    for k in range(num_steps):
        x = x.detach().requires_grad_()
        v = velocity(x, k / num_steps)
        (row,) = torch.autograd.grad(v, x, probe)
        integral = integral - (row * probe).sum(dim=1)
        x = (x + v / num_steps).detach()
    return log_base(x) + integral, x
