# right: in numpy, a list
import numpy as np


def convert_prediction(x_t, eps, alpha_bar):
    x, e, a = (z.numpy().astype(np.float64) for z in (x_t, eps, alpha_bar))
    a = a.reshape(-1, 1)
    x_0 = x / np.sqrt(a) - np.sqrt(1 / a - 1) * e
    return [x_0, np.sqrt(a) * e - np.sqrt(1 - a) * x_0, (np.sqrt(a) * x_0 - x) / (1 - a)]
