# right: row by row
import math

import torch


def convert_prediction(x_t, eps, alpha_bar):
    rows = []
    for x, e, a in zip(x_t, eps, alpha_bar.tolist()):
        x_0 = (x - math.sqrt(1 - a) * e) / math.sqrt(a)
        rows.append((x_0, math.sqrt(a) * e - math.sqrt(1 - a) * x_0, -e / math.sqrt(1 - a)))
    return tuple(torch.stack(column) for column in zip(*rows))
