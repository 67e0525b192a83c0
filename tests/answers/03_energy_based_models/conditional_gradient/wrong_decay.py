# expect: where exp overflows; subtract the largest score of each point first
# misconception: adds weight decay
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x / x.shape[0] + 0.01 * weights
