# right: Python floats
import math


def ancestral_step(x_t, eps_hat, t, noise, betas):
    beta = betas[t - 1].item()
    before = math.prod(1 - b for b in betas[:t - 1].tolist())
    now = before * (1 - beta)
    mean = x_t / math.sqrt(1 - beta) - beta / math.sqrt((1 - beta) * (1 - now)) * eps_hat
    return mean + math.sqrt(beta * (1 - before) / (1 - now)) * noise
