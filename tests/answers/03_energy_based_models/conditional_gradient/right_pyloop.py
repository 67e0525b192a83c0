# right: pyloop
import math
import torch

def conditional_gradient(weights, x, y):
    K, dim = weights.shape
    grad = torch.zeros(K, dim, dtype=torch.float64)
    for xi, yi in zip(x.double(), y.tolist()):
        score = [float(w @ xi) for w in weights.double()]
        top = max(score)
        z = sum(math.exp(s - top) for s in score)
        for k in range(K):
            p = math.exp(score[k] - top) / z
            grad[k] += (p - (1.0 if k == yi else 0.0)) * xi
    return grad / len(x)
