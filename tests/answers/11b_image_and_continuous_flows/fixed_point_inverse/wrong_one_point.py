# expect: g takes a float tensor of shape
# misconception: g takes single points
# points: 0
import torch


def fixed_point_inverse(g, x, num_iterations):
    out = []
    for point in x:
        z = point
        for _ in range(num_iterations):
            z = point - g(z)
        out.append(z)
    return torch.stack(out)
