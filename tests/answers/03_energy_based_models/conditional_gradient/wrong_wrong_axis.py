# expect: normalised over the data
# misconception: softmax over the points
# points: 0
import torch


def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, 0)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (p - hit).T @ x / len(x)
