# expect: the gradient is not right: only the model term is there: the data's expectation is missing
# misconception: only the model's expectation
import torch

def conditional_gradient(weights, x, y):
    return torch.softmax(x @ weights.T, dim=1).T @ x / x.shape[0]
