# right: time as a tensor with one entry a point, double precision
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    x, e, dt = x.double(), probe.double(), 1 / num_steps
    t, log_p = torch.zeros(len(x), 1, dtype=torch.float64), 0
    for _ in range(num_steps):
        x = x.detach().requires_grad_(True)
        v = velocity(x, t)
        (slope,) = torch.autograd.grad((v * e).sum(), x)
        log_p = log_p + dt * (slope * e).sum(-1)
        x, t = x + dt * v, t + dt
    return log_p + log_base(x), x
