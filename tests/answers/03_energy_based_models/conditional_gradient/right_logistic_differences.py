# right: logistic differences
import torch

def conditional_gradient(weights, x, y):
    # p_k = 1 / sum_j exp(s_j - s_k): infinite denominators give 0, and the term j = k keeps it >= 1
    s = (x @ weights.T).double()
    p = 1 / torch.exp(s[:, None, :] - s[:, :, None]).sum(dim=2)
    hit = (y[:, None] == torch.arange(weights.shape[0])[None, :]).double()
    return ((p - hit)[:, :, None] * x.double()[:, None, :]).mean(0).to(x.dtype)
