# expect: the null label among them
# misconception: null label one after the largest label
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c, u = model(x, t, labels), model(x, t, torch.full_like(labels, int(labels.max()) + 1))
    return u + weight * (c - u)
