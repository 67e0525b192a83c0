# expect: the gradient of the loss is not right: the samples are weighted with exp(−U) once more, bu
# misconception: estimates log Z by the log mean of exp(-U) over the model's own draws
import math
import torch

def contrastive_loss(energy, x_data, x_model):
    u = energy(x_model.detach())
    return energy(x_data).mean() + torch.logsumexp(-u, 0) - math.log(len(u))
