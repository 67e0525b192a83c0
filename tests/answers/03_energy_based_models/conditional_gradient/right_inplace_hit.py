# right: inplace hit
import torch

def conditional_gradient(weights, x, y):
    n = len(x)
    r = (x @ weights.t()).softmax(-1)
    r[torch.arange(n), y] -= 1
    return torch.einsum("nk,nd->kd", r, x) / n
