# expect: the gradient is not right: only the data term is there: the model's expectation is missing
# misconception: only the data term, log Z taken as a constant
import torch

def conditional_gradient(weights, x, y):
    hit = torch.nn.functional.one_hot(y, weights.shape[0]).to(x.dtype)
    return -hit.T @ x / x.shape[0]
