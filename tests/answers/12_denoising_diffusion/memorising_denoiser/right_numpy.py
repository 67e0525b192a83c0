# right: in numpy
import numpy as np


def memorising_denoiser(x_t, alpha_bar, data):
    x, y, bar = (z.numpy().astype(np.float64) for z in (x_t, data, alpha_bar))
    a = -((x[:, None] / np.sqrt(bar) - y) ** 2).sum(-1) * bar / (2 * (1 - bar))
    w = np.exp(a - a.max(1, keepdims=True))
    return np.einsum("nm,md->nd", w / w.sum(1, keepdims=True), y)
