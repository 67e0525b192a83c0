# right: one backward pass for each output coordinate, summed over the batch
import torch


def change_of_variables(log_base, inverse, x):
    x = x.detach().requires_grad_()
    z = inverse(x)
    rows = [torch.autograd.grad(z[:, i].sum(), x, retain_graph=True)[0] for i in range(x.shape[1])]
    return log_base(z) + torch.logdet(torch.stack(rows, dim=1).abs() if x.shape[1] == 1 else _positive(torch.stack(rows, dim=1)))


def _positive(j):
    """Turn the first row round where the determinant is negative."""
    flip = torch.sign(torch.det(j))[:, None]
    return torch.cat([flip[:, :, None] * j[:, :1], j[:, 1:]], dim=1)
