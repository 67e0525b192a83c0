# expect: the gradient is not right: the sign is flipped: this is the gradient of the log-likelihood
# misconception: gradient of the log-likelihood instead of minus it
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (hit - p).T @ x / x.shape[0]
