# expect: where exp overflows; subtract the largest score of each point first
# misconception: computes in 16-bit brain floats to save memory
import torch

def conditional_gradient(weights, x, y):
    w, a = weights.bfloat16(), x.bfloat16()
    p = torch.softmax(a @ w.T, dim=1)
    hit = torch.nn.functional.one_hot(y, weights.shape[0]).bfloat16()
    return ((p - hit).T @ a / x.shape[0]).to(weights.dtype)
