# right: one graph for the whole path
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    z = x.clone().requires_grad_()
    total = 0
    for k in range(num_steps):
        v = velocity(z, k / num_steps)
        row = torch.autograd.grad(v, z, probe, create_graph=True)[0]
        total = total + torch.einsum("ni,ni->n", row, probe)
        z = z + v / num_steps
    return log_base(z) + total / num_steps, z
