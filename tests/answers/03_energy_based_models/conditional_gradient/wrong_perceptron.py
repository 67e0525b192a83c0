# expect: best class only
# misconception: the best class stands for the expectation
# points: 0
import torch


def conditional_gradient(weights, x, y):
    best = torch.nn.functional.one_hot((x @ weights.T).argmax(1), len(weights)).to(x)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (best - hit).T @ x / len(x)
