# expect: log_target is taken at z
# misconception: asks the target about z
# points: 0
def reverse_kl(forward, log_base, log_target, z):
    x, log_det = forward(z)
    return (log_base(z) - log_det - log_target(z)).mean()
