# right: in numpy, float64, returning an array
import numpy as np


def add_noise(x_0, t, noise, betas):
    bar = np.cumprod(1 - betas.numpy().astype(np.float64))[t.numpy() - 1].reshape(-1, 1)
    return np.sqrt(bar) * x_0.numpy() + np.sqrt(1 - bar) * noise.numpy()
