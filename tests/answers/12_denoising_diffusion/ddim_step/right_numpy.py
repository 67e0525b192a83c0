# right: in numpy
import numpy as np


def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    t, s = np.float64(alpha_bar_t), np.float64(alpha_bar_s)
    sigma = eta * np.sqrt((1 - s) / (1 - t)) * np.sqrt(1 - t / s)
    x_0 = (x_t.numpy() - np.sqrt(1 - t) * eps_hat.numpy()) / np.sqrt(t)
    return np.sqrt(s) * x_0 + np.sqrt(1 - s - sigma**2) * eps_hat.numpy() + sigma * noise.numpy()
