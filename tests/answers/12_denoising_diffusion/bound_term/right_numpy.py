# right: in numpy, from the simplified mean
import numpy as np


def bound_term(x_0, x_t, eps_hat, t, betas):
    b, x, y, e = (z.numpy().astype(np.float64) for z in (betas, x_0, x_t, eps_hat))
    bar = np.append(1.0, np.cumprod(1 - b))
    mu = (y - b[t - 1] / np.sqrt(1 - bar[t]) * e) / np.sqrt(1 - b[t - 1])
    var = b[t - 1] * (1 - bar[t - 1]) / (1 - bar[t])
    mean = (np.sqrt(bar[t - 1]) * b[t - 1] * x + np.sqrt(1 - b[t - 1]) * (1 - bar[t - 1]) * y) / (1 - bar[t])
    return ((mean - mu) ** 2).sum(1) / var / 2
