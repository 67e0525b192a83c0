# expect: x was changed in place
# misconception: moves x by the model without class
# points: 1
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    u = model(x, t, torch.full_like(labels, null_label))
    c = model(x, t, labels)
    x.copy_(u)
    return x + weight * (c - u)
