# expect: not weighted with 1 − w
# misconception: adds the scaled prediction
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, null_label))
    return u + weight * c
