# right: σ² as η² times the variance of the posterior
import torch


def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    t, s = alpha_bar_t.double(), alpha_bar_s.double()
    beta = 1 - t / s
    variance = eta ** 2 * beta * (1 - s) / (1 - t)
    level = (t.rsqrt() * s.sqrt())
    direction = (1 - s - variance).sqrt() - level * (1 - t).sqrt()
    return level * x_t + direction * eps_hat + torch.sqrt(variance) * noise
