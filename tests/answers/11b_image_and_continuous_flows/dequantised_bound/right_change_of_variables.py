# right: the density of levels + noise as a function of its own
import torch


def log_density(log_prob, v, k, dim):
    return log_prob(v / k) + torch.logdet(torch.eye(dim, dtype=v.dtype) / k)


def dequantised_bound(log_prob, levels, noise, log_q, num_levels):
    dim = levels.shape[1]
    log_p = torch.stack([log_density(log_prob, levels + u, num_levels, dim) for u in noise])
    return (log_p - log_q).mean(dim=0)
