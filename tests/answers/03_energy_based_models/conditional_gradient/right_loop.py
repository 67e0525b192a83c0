# right: point by point, class by class
import torch


def conditional_gradient(weights, x, y):
    gradient = torch.zeros_like(weights)
    for xi, yi in zip(x, y):
        scores = weights @ xi
        p = torch.exp(scores - torch.logsumexp(scores, 0))
        for k in range(len(weights)):
            gradient[k] += (p[k] - (k == yi).to(p)) * xi
    return gradient / len(x)
