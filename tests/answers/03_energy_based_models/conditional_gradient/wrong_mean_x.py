# expect: where exp overflows; subtract the largest score of each point first
# misconception: the mean residual times the mean input
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return torch.outer((p - hit).mean(0), x.mean(0))
