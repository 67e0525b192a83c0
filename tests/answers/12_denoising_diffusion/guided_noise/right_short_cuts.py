# right: one call where one is enough
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    if weight == 1:
        return model(x, t, labels)
    without = model(x, t, torch.full_like(labels, null_label))
    if weight == 0:
        return without
    return model(x, t, labels) + (weight - 1) * (model(x, t, labels) - without)
