# expect: this is the other convention
# misconception: the paper's own w
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.full_like(labels, null_label))
    return (1 + weight) * c - weight * u
