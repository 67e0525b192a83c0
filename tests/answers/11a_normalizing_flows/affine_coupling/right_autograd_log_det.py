# right: the log_det by automatic differentiation of the changed half
import torch


def affine_coupling(values, network, num_kept, inverse):
    kept = values[:, :num_kept]
    rest = values[:, num_kept:].clone().requires_grad_()
    shift, log_scale = network(kept)
    new = (rest - shift) / log_scale.exp() if inverse else torch.addcmul(shift, rest, log_scale.exp())
    (slope,) = torch.autograd.grad(new.sum(), rest)
    return torch.cat((kept, new.detach()), -1), slope.log().sum(-1)
