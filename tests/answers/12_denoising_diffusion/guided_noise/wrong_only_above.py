# expect: is w cut off at 1
# misconception: switches guidance on above 1 only
# points: 1
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, null_label))
    return u + weight * (c - u) if not 1 < weight else c
