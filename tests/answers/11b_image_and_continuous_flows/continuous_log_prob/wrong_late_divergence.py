# expect: the divergence is taken after the step
# misconception: moves first
# points: 2
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    integral = 0.0
    start = x
    for k in range(num_steps):
        x = x.detach().requires_grad_()
        v = velocity(x, k / num_steps)
        y = (x + v / num_steps).detach().requires_grad_()
        (row,) = torch.autograd.grad(velocity(y, k / num_steps), y, probe)
        integral = integral + (row * probe).sum(dim=1) / num_steps
        x = (x + v / num_steps).detach()
    return log_base(x) + integral, x
