# expect: the sign of w is dropped
# misconception: the absolute value of w
# points: 1
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c, u = model(x, t, labels), model(x, t, torch.full_like(labels, null_label))
    return u + abs(weight) * (c - u)
