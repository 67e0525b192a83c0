# expect: with RuntimeError: The size of tensor a
# misconception: there are always ten classes
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    return (p - torch.eye(10)[y]).T @ x / x.shape[0]
