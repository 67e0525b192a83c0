# expect: where exp overflows; subtract the largest score of each point first
# misconception: clamps the scores to [-50, 50] for stability
import torch

def conditional_gradient(weights, x, y):
    e = torch.exp((x @ weights.T).clamp(-50, 50))
    p = e / e.sum(dim=1, keepdim=True)
    hit = torch.nn.functional.one_hot(y, weights.shape[0])
    return (p - hit).T @ x / x.shape[0]
