# expect: the Jacobian of each point is n times too small
# misconception: differentiates the mean over the batch
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    j = torch.func.jacrev(lambda v: inverse(v).mean(dim=0))(x).transpose(0, 1)
    return log_base(inverse(x)) + torch.linalg.slogdet(j).logabsdet
