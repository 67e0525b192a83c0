# right: log densities of torch.distributions
import torch


def memorising_denoiser(x_t, alpha_bar, data):
    means = alpha_bar.sqrt() * data
    logp = torch.distributions.Normal(means, (1 - alpha_bar).sqrt()).log_prob(x_t[:, None, :]).sum(-1)
    return torch.einsum("nm,md->nd", torch.log_softmax(logp, -1).exp(), data)
