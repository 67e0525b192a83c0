# right: backward() on a fresh leaf, numpy at the end
import numpy as np
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    z = x.clone()
    integral = np.zeros(len(x))
    for k in range(num_steps):
        leaf = z.clone().requires_grad_()
        v = velocity(leaf, torch.tensor(k / num_steps))
        torch.sum(v * probe).backward()
        integral += (leaf.grad * probe).sum(1).numpy() / num_steps
        z = z + v.detach() / num_steps
    return log_base(z).numpy() + integral, z.numpy()
