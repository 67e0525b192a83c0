# expect: x is left requiring a gradient
# misconception: x.requires_grad_() on the argument itself
import torch


def change_of_variables(log_base, inverse, x):
    x.requires_grad_(True)
    z = inverse(x)
    J = torch.stack([torch.autograd.grad(z[:, i].sum(), x, retain_graph=True)[0] for i in range(x.shape[1])], 1)
    return (log_base(z) + torch.linalg.slogdet(J).logabsdet).detach()
