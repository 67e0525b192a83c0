# expect: the gradient is not right: it is divided by the number of points and of classes
# misconception: divides by n K (a mean over all entries)
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x / p.numel()
