# right: torch.distributions in double precision
import torch


def bound_term(x_0, x_t, eps_hat, t, betas):
    betas, x_0, x_t, eps_hat = betas.double(), x_0.double(), x_t.double(), eps_hat.double()
    bar = torch.cumprod(1 - betas, dim=0)
    beta, now, before = betas[t - 1], bar[t - 1], bar[t - 2]
    variance = beta * (1 - before) / (1 - now)
    guess = (x_t - (1 - now).sqrt() * eps_hat) / now.sqrt()
    a, b = before.sqrt() * beta / (1 - now), (1 - beta).sqrt() * (1 - before) / (1 - now)
    q = torch.distributions.Normal(a * x_0 + b * x_t, variance.sqrt())
    p = torch.distributions.Normal(a * guess + b * x_t, variance.sqrt())
    return torch.distributions.kl_divergence(q, p).sum(-1)
