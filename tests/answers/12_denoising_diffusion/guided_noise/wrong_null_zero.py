# expect: ε_u is taken with label 0
# misconception: label 0 for none
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, 0))
    return u + weight * (c - u)
