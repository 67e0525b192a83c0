# expect: the gradient is not right: it is summed over the data, not averaged
# misconception: sum over the examples instead of the mean
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x
