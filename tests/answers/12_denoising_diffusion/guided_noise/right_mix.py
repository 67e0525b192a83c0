# right: as a mix with the weights w and 1 - w
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, null_label))
    return weight * c + (1 - weight) * u
