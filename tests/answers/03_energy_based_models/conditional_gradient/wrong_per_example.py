# expect: an axis is left over: sum or average over it
# misconception: returns one gradient per example, not their mean
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit)[:, :, None] * x[:, None, :]
