# right: in numpy, variance as a Python float
import numpy as np


def posterior(x_t, x_0, t, betas):
    b = betas.numpy().astype(float)
    bar = np.concatenate([[1.0], np.cumprod(1 - b)])
    a, now, before = 1 - b[t - 1], bar[t], bar[t - 1]
    mean = np.sqrt(before) * b[t - 1] / (1 - now) * x_0.numpy() + np.sqrt(a) * (1 - before) / (1 - now) * x_t.numpy()
    return mean, float((1 - before) / (1 - now) * b[t - 1])
