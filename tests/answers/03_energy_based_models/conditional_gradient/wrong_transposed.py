# expect: transposed
# misconception: (dim, K)
# points: 0
import torch


def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, 1)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return x.T @ (p - hit) / len(x)
