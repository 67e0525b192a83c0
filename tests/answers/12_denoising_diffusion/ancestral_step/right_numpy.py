# right: in numpy, float64
import numpy as np


def ancestral_step(x_t, eps_hat, t, noise, betas):
    b, x, e, z = (a.numpy().astype(np.float64) for a in (betas, x_t, eps_hat, noise))
    bar = np.append(1.0, np.cumprod(1 - b))
    mu = (x - b[t - 1] * e / np.sqrt(1 - bar[t])) / np.sqrt(1 - b[t - 1])
    return mu + np.sqrt(b[t - 1] * (1 - bar[t - 1]) / (1 - bar[t])) * z
