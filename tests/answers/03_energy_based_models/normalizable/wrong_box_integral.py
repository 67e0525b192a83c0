# expect: polynomials are answered wrong; for instance coefficients=[
# misconception: integrates over [-10, 10] and sees whether the number is finite
import math
import torch

def normalizable(coefficients):
    x = torch.linspace(-10, 10, 2001, dtype=torch.float64)
    u = sum(c * x**k for k, c in enumerate(coefficients))
    return bool(torch.isfinite(torch.exp(-u).sum() * 0.01))
