# expect: the gradient is not right: it is divided by the number of classes, not by the number of po
# misconception: divides by the number of classes instead of the number of examples
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x / weights.shape[0]
