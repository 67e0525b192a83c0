# right: labels and nulls interleaved, then a weighted sum over the pair
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    pair = torch.stack([labels, torch.full_like(labels, null_label)], dim=1).reshape(-1)
    out = model(x.repeat_interleave(2, 0), t.repeat_interleave(2), pair).reshape(len(x), 2, -1)
    return torch.einsum("npd,p->nd", out, torch.tensor([weight, 1 - weight], dtype=out.dtype))
