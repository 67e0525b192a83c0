# right: with the score, Tweedie style
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now = betas[t - 1], bar[t - 1]
    score = -eps_hat / (1 - now).sqrt()
    mean = (x_t + beta * score) / (1 - beta).sqrt()
    sd = torch.sqrt(beta * (1 - torch.prod(1 - betas[:t - 1])) / (1 - now))
    return torch.normal(mean, torch.zeros_like(mean)) + sd * noise
