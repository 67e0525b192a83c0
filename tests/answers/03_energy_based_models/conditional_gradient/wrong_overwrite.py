# expect: where exp overflows; subtract the largest score of each point first
# misconception: fancy-index assignment does not accumulate when a class occurs twice
import torch

def conditional_gradient(weights, x, y):
    g = torch.softmax(x @ weights.T, dim=1).T @ x
    data = torch.zeros_like(weights)
    data[y] += x
    return (g - data) / len(x)
