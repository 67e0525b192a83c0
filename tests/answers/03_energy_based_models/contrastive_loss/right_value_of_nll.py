# right: value of nll
import torch

def contrastive_loss(energy, x_data, x_model):
    # gradient of the difference, value of a pseudo likelihood: only the gradient counts
    u_data, u_model = energy(x_data), energy(x_model.data)
    value = u_data.mean() + torch.logsumexp(-u_model, 0)
    surrogate = u_data.mean() - u_model.mean()
    return value.detach() + (surrogate - surrogate.detach())
