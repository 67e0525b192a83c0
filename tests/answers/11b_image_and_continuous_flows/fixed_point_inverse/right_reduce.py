# right: in place, on a copy
import torch


def fixed_point_inverse(g, x, num_iterations):
    z = x.clone()
    with torch.no_grad():
        for _ in range(num_iterations):
            z.copy_(x - g(z))
    return z
