# expect: θ should be about
# misconception: a hundred steps of gradient descent from (0, 1/2) are as good as the optimum
import torch

def natural_parameters(x):
    t = torch.tensor([0.0, 0.5], dtype=x.dtype)
    m1, m2 = x.mean(), (x * x).mean()
    for _ in range(100):
        v = 1 / (2 * t[1])
        m = -t[0] * v
        g = torch.stack([m1 - m, m2 - (m * m + v)])
        t = t - 0.01 * g
        t[1] = t[1].clamp(min=0.01)
    return t
