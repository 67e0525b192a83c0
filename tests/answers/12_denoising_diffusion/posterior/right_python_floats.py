# right: plain Python numbers for the coefficients
import math


def posterior(x_t, x_0, t, betas):
    before = 1.0
    for b in betas.tolist()[:t - 1]:
        before *= 1 - b
    beta = float(betas[t - 1])
    now = before * (1 - beta)
    c_0 = math.sqrt(before) * beta / (1 - now)
    c_t = math.sqrt(1 - beta) * (1 - before) / (1 - now)
    return c_0 * x_0 + c_t * x_t, (1 - before) / (1 - now) * beta
