# expect: only the data term
# misconception: no model term
# points: 0
import torch


def conditional_gradient(weights, x, y):
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return -hit.T @ x / len(x)
