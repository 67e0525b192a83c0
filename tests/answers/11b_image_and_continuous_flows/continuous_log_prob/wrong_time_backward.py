# expect: here time runs from 1 to 0
# misconception: t from 1 to 0
# points: 0
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    integral = 0.0
    start = x
    for k in range(num_steps):
        x = x.detach().requires_grad_()
        v = velocity(x, 1 - k / num_steps)
        (row,) = torch.autograd.grad(v, x, probe)
        integral = integral + (row * probe).sum(dim=1) / num_steps
        x = (x + v / num_steps).detach()
    return log_base(x) + integral, x
