# expect: where exp overflows; subtract the largest score of each point first
# misconception: thinks that the classes run from 1
import torch

def conditional_gradient(weights, x, y):
    K = weights.shape[0]
    p = torch.softmax(x @ weights.T, dim=1)
    hit = torch.nn.functional.one_hot((y - 1) % K, K)
    return (p - hit).T @ x / x.shape[0]
