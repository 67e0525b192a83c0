# right: per class
import torch

def conditional_gradient(weights, x, y):
    scores = torch.stack([x.mv(w) for w in weights], dim=1)
    log_z = torch.logsumexp(scores, dim=1)
    rows = []
    for k in range(weights.shape[0]):
        residual = torch.exp(scores[:, k] - log_z) - (y == k).to(x.dtype)
        rows.append((residual[:, None] * x).mean(dim=0))
    return torch.stack(rows)
