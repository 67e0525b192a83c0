# expect: always True
# misconception: a finite box always has a finite integral
# points: 0
import math

import torch


def normalizable(coefficients):
    x = torch.linspace(-10, 10, 2001, dtype=torch.float64)
    u = sum(c * x**k for k, c in enumerate(coefficients))
    return not math.isnan(float(torch.logsumexp(-u, 0)))
