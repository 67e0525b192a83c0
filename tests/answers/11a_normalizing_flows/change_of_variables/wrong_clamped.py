# expect: should be about
# misconception: negative determinant clamped to 1e-12
import torch


def change_of_variables(log_base, inverse, x):
    J = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p[None])[0]))(x)
    return log_base(inverse(x)) + torch.linalg.det(J).clamp(min=1e-12).log()
