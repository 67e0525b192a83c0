# right: the direction factored, so that no difference of small numbers is left
import torch


def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    ratio = (1 - alpha_bar_t / alpha_bar_s) / (1 - alpha_bar_t)
    x_0 = (x_t - (1 - alpha_bar_t).sqrt() * eps_hat) / alpha_bar_t.sqrt()
    level = torch.sqrt(1 - alpha_bar_s)
    return alpha_bar_s.sqrt() * x_0 + level * ((1 - eta ** 2 * ratio).sqrt() * eps_hat + eta * ratio.sqrt() * noise)
