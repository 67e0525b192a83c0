# right: with Python floats and math
import math


def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    t, s = float(alpha_bar_t), float(alpha_bar_s)
    sigma = eta * math.sqrt((1 - s) / (1 - t) * (1 - t / s))
    x_0 = (x_t - math.sqrt(1 - t) * eps_hat) / math.sqrt(t)
    return math.sqrt(s) * x_0 + math.sqrt(max(1 - s - sigma * sigma, 0.0)) * eps_hat + sigma * noise
