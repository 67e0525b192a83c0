# expect: where exp overflows
# misconception: overflow is avoided by clamping the scores
# points: 2
import torch


def conditional_gradient(weights, x, y):
    e = torch.exp((x @ weights.T).clamp(-60, 60))
    p = e / e.sum(1, keepdim=True)
    hit = torch.nn.functional.one_hot(y, len(weights)).to(x)
    return (p - hit).T @ x / len(x)
