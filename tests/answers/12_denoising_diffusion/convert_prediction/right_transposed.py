# right: coordinates first, then back
import torch


def convert_prediction(x_t, eps, alpha_bar):
    s, n = alpha_bar ** 0.5, (1 - alpha_bar) ** 0.5
    x_0 = ((x_t.T - n * eps.T) / s).T
    return x_0, (s * eps.T).T - (n * x_0.T).T, -(eps.T / n).T
