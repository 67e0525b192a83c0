# expect: summed over the data
# misconception: summed over the data
# points: 0
import torch


def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, 1)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (p - hit).T @ x
