# expect: is a negative w cut off at 0
# misconception: a negative w counts as 0
# points: 1
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c, u = model(x, t, labels), model(x, t, torch.full_like(labels, null_label))
    return u + max(weight, 0.0) * (c - u)
