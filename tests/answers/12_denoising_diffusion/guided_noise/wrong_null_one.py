# expect: labels should be
# misconception: one null label for the whole batch
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x, t, torch.tensor([null_label]))
    return u + weight * (c - u)
