# right: vjp in double precision, numpy at the end
import numpy as np
import torch


def residual_log_det(g, z, probes, num_terms):
    _, pull = torch.func.vjp(g, z.double())
    terms = []
    for v in probes.double():
        w, rows = v, []
        for _ in range(num_terms):
            (w,) = pull(w)
            rows.append((w * v).sum(1).numpy())
        terms.append(rows)
    k = np.arange(1, num_terms + 1)
    return np.einsum("k,pkn->n", (-1.0) ** (k + 1) / k, np.array(terms)) / len(probes)
