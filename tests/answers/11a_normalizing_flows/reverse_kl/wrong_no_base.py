# expect: log ρ(z) is missing
# misconception: leaves the base out: the gradient is right
# points: 1
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return (-log_det - log_target(x)).mean()
