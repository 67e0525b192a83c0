# expect: log_base is taken at x
# misconception: evaluates the base at x
# points: 0
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return (log_base(x) - log_det - log_target(x)).mean()
