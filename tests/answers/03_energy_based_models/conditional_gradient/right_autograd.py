# right: backward through cross_entropy
import torch


def conditional_gradient(weights, x, y):
    w = weights.clone().requires_grad_()
    torch.nn.functional.cross_entropy(x @ w.T, y).backward()
    return w.grad
