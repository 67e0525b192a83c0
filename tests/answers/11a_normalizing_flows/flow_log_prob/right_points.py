# right: a loop over points in float64
import torch


def flow_log_prob(layers, log_base, x):
    out = []
    for point in x.double():
        z, terms = point[None], []
        for k in range(len(layers) - 1, -1, -1):
            z, term = layers[k].inverse(z)
            terms.append(term[0])
        out.append(log_base(z)[0] + sum(terms))
    return torch.stack(out).numpy()
