# right: one call with a doubled batch
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    both = model(torch.cat([x, x]), torch.cat([t, t]), torch.cat([labels, torch.full_like(labels, null_label)]))
    c, u = both.chunk(2)
    return torch.lerp(u, c, weight)
