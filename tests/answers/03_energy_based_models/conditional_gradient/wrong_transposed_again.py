# expect: the gradient is not right: it is transposed: one row is one class
# misconception: returns (dim, K)
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return x.T @ (p - hit) / x.shape[0]
