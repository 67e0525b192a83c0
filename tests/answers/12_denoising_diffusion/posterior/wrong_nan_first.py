# expect: at t = 1 the mean is all zeros
# misconception: precisions without the special case: division by 0 at t = 1 is patched with nan_to_num
# points: 2
import torch


def posterior(x_t, x_0, t, betas):
    beta = betas[t - 1]
    before = torch.prod(1 - betas[:t - 1])
    one, two = (1 - beta) / beta, 1 / (1 - before)
    mean = (one * x_t / (1 - beta).sqrt() + two * before.sqrt() * x_0) / (one + two)
    return torch.nan_to_num(mean), 1 / (one + two)
