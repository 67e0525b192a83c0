# right: row by row
import torch


def guided_noise(model, x, t, labels, null_label, weight):
    null = torch.tensor([null_label])
    rows = []
    for i in range(len(x)):
        c, u = model(x[i:i + 1], t[i:i + 1], labels[i:i + 1]), model(x[i:i + 1], t[i:i + 1], null)
        rows.append(c[0] + (weight - 1) * (c[0] - u[0]))
    return torch.stack(rows)
