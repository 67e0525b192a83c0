# expect: the null label used twice
# misconception: asks for no class both times
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, torch.full_like(labels, null_label))
    u = model(x, t, torch.full_like(labels, null_label))
    return u + weight * (c - u)
