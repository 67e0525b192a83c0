# expect: ε_u is missing
# misconception: only the difference
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, null_label))
    return weight * (c - u)
