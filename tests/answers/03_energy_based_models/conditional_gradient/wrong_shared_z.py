# expect: shared over all x
# misconception: one partition function for all x
# points: 0
import torch


def conditional_gradient(weights, x, y):
    s = x @ weights.T
    p = torch.softmax(s.flatten(), 0).reshape(s.shape)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (p - hit).T @ x / len(x)
