# right: torch.lerp
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    null = labels.clone().fill_(null_label)
    return torch.lerp(model(x, t, null), model(x, t, labels), weight)
