# right: row by row in Python floats
import math

import torch


def memorising_denoiser(x_t, alpha_bar, data):
    bar, points, rows = float(alpha_bar), data.tolist(), []
    for x in x_t.tolist():
        a = [-sum((xj - math.sqrt(bar) * yj) ** 2 for xj, yj in zip(x, y)) / (2 * (1 - bar)) for y in points]
        w = [math.exp(ai - max(a)) for ai in a]
        rows.append([sum(wi * y[j] for wi, y in zip(w, points)) / sum(w) for j in range(len(x))])
    return torch.tensor(rows)
