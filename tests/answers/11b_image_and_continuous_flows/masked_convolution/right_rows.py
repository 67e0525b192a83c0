# right: rows above by slices, the left neighbour one by one
import torch


def masked_convolution(values, kernel, log_diagonal, inverse):
    n, h, w = values.shape
    k, scale = kernel, log_diagonal.exp()
    z = [[None] * w for _ in range(h)]
    zero = torch.zeros(n, dtype=values.dtype)
    given = lambda i, j: zero if i < 0 or j < 0 or j >= w else (z[i][j] if inverse else values[:, i, j])
    out = [[None] * w for _ in range(h)]
    for i in range(h):
        for j in range(w):
            seen = (k[0, 0] * given(i - 1, j - 1) + k[0, 1] * given(i - 1, j) + k[0, 2] * given(i - 1, j + 1)
                    + k[1, 0] * given(i, j - 1))
            z[i][j] = out[i][j] = (values[:, i, j] - seen) / scale[i, j] if inverse else values[:, i, j] * scale[i, j] + seen
    sign = -1 if inverse else 1
    return torch.stack([torch.stack(row, -1) for row in out], 1), torch.stack([sign * log_diagonal.sum()] * n)
