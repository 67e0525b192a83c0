# expect: with RuntimeError: The size of tensor a
# misconception: lets one_hot guess the number of classes from y
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    return (p - torch.nn.functional.one_hot(y)).T @ x / x.shape[0]
