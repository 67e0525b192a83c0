# expect: plain Euler steps were asked for
# misconception: a better method
# points: 0
import torch


def continuous_log_prob(velocity, log_base, x, probe, num_steps):
    total, dt = 0, 1 / num_steps
    for k in range(num_steps):
        v, jv = torch.func.jvp(lambda u: velocity(u, k * dt), (x,), (probe,))
        total = total + (probe * jv).sum(1) * dt
        x = x + dt / 2 * (v + velocity(x + dt * v, (k + 1) * dt))
    return log_base(x) + total, x
