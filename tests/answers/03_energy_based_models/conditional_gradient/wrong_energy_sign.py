# expect: exponent has the wrong sign
# misconception: p ∝ exp(+U)
# points: 0
import torch


def conditional_gradient(weights, x, y):
    p = torch.softmax(-x @ weights.T, 1)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (p - hit).T @ x / len(x)
