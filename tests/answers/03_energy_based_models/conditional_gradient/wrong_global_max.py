# expect: where exp overflows; subtract the largest score of each point first
# misconception: subtracting the one maximum of the whole score matrix is stable
import torch

def conditional_gradient(weights, x, y):
    s = x @ weights.T
    e = torch.exp(s - s.max())
    p = e / e.sum(dim=1, keepdim=True)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x / x.shape[0]
