# right: in numpy
import numpy as np


def conditional_gradient(weights, x, y):
    w, x, y = weights.numpy(), x.numpy(), y.numpy()
    s = x @ w.T
    p = np.exp(s - s.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return p.T @ x / len(y)
