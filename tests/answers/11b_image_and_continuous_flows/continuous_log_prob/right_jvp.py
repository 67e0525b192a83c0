# right: forward mode
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    total = torch.zeros(len(x), dtype=x.dtype)
    for k in range(num_steps):
        v, jv = torch.func.jvp(lambda u: velocity(u, k / num_steps), (x,), (probe,))
        total = total + (probe * jv).sum(1)
        x = x + v / num_steps
    return log_base(x) + total / num_steps, x
