# expect: the log-determinant is missing
# misconception: forgets log_det
# points: 0
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return (log_base(z) - log_target(x)).mean()
