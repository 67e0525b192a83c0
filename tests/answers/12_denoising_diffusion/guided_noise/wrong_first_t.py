# expect: every row has its own t
# misconception: the step of the first row for all
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    step = t[:1].expand(len(x))
    c, u = model(x, step, labels), model(x, step, torch.full_like(labels, null_label))
    return u + weight * (c - u)
