# expect: the gradient of the sum of all outputs mixes them
# misconception: one backward pass of z.sum() gives all derivatives
# points: 1
import torch


def change_of_variables(log_base, inverse, x):
    x = x.detach().requires_grad_()
    z = inverse(x)
    (g,) = torch.autograd.grad(z.sum(), x)
    return log_base(z) + g.abs().log().sum(dim=1)
