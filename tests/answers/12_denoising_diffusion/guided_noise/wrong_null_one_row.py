# expect: ε_u is that of the first row
# misconception: one null label for the whole batch
# points: 0
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    c = model(x, t, labels)
    u = model(x[:1], t[:1], torch.tensor([null_label]))
    return u + weight * (c - u)
