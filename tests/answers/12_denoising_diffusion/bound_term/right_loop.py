# right: row by row, in Python floats
import math


def bound_term(x_0, x_t, eps_hat, t, betas):
    bar = [1.0]
    for b in betas.tolist():
        bar.append(bar[-1] * (1 - b))
    drop = bar[t - 1] / (1 - bar[t - 1]) - bar[t] / (1 - bar[t])
    out = []
    for x, y, e in zip(x_0.tolist(), x_t.tolist(), eps_hat.tolist()):
        out.append(0.5 * drop * sum((xj - (yj - math.sqrt(1 - bar[t]) * ej) / math.sqrt(bar[t])) ** 2
                                    for xj, yj, ej in zip(x, y, e)))
    return out
