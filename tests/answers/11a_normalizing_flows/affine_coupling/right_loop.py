# right: a loop over points and coordinates
import torch


def affine_coupling(values, network, num_kept, inverse):
    rows, dets = [], []
    for v in values:
        t, s = (o[0] for o in network(v[:num_kept][None]))
        row, det = list(v[:num_kept]), 0.0
        for i in range(len(s)):
            u = v[num_kept + i]
            row.append((u - t[i]) / torch.exp(s[i]) if inverse else u * torch.exp(s[i]) + t[i])
            det = det - s[i] if inverse else det + s[i]
        rows.append(torch.stack(row))
        dets.append(det)
    return torch.stack(rows), torch.stack(dets)
