# right: vmap over the points
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    def one(point, e):
        total = 0.0
        for k in range(num_steps):
            v, jv = torch.func.jvp(lambda u: velocity(u[None], k / num_steps)[0], (point,), (e,))
            total = total + torch.dot(e, jv) / num_steps
            point = point + v / num_steps
        return point, total

    z, integral = torch.vmap(one)(x, probe)
    return [log_base(z) + integral, z]
