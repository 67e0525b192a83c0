# right: welford
import torch

def natural_parameters(x):
    mean, m2, count = 0.0, 0.0, 0
    for value in x.double():
        count += 1
        delta = value - mean
        mean = mean + delta / count
        m2 = m2 + delta * (value - mean)
    return torch.stack([-mean * count / m2, count / (2 * m2)]).to(x.dtype)
