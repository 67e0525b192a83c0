# expect: where exp overflows; subtract the largest score of each point first
# misconception: exponentiates the raw scores, inf/inf for large ones
import torch

def conditional_gradient(weights, x, y):
    e = torch.exp(x @ weights.T)
    p = e / e.sum(dim=1, keepdim=True)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x / x.shape[0]
