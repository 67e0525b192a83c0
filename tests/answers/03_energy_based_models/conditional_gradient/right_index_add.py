# right: index add
import torch

def conditional_gradient(weights, x, y):
    model = torch.exp(torch.log_softmax(x @ weights.T, 1)).T @ x
    data = torch.zeros_like(weights).index_add_(0, y, x)
    return (model - data) / x.size(0)
