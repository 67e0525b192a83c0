# right: python loops
import torch


def affine_coupling(values, network, num_kept, inverse):
    n, dim = values.shape
    t, s = network(values[:, :num_kept])
    out = values.clone(); d = torch.zeros(n, dtype=values.dtype)
    for i in range(n):
        for j in range(dim - num_kept):
            e = torch.exp(s[i, j])
            if inverse:
                out[i, num_kept + j] = (values[i, num_kept + j] - t[i, j]) / e
                d[i] -= s[i, j]
            else:
                out[i, num_kept + j] = torch.addcmul(t[i, j], values[i, num_kept + j], e)
                d[i] += s[i, j]
    return out, d
