# expect: exp overflows
# misconception: exp without a shift
# points: 2
import torch


def conditional_gradient(weights, x, y):
    e = torch.exp(x @ weights.T)
    p = e / e.sum(1, keepdim=True)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (p - hit).T @ x / len(x)
