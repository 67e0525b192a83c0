# right: log weights by logsumexp, row by row
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    out = []
    for x in x_t:
        logits = -((x - torch.sqrt(alpha_bar) * data) ** 2).sum(1) / (2 * (1 - alpha_bar))
        w = torch.exp(logits - torch.logsumexp(logits, 0))
        out.append((w[:, None] * data).sum(0))
    return torch.stack(out)
