# right: one point at a time, in float64
import torch


def masked_autoregressive(values, network, inverse):
    rows, dets = [], []
    for v in values.double():
        v = v[None]
        if inverse:
            t, s = network(v)
            rows.append(((v - t) / s.exp())[0])
            dets.append(-s.sum())
            continue
        x, det = torch.randn_like(v), 0
        for i in range(v.shape[1]):
            t, s = network(x)
            x = torch.cat([x[:, :i], (v * s.exp() + t)[:, i:i + 1], x[:, i + 1:]], dim=1)
            det = det + s[0, i]
        rows.append(x[0])
        dets.append(det)
    return torch.stack(rows), torch.stack(dets)
