# expect: the gradient is not right: the model term counts the true class only: sum over all classes
# misconception: only the row of the class seen gets a gradient
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    g = torch.zeros_like(weights)
    for i in range(len(x)):
        g[y[i]] += (p[i, y[i]] - 1) * x[i] / len(x)
    return g
