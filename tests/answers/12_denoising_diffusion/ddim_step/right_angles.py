# right: cos and sin of the share of new noise
import torch


def ddim_step(x_t, eps_hat, alpha_bar_t, alpha_bar_s, eta, noise):
    share = eta * ((1 - alpha_bar_t / alpha_bar_s) / (1 - alpha_bar_t)).sqrt()
    phi = torch.arcsin(share)
    x_0 = (x_t - (1 - alpha_bar_t).sqrt() * eps_hat) / alpha_bar_t.sqrt()
    return alpha_bar_s.sqrt() * x_0 + (1 - alpha_bar_s).sqrt() * (torch.cos(phi) * eps_hat + torch.sin(phi) * noise)
