# right: one Jacobian a row with vmap
import torch


def change_of_variables(log_base, inverse, x):
    jacobian = torch.func.vmap(torch.func.jacrev(lambda p: inverse(p.unsqueeze(0)).squeeze(0)))(x)
    return log_base(inverse(x)) + torch.linalg.det(jacobian).abs().log()
