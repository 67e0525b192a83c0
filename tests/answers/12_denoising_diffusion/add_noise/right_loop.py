# right: point by point, in Python floats
import math

import torch


def add_noise(x_0, t, noise, betas):
    rows = []
    for x, step, e in zip(x_0, t, noise):
        product = 1.0
        for beta in betas[:int(step)].tolist():
            product *= 1 - beta
        rows.append(math.sqrt(product) * x + math.sqrt(1 - product) * e)
    return torch.stack(rows)
