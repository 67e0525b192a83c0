# expect: inverse takes a batch of points
# misconception: calls inverse with a single point
# points: 0
import torch


def change_of_variables(log_base, inverse, x):
    return torch.stack([log_base(inverse(p)) + torch.func.jacrev(inverse)(p).det().abs().log() for p in x])
