# expect: the gradient is not right: p(y|x) ∝ exp(−U) = exp(+w_y·x): the exponent has the wrong sign
# misconception: softmax of the energy U = -w.x instead of -U
import torch

def conditional_gradient(weights, x, y):
    p = torch.softmax(-x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x / x.shape[0]
