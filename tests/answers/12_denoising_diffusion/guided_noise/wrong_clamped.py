# expect: is w cut off at 1
# misconception: clamps w to [0, 1]
# points: 1
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, null_label))
    return u + min(max(weight, 0.0), 1.0) * (c - u)
