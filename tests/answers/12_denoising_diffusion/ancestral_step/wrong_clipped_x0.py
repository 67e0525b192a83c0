# expect: the step without its noise should be about
# misconception: clips the predicted data to -1 ... 1
# points: 1
import torch


def ancestral_step(x_t, eps_hat, t, noise, betas):
    bar = torch.cat([torch.ones_like(betas[:1]), torch.cumprod(1 - betas, dim=0)])
    beta, now, before = betas[t - 1], bar[t], bar[t - 1]
    x_0 = ((x_t - (1 - now).sqrt() * eps_hat) / now.sqrt()).clamp(-1, 1)
    mean = before.sqrt() * beta / (1 - now) * x_0 + (1 - beta).sqrt() * (1 - before) / (1 - now) * x_t
    return mean + (beta * (1 - before) / (1 - now)) ** 0.5 * noise
