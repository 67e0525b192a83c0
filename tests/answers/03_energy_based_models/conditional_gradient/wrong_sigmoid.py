# expect: sigmoid
# misconception: one logistic regression a class
# points: 0
import torch


def conditional_gradient(weights, x, y):
    p = torch.sigmoid(x @ weights.T)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (p - hit).T @ x / len(x)
