# right: the full Jacobian of each point
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    points, divergence = x, 0.0
    for t in torch.arange(num_steps) / num_steps:
        one = lambda u: velocity(u[None], t)[0]
        jacobian = torch.stack([torch.func.jacrev(one)(point) for point in points])
        divergence = divergence + torch.einsum("ni,nij,nj->n", probe, jacobian, probe)
        points = points + velocity(points, t) / num_steps
    return log_base(points) + divergence / num_steps, points
