# right: two branches, and the noise with a minus sign
import torch


def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    x_0 = (x_t - (1 - alpha_bar_t).sqrt() * eps_hat) / alpha_bar_t.sqrt()
    if eta == 0:
        return alpha_bar_s.sqrt() * x_0 + (1 - alpha_bar_s).sqrt() * eps_hat
    sigma = eta * ((1 - alpha_bar_s) / (1 - alpha_bar_t)).sqrt() * (1 - alpha_bar_t / alpha_bar_s).sqrt()
    return alpha_bar_s.sqrt() * x_0 + (1 - alpha_bar_s - sigma ** 2).sqrt() * eps_hat - sigma * noise
