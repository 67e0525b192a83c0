# expect: it collapses onto a maximum of the target
# misconception: only the target
# points: 0
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return -log_target(x).mean()
