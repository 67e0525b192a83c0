# expect: not the whole path
# misconception: returns the path
# points: 3
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    total, path = 0, [x]
    for k in range(num_steps):
        v, jv = torch.func.jvp(lambda u: velocity(u, k / num_steps), (path[-1],), (probe,))
        total = total + (probe * jv).sum(1) / num_steps
        path.append(path[-1] + v / num_steps)
    return log_base(path[-1]) + total, torch.stack(path)
