# expect: ε_u is taken with
# misconception: thinks that the null label is always the last
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, -1))
    return u + weight * (c - u)
