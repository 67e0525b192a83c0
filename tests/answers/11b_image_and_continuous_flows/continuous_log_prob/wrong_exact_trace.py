# expect: this uses the exact divergence
# misconception: ignores the probe
# points: 1
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    total = 0
    for k in range(num_steps):
        one = lambda u: velocity(u[None], k / num_steps)[0]
        total = total + torch.stack([torch.func.jacrev(one)(point).trace() for point in x]) / num_steps
        x = x + velocity(x, k / num_steps) / num_steps
    return log_base(x) + total, x
