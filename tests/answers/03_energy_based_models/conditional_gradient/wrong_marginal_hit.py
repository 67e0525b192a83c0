# expect: where exp overflows; subtract the largest score of each point first
# misconception: replaces the classes seen by their frequencies
import torch

def conditional_gradient(weights, x, y):
    K = weights.shape[0]
    p = torch.softmax(x @ weights.T, dim=1)
    frequency = torch.bincount(y, minlength=K).to(x.dtype) / len(y)
    return (p - frequency).T @ x / x.shape[0]
